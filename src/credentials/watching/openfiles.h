// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_OPENFILES_H
#define QZAP_CREDENTIALS_WATCHING_OPENFILES_H

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>
#include <QtCore/qset.h>

#include <optional>

namespace QZap::Internal {

// Remembers which files somebody has written to and not closed since. One that has not changed for
// a while counts as closed: whoever has it open is not about to write. Times are those of a
// SteadyClock.
class OpenFiles
{
public:
    static constexpr qint64 DefaultQuietPeriod = 10'000'000'000; // ns

    explicit OpenFiles(qint64 quietPeriod = DefaultQuietPeriod)
        : m_quietPeriod(quietPeriod)
    { }

    void setModified(const QByteArray &name, qint64 now) { m_files.insert(name, now); }
    // Returns whether it was open.
    bool setClosed(const QByteArray &name) { return m_files.remove(name) > 0; }
    void clear() { m_files.clear(); }

    bool contains(const QByteArray &name) const { return m_files.contains(name); }
    QSet<QByteArray> names() const;
    // Removes those that have not changed for so long that they count as closed, and returns them.
    [[nodiscard]] QSet<QByteArray> takeQuiet(qint64 now);
    // When takeQuiet() returns the next one.
    std::optional<qint64> due() const;

private:
    qint64 m_quietPeriod;
    QHash<QByteArray, qint64> m_files; // when they changed last
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_OPENFILES_H
