// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef KEYDIRECTORYTEST_H
#define KEYDIRECTORYTEST_H

#include "credentials/keys/keydirectory.h"
#include "filetest.h"
#include "systemcalls.h"
#include "testclocks.h"
#include "testkeys.h"

#include <QtCore/qfile.h>

// The base of tests of KeyDirectory. The files are in a directory "keys". Their names are bytes,
// since not every name is text.
class KeyDirectoryTest : public FileTest
{
protected:
    using KeyDirectory = QZap::Internal::KeyDirectory;
    using KeyLoad = QZap::Internal::KeyLoad;

    void init() override
    {
        FileTest::init();
        SystemCalls::makePath(file({}));
        SystemCalls::setMode(file({}), 0755);
    }

    QString directory() const { return outside(QStringLiteral("keys")); }
    // Returns the path of a key file.
    QString path(const QString &name) const { return directory() + u'/' + name; }
    QByteArray file(const QByteArray &name) const
    {
        return QFile::encodeName(directory()) + '/' + name;
    }
    // Returns the path of a name beside the directory.
    QString outside(const QString &name) const { return FileTest::path(name); }

    void write(const QByteArray &name, const QByteArray &contents, mode_t mode = 0644) const
    {
        SystemCalls::write(file(name), contents);
        SystemCalls::setMode(file(name), mode);
    }
    void remove(const QByteArray &name) const { SystemCalls::remove(file(name)); }
    void rename(const QByteArray &from, const QByteArray &to) const
    {
        SystemCalls::rename(file(from), file(to));
    }
    void link(const QByteArray &target, const QByteArray &name) const
    {
        SystemCalls::link(target, file(name));
    }

    // Loads the directory for the first time.
    KeyLoad load(const QStringList &filters = {}) const
    {
        return QZap::Internal::loadKeyDirectory(directory(), filters);
    }
    // Loads the files of these names if `byNames`, or else all files.
    static KeyLoad look(KeyDirectory *keys, const QZap::Internal::NameSet &names, bool byNames)
    {
        return byNames ? keys->update(names) : keys->load();
    }
};

#endif // KEYDIRECTORYTEST_H
