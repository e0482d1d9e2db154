// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCREDENTIALSUPDATE_P_H
#define QZAPCREDENTIALSUPDATE_P_H

#include "base/problem.h"
#include "credentials/feeds/storecore.h"
#include "credentials/feeds/storeentry.h"
#include "credentials/feeds/storerecords.h"

#include <QZap/qzapcredentialsupdate.h>

#include <memory>

class QZapCredentialsUpdatePrivate
{
public:
    using Problem = QZap::Internal::Problem;
    using StoreCore = QZap::Internal::StoreCore;
    using StoreEntry = QZap::Internal::StoreEntry;

    QZapCredentialsUpdatePrivate(std::shared_ptr<StoreCore> core, bool replaces)
        : m_core(std::move(core))
        , m_replaces(replaces)
    { }
    ~QZapCredentialsUpdatePrivate();
    Q_DISABLE_COPY_MOVE(QZapCredentialsUpdatePrivate)

    static QZapCredentialsUpdate create(const std::shared_ptr<StoreCore> &core, bool replaces);
    // Returns null for an update that was moved from.
    static QZapCredentialsUpdatePrivate *get(QZapCredentialsUpdate *update)
    {
        return update->d.get();
    }

    // Adds an entry. The update fails if it is invalid; nameOf() returns a text that identifies it.
    template <typename NameOf>
    bool add(const QZap::Internal::Result<StoreEntry> &entry, const NameOf &nameOf)
    {
        if (m_isCommitted || m_problem)
            return false;
        ++m_number;
        if (entry)
            return append(*entry);
        const Problem problem = entry.problem().within(QStringLiteral("entry %1, ").arg(m_number)
                                                       + nameOf() + QStringLiteral(": "));
        if (skips)
            m_skipped = problem;
        else
            fail(problem);
        return false;
    }
    // Drops all entries: the update cannot be committed any longer.
    void fail(const Problem &problem);
    [[nodiscard]] QFuture<bool> commit();
    QString errorString() const;

    static QFuture<bool> refusal();

    bool skips = false; // invalid entries

private:
    bool append(const StoreEntry &entry);
    QFuture<bool> tryCommit();

    const std::shared_ptr<StoreCore> m_core;
    const bool m_replaces;
    std::shared_ptr<QZap::Internal::StoreRecords> m_records =
        std::make_shared<QZap::Internal::StoreRecords>();
    qint64 m_number = 0; // of entries
    bool m_isCommitted = false;
    Problem m_problem;
    Problem m_skipped;                         // of the last invalid entry
    const QFuture<bool> m_refusal = refusal(); // created first: for a lack of memory
};

#endif // QZAPCREDENTIALSUPDATE_P_H
