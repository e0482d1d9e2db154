// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_OPENFILES_H
#define QZAP_CREDENTIALS_WATCHING_OPENFILES_H

#include "base/sortedset.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qmap.h>

#include <optional>

namespace QZap::Internal {

// Remembers which files were written to and have not been closed since. A file that has not changed
// for a while is treated as closed: the program that has it open is not writing to it. Times are
// those of a SteadyClock.
class OpenFiles
{
public:
    static constexpr qint64 DefaultQuietPeriod = 10'000'000'000; // ns

    explicit OpenFiles(qint64 quietPeriod = DefaultQuietPeriod)
        : m_quietPeriod(quietPeriod)
    { }

    void setModified(const QByteArray &name, qint64 now) { m_files.insert(name, now); }
    // Returns whether the file was open.
    bool setClosed(const QByteArray &name) { return m_files.remove(name) > 0; }
    void clear() { m_files.clear(); }

    bool contains(const QByteArray &name) const { return m_files.contains(name); }
    NameSet names() const;
    // Removes and returns the files that have not changed for the quiet period, and are treated as
    // closed.
    [[nodiscard]] NameSet takeQuiet(qint64 now);
    // Returns when takeQuiet() will return the next file.
    std::optional<qint64> due() const;

private:
    qint64 m_quietPeriod;
    QMap<QByteArray, qint64> m_files; // the time of the last change
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_WATCHING_OPENFILES_H
