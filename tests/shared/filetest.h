// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FILETEST_H
#define FILETEST_H

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qtemporarydir.h>

#include <memory>

#include <sys/types.h>

// The base of tests that work with files. Each test function has a directory of its own, which
// everybody can list and enter, and fails on any unexpected warning. The functions that prepare
// files end the program if they fail.
class FileTest : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    // Creates the directory.
    virtual void init();
    // Removes the directory, even if it contains names that are not UTF-8.
    virtual void cleanup();

protected:
    // Returns the directory.
    QString path() const { return m_directory->path(); }
    // Returns the path of a name in the directory.
    QString path(const QString &name) const { return m_directory->filePath(name); }
    // Returns the sorted names in the directory, including hidden ones.
    QStringList names() const;
    // Returns the contents of a file; empty if it cannot be read.
    QByteArray contentsOf(const QString &name) const;
    // Returns the permissions, and the set-id and sticky bits; -1 if there is no such file.
    int modeOf(const QString &name) const;
    // Creates or overwrites a file, in place, and returns its path.
    QString write(const QString &name, const QByteArray &contents, mode_t mode = 0600) const;
    void setMode(const QString &name, mode_t mode) const;
    void makeDirectory(const QString &name) const;
    // Creates a symbolic link.
    void link(const QString &target, const QString &name) const;
    void makeFifo(const QString &name) const;
    void rename(const QString &from, const QString &to) const;
    void remove(const QString &name) const;

private:
    std::unique_ptr<QTemporaryDir> m_directory;
};

#endif // FILETEST_H
