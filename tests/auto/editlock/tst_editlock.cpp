// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/editlock.h"
#include "filetest.h"

#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <sys/stat.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_EditLock : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void isNamedAfterTheFile();
    void isHeldByOneProgram();
    void refusesWhatIsNotALockFile_data();
    void refusesWhatIsNotALockFile();
    void leavesAnErrorToTheWriter();
};

void tst_EditLock::isNamedAfterTheFile()
{
    QCOMPARE(EditLock::pathFor(u"/etc/passwords"_s), u"/etc/.passwords.lock"_s);
    QCOMPARE(EditLock::pathFor(u"passwords"_s), u".passwords.lock"_s);
}

void tst_EditLock::isHeldByOneProgram()
{
    {
        EditLock first(path(u"users"_s));
        QCOMPARE(first.lock(0, u"busy"_s), Problem());
        EditLock second(path(u"users"_s));
        QCOMPARE(second.lock(0, u"busy"_s).text(), path(u"users"_s) + u": busy"_s);
    }
    QCOMPARE(names(), QStringList());
    EditLock third(path(u"users"_s));
    QCOMPARE(third.lock(0, u"busy"_s), Problem());
}

void tst_EditLock::refusesWhatIsNotALockFile_data()
{
    QTest::addColumn<QString>("kind");
    for (const char *const kind : {"FIFO", "directory", "link to a device", "link to nothing"})
        QTest::newRow(kind) << QString::fromLatin1(kind);
}

void tst_EditLock::refusesWhatIsNotALockFile()
{
    QFETCH(const QString, kind);

    const QString lockFile = path(u".users.lock"_s);
    if (kind == "FIFO"_L1)
        QCOMPARE(::mkfifo(QFile::encodeName(lockFile).constData(), 0600), 0);
    else if (kind == "directory"_L1)
        makeDirectory(u".users.lock"_s);
    else
        QVERIFY(
            QFile::link(kind == "link to a device"_L1 ? u"/dev/zero"_s : u"nothing"_s, lockFile));
    EditLock lock(path(u"users"_s));
    QCOMPARE(lock.lock(60'000, u"busy"_s).text(),
             lockFile
                 + u": is in the place of a lock file, and is not a regular file; remove it"_s);
}

void tst_EditLock::leavesAnErrorToTheWriter()
{
    EditLock lock(path(u"missing/users"_s));
    QCOMPARE(lock.lock(0, u"busy"_s), Problem());
}

QTEST_GUILESS_MAIN(tst_EditLock)
#include "tst_editlock.moc"
