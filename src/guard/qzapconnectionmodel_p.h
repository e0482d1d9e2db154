// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCONNECTIONMODEL_P_H
#define QZAPCONNECTIONMODEL_P_H

#include "base/singleshottimer.h"
#include "base/weakinvoker.h"
#include "guard/connectionchanges.h"

#include <QZap/qzapconnectionmodel.h>
#include <QZap/qzapguard.h>

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

class QZapConnectionModelPrivate
{
    Q_DECLARE_PUBLIC(QZapConnectionModel)

public:
    using Session = QZap::Internal::ConnectionChanges::Session;

    struct Row
    {
        Session session;
        quint64 serial = 0; // ascending
        bool isRevoked = false;
    };

    explicit QZapConnectionModelPrivate(QZapConnectionModel *q);
    ~QZapConnectionModelPrivate();
    Q_DISABLE_COPY_MOVE(QZapConnectionModelPrivate)

    int rowCount() const { return static_cast<int>(rows.size()); }
    void setGuard(QZapGuard *newGuard);
    bool disconnect(const Session &session);
    // Shows changes, for a part of a frame at most.
    void update();

    QZapConnectionModel *const q_ptr;
    QPointer<QZapGuard> guard;
    std::vector<Row> rows;

private:
    using Range = std::pair<int, int>; // the first and the last row

    std::shared_ptr<QZap::Internal::ConnectionChanges> createChanges();
    void attach(QZapGuardPrivate *guardPrivate);
    void detach();
    void wake();
    void take();
    // Does one change of the model, after which this may have been deleted, or have another guard.
    // Returns false if nothing was left to do.
    bool step();
    void insertSome();
    void remove(Range range);
    void release();
    // Takes the last of the rows with these serial numbers, which are sorted, and all those before
    // it that are adjacent.
    std::optional<Range> takeRange(std::vector<quint64> *serials);
    std::optional<int> rowOf(quint64 serial) const;

    const std::shared_ptr<QZap::Internal::WeakInvoker> m_invoker;
    QZap::Internal::SingleShotTimer m_frame;
    // Of the guard:
    std::shared_ptr<QZap::Internal::WeakInvoker> m_guardInvoker;
    QZapGuardPrivate *m_guardPrivate = nullptr; // used in the guard's thread only
    std::shared_ptr<QZap::Internal::ConnectionChanges> m_changes;

    QHash<const QZap::Internal::SessionRecord *, quint64> m_serials; // of the rows
    quint64 m_lastSerial = 0;
    // What was taken and is not shown yet.
    std::vector<quint64> m_closed;
    std::vector<quint64> m_revoked;
    std::vector<QZap::Internal::ConnectionChanges::Opened> m_opened;
    size_t m_shown = 0; // of m_opened
    bool m_isLast = false;
    bool m_isAwake = false; // there is more to take
    bool m_isUpdating = false;
};

#endif // QZAPCONNECTIONMODEL_P_H
