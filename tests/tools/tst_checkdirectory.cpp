// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "checktest.h"

#include <QZap/QZapCertificate>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

// Tests what "qzap check" reports about directories with keys.
class tst_CheckDirectory : public CheckTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsOddEntriesOfADirectory();
    void notesFilesThatAreNotRead();
    void explainsKeysInSubDirectories_data();
    void explainsKeysInSubDirectories();
    void readsADirectoryNamedLikeAKey();
    void namesFilesThatResembleCertificates_data();
    void namesFilesThatResembleCertificates();
    void omitsFilesThatResembleNoCertificates();
};

void tst_CheckDirectory::reportsOddEntriesOfADirectory()
{
    QDir directory(m_directory->path());
    QVERIFY(directory.mkdir(u"keys"_s) && directory.mkdir(u"keys/directory.key"_s));
    const QString keys = path(u"keys"_s);
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(keys, u"alice"_s)); // saves alice.key_secret as well
    QVERIFY(write(u"keys/broken.key"_s, "curve\n"));
    QVERIFY(write(u"keys/README"_s, "no certificate"));
    QVERIFY(QFile::copy(keys + u"/alice.key"_s, keys + u"/.hidden.key"_s));
    QVERIFY(QFile::copy(keys + u"/alice.key"_s, keys + u"/again"_s));
    QCOMPARE(::mkfifo(qPrintable(keys + u"/fifo.key"_s), 0600), 0);
    QCOMPARE(::symlink("loop.key", qPrintable(keys + u"/loop.key"_s)), 0);
    const QByteArray latinName = QFile::encodeName(keys) + "/ren\xe9.key";
    FILE *const file = std::fopen(latinName.constData(), "w");
    QVERIFY(file);
    QCOMPARE(std::fclose(file), 0);
    const auto removeFile = qScopeGuard([&] { ::unlink(latinName.constData()); });

    const CommandRun run = check(u"keys"_s);
    QCOMPARE(run.exitCode, 1);
    for (const QString &error :
         {u"keys/broken.key:1: "_s, u"keys/fifo.key: not a regular file"_s,
          u"keys/loop.key: a symbolic link"_s, uR"(keys/ren\xe9.key:1: )"_s,
          u"keys/alice.key: warning: contains the same key as keys/again"_s}) {
        QVERIFY2(run.errors.contains(error), run.text().constData());
    }
    QCOMPARE(run.output, u"keys: key directory, 1 key, 4 errors, 1 warning\n"_s);
}

void tst_CheckDirectory::notesFilesThatAreNotRead()
{
    QDir directory(m_directory->path());
    QVERIFY(directory.mkdir(u"keys"_s) && directory.mkdir(u"keys/old"_s)
            && directory.mkdir(u"keys/empty"_s));
    const QString keys = path(u"keys"_s);
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(keys, u"alice"_s)); // saves alice.key_secret as well
    for (const QString &name :
         {u"/.hidden.key"_s, u"/bob.key.disabled"_s, u"/bob.old"_s, u"/bob (copy).key"_s,
          u"/bob.key_secret"_s, u"/bob.rpmsave"_s, u"/old/bob.key"_s, u"/a\nb.key.1"_s})
        QVERIFY(QFile::copy(keys + u"/alice.key"_s, keys + name));

    CommandRun run = check(u"keys"_s, {u"--strict"_s});
    QCOMPARE(run.errors,
             uR"(keys/a\x0ab.key.1: note: not read, as it has something after .key in its name
keys/bob (copy).key: note: not read, as it has the name of a copy
keys/bob.key.disabled: note: not read, as it has something after .key in its name
keys/bob.key_secret: note: not read, as it has the name of a secret certificate; leave that with its owner
keys/bob.old: note: not read, as it has the name of a backup, temporary or disabled file
keys/bob.rpmsave: note: not read, as it has the name of another version of a file, left by a package manager or by synchronization
keys/old: note: not read, as it is a sub-directory with certificates in it, which czmq's zcertstore reads and QZap does not; move up those that are to count
)"_s);
    QCOMPARE(run.output, u"keys: key directory, 1 key, 7 entries not read, no errors\n"_s);
    QCOMPARE(run.exitCode, 0);

    for (int i = 0; i < 20; ++i)
        QVERIFY(QFile::copy(keys + u"/alice.key"_s, keys + u"/z.key.%1"_s.arg(i)));
    run = check(u"keys"_s);
    QCOMPARE(run.errors.count(u'\n'), 21);
    QVERIFY2(run.errors.endsWith(u"keys: note: 7 more are not read\n"_s), run.text().constData());
    QCOMPARE(run.output, u"keys: key directory, 1 key, 27 entries not read, no errors\n"_s);
}

void tst_CheckDirectory::explainsKeysInSubDirectories_data()
{
    QTest::addColumn<QString>("directory");
    QTest::newRow("in a sub-directory") << u"site"_s;
    QTest::newRow("in a sub-directory of a sub-directory") << u"site/room"_s;
}

// czmq's zcertstore reads sub-directories.
void tst_CheckDirectory::explainsKeysInSubDirectories()
{
    QFETCH(const QString, directory);
    QVERIFY(QDir(m_directory->path()).mkpath(u"keys/"_s + directory));
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(path(u"keys/"_s + directory), u"alice"_s));
    CommandRun run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 1
                 && run.errors.contains(u"keys: no key is read, and there are certificates in "
                                        "sub-directories"_s)
                 && run.errors.contains(u"keys/site: note: not read, as it is a sub-directory"_s),
             run.text().constData());
    QCOMPARE(run.output, u"keys: key directory, 0 keys, 1 entry not read, 1 error\n"_s);

    QVERIFY(alice.save(path(u"keys"_s), u"alice"_s));
    run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(run.output, u"keys: key directory, 1 key, 1 entry not read, no errors\n"_s);
}

void tst_CheckDirectory::readsADirectoryNamedLikeAKey()
{
    QVERIFY(QDir(m_directory->path()).mkdir(u"x.key"_s));
    const CommandRun run = check(u"x.key"_s);
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(run.errors, u"x.key: warning: no key was read, so nobody gets in\n"_s);
    QCOMPARE(run.output, u"x.key: key directory, 0 keys, no errors, 1 warning\n"_s);
    QCOMPARE(check(u"x.key"_s, {u"--strict"_s}).exitCode, 1);
}

void tst_CheckDirectory::namesFilesThatResembleCertificates_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("contents");
    const auto row = [](const char *title, const QByteArray &contents,
                        const QString &name = u"alice"_s) {
        QTest::newRow(title) << name << contents;
    };
    const QByteArray entry = "    public-key = \"" + key() + "\"\n";
    const QByteArray good = "curve\n" + entry;
    row("public_key=", "public_key=" + key() + '\n', u"alice.pub"_s);
    row("a byte order mark", "\xef\xbb\xbf" + good);
    row("UTF-16, little-endian", "\xff\xfe" + inUtf16(good, false));
    row("UTF-16, big-endian", "\xfe\xff" + inUtf16(good, true));
    row("CR at the ends of lines", QByteArray(good).replace('\n', '\r'));
    row("a second public-key", good + entry);
    row("a key alone", key() + '\n');
    row("no key", "metadata\n    name = \"Alice\"\ncurve\n");
}

void tst_CheckDirectory::namesFilesThatResembleCertificates()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, contents);
    QVERIFY(QDir(m_directory->path()).mkdir(u"keys"_s));
    QVERIFY(write(u"keys/"_s + name, contents));
    CommandRun run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 1
                 && run.errors.contains(u"keys: no key was read, so nobody gets in, and there"_s),
             run.text().constData());
    QVERIFY2(run.errors.contains(u": warning: not read, although it resembles a certificate: "_s)
                 && run.errors.contains(u"keys/"_s + name + u':'),
             run.text().constData());
    QCOMPARE(run.output, u"keys: key directory, 0 keys, 1 error, 1 warning\n"_s);

    QVERIFY(write(u"keys/bob.key"_s, "curve\n    public-key = \"" + key() + "\"\n"));
    run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 0, run.text().constData());
    QCOMPARE(run.output, u"keys: key directory, 1 key, no errors, 1 warning\n"_s);
    QCOMPARE(check(u"keys"_s, {u"--strict"_s}).exitCode, 1);
}

void tst_CheckDirectory::omitsFilesThatResembleNoCertificates()
{
    QVERIFY(QDir(m_directory->path()).mkdir(u"keys"_s));
    const QByteArray certificate = "curve\n    public-key = \"" + key() + "\"\n";
    QVERIFY(write(u"keys/alice"_s, certificate));
    QVERIFY(write(u"keys/again"_s, certificate)); // reported as a duplicate
    QVERIFY(write(u"keys/README"_s, "The public keys of the laboratory\n"));
    QVERIFY(write(u"keys/empty"_s, {}));
    QVERIFY(write(u"keys/bob.key.disabled"_s, "curve\n"));
    QVERIFY(write(u"keys/image"_s, QByteArray("\x89PNG\r\n\0\1=:\n", 12)));
    const CommandRun run = check(u"keys"_s);
    QVERIFY2(run.exitCode == 0 && !run.errors.contains(u"resembles"_s), run.text().constData());
}

QTEST_GUILESS_MAIN(tst_CheckDirectory)
#include "tst_checkdirectory.moc"
