// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_FILES_FILEWRITER_H
#define QZAP_CREDENTIALS_FILES_FILEWRITER_H

#include "base/filedescriptor.h"
#include "base/problem.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <vector>

namespace QZap::Internal {

// Writes a file so that, whenever the process is killed, either the old or the new file exists
// completely.
//
// prepare() does everything that is likely to fail, in a file beside the target; commit() is a
// single rename. Without commit(), no file remains. If the path is a symbolic link, its target is
// written. A link of another user, in any part of the path, is followed only to a file of that user
// or, for a new file, to a directory of that user. Concurrent editors of one file use an EditLock.
class FileWriter
{
public:
    enum class Access {
        Secret, // a new file is 0600 from the start
        Public, // a new file is 0644, less the umask
        // The file is 0600, belongs to the writer and has no access control list, regardless of the
        // file that it replaces. If root writes it, it belongs to the owner of its directory, who
        // must be root if a link of another user leads there.
        OwnerOnly,
    };
    enum class Existing {
        Refuse,  // checked by the rename itself, without a race
        Replace, // keeps owner, group, mode and access control list, unless Access is OwnerOnly
    };
    enum class Error { None, AlreadyExists, Failed };

    FileWriter(const QString &path, Access access, Existing existing);
    FileWriter(const FileWriter &) = delete;
    FileWriter &operator=(const FileWriter &) = delete;
    FileWriter(FileWriter &&) = delete;
    FileWriter &operator=(FileWriter &&) = delete;
    ~FileWriter();

    // Called before commit(): keeps the old file beside the new one until undo() or destruction.
    void setUndoable(bool undoable) { m_undoable = undoable; }

    [[nodiscard]] bool prepare(QByteArrayView contents);
    [[nodiscard]] bool commit();
    // Called after commit(): restores the old file, or removes the new one if there was none.
    bool undo();
    // Called if undo() fails: leaves the old file beside the new one for good, and returns its
    // path. The path is empty if the old file was not kept.
    QString leaveOld();

    Error error() const { return m_error; }
    int systemError() const { return m_systemError; }
    const Problem &problem() const { return m_problem; }

private:
    bool fail(int systemError, const QString &what);
#ifdef Q_OS_UNIX
    bool openDirectory();
    bool findTarget();
    // The first argument is the owner of the file or, if that is new, of its directory.
    bool checkLinks(quint32 owner, quint32 directoryOwner);
    bool createTemporary();
    bool write(QByteArrayView contents);
    bool setRights();
    bool keepOldRights();
    bool leaveToOwnerOnly();
    bool moveOver();
    bool moveBeside();
    bool syncDirectory();
    void keepOld();
    void removeTemporaries();

    FileDescriptor m_directory;
    FileDescriptor m_file;
    QByteArray m_directoryPath; // without links, with a slash at its end
    QByteArray m_name;          // the target's, in m_directory
    QByteArray m_temporary;     // names in m_directory, empty if there is none
    QByteArray m_old;
    std::vector<quint32> m_linkOwners; // of links on the way, except root's and the writer's
    bool m_isLink = false;
    quint32 m_oldMode = 0;
    quint32 m_oldOwner = 0;
    quint32 m_oldGroup = 0;
    bool m_replaces = false;
#else
    QByteArray m_contents;
#endif

    QString m_path;
    Problem m_problem;
    Access m_access;
    Existing m_existing;
    Error m_error = Error::None;
    int m_systemError = 0;
    bool m_undoable = false;
    bool m_committed = false;
};

struct FileWrite
{
    FileWriter::Error error = FileWriter::Error::None;
    int systemError = 0;
    Problem problem;

    bool isOk() const { return error == FileWriter::Error::None; }
};

// Performs both steps.
[[nodiscard]] FileWrite writeFile(const QString &path, QByteArrayView contents,
                                  FileWriter::Access access, FileWriter::Existing existing);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_FILES_FILEWRITER_H
