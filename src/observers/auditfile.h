// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_OBSERVERS_AUDITFILE_H
#define QZAP_OBSERVERS_AUDITFILE_H

#include "base/filedescriptor.h"
#include "base/problem.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

struct stat;

namespace QZap::Internal {

// A file that audit lines are appended to: a regular file, which it locks, or a stream, such as a
// FIFO or standard output. Never follows a symbolic link, and never writes to a file with other
// names, which may be somebody else's.
class AuditFile
{
public:
    AuditFile() = default;
    ~AuditFile() { close(); }
    AuditFile(AuditFile &&other) noexcept = default;
    AuditFile &operator=(AuditFile &&other) noexcept;
    AuditFile(const AuditFile &) = delete;
    AuditFile &operator=(const AuditFile &) = delete;

    // Opens or creates the file, of mode 0600. If the file ends with a part of a line, cuts it off;
    // a file that is not an audit log is refused.
    [[nodiscard]] Problem open(const QString &path);
    [[nodiscard]] Problem openStandardOutput();
    void close();
    bool isOpen() const { return m_file.isValid(); }
    bool isOpenStream() const { return isOpen() && !m_isRegular; }
    // Returns whether the file has a name of its own, so that it can be rotated.
    bool isRotatable() const { return isOpen() && m_isRegular && !m_path.isEmpty(); }

    // Writes lines, and returns how many bytes were written. If not all, `problem` says why, and
    // the end of the last whole line is the end of a regular file, unless that failed too. A stream
    // is closed, unless its reader is only slow.
    [[nodiscard]] qsizetype append(QByteArrayView lines, Problem *problem);
    [[nodiscard]] Problem sync() const;

    // Returns the size of a regular file, which others may have cut; otherwise 0.
    qint64 size() const;
    // Returns the first bytes of a regular file.
    QByteArray head() const;
    // Returns whether the file was renamed or removed.
    bool isReplaced() const;
    // Returns whether it has a name, possibly another one.
    bool hasName() const;

    // Renames the file to the first of `maximumFiles` former files, which move on by one, and
    // creates a new file with the same mode and group.
    [[nodiscard]] Problem rotate(int maximumFiles);

private:
    Problem check(const struct stat &status) const;
    Problem lock() const;
    Problem cutTornLine();
    QString displayName() const;
    Problem moveFormerFiles(int maximumFiles) const;
    QByteArray formerName(int number) const;
    bool waitUntilWritable() const;

    FileDescriptor m_file;
    QByteArray m_path; // empty: standard output
    bool m_isRegular = false;
};

} // namespace QZap::Internal

#endif // QZAP_OBSERVERS_AUDITFILE_H
