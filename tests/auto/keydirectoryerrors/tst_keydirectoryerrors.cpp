// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "keydirectorytest.h"
#include "randombytes.h"
#include "somebodyelse.h"

#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

// Tests the errors and warnings about the files of a key directory.
class tst_KeyDirectoryErrors : public KeyDirectoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsBrokenKeyFiles_data();
    void reportsBrokenKeyFiles();
    void refusesSpecialFiles_data();
    void refusesSpecialFiles();
    void reportsErrorsSortedByName();
    void readsNamesInLatin1();
    void escapesControlCharactersOfNames();
    void reportsUnreadableFiles();
    void readsUnreadFilesWhenTheirRetryIsDue();
    void refusesLargeFiles();
    void warnsOfFilesThatOthersCanReplace_data();
    void warnsOfFilesThatOthersCanReplace();
    void warnsOfSecretKeys();
    void warnsOfSkippedMetadata();
    void usesTheFirstFileOfAKey();
    void listsABoundedNumberOfProblems();
};

void tst_KeyDirectoryErrors::reportsBrokenKeyFiles_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<int>("line");

    const QByteArray rubbish = randomBytes(4096);
    QTest::newRow("empty") << QByteArray() << 1;
    QTest::newRow("binary") << QByteArray(1, '\x01') + rubbish << 1;
    QTest::newRow("bad key") << QByteArray("# x\ncurve\n    public-key = \"x\"\n") << 3;
    QTest::newRow("byte order mark") << "\xef\xbb\xbf" + certificateOf(1) << 1;
}

void tst_KeyDirectoryErrors::reportsBrokenKeyFiles()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const int, line);

    write("alice.key", contents);
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(path(u"alice.key:%1: "_s.arg(line))),
             qPrintable(load.errors.first().text()));
    QVERIFY(!load.isIncomplete);
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
}

void tst_KeyDirectoryErrors::refusesSpecialFiles_data()
{
    QTest::addColumn<bool>("isSocket");
    QTest::addColumn<bool>("byLink");

    QTest::newRow("fifo") << false << false;
    QTest::newRow("link to a fifo") << false << true;
    QTest::newRow("socket") << true << false;
    QTest::newRow("link to a socket") << true << true;
}

void tst_KeyDirectoryErrors::refusesSpecialFiles()
{
    QFETCH(const bool, isSocket);
    QFETCH(const bool, byLink);

    int socket = -1;
    for (const auto &name : {u"x.key"_s, u"y"_s}) {
        const QByteArray file = QFile::encodeName(byLink ? outside(name) : path(name));
        if (isSocket) {
            sockaddr_un address = {};
            address.sun_family = AF_UNIX;
            QVERIFY(static_cast<size_t>(file.size()) < sizeof address.sun_path);
            std::memcpy(address.sun_path, file.constData(), static_cast<size_t>(file.size()));
            socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
            const int bound =
                ::bind(socket, reinterpret_cast<sockaddr *>(&address), sizeof address);
            ::close(socket);
            QCOMPARE(bound, 0);
        } else {
            QCOMPARE(::mkfifo(file.constData(), 0600), 0);
        }
        if (byLink)
            QVERIFY(QFile::link(u"../"_s + name, path(name)));
    }
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(path(u"x.key: not a regular file"_s)),
             qPrintable(load.errors.first().text()));
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectoryErrors::reportsErrorsSortedByName()
{
    // Includes short and long names, and some that are equal in their first eight bytes.
    const QList<QByteArray> names = {"A.key",
                                     "a.key",
                                     "common-beginning-1.key",
                                     "common-beginning-10.key",
                                     "common-beginning-2.key",
                                     "common-beginning.key",
                                     "common.key",
                                     "z.key",
                                     "\xc3\xa4.key"};
    for (auto it = names.crbegin(); it != names.crend(); ++it)
        write(*it, "broken");
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), names.size());
    for (qsizetype i = 0; i < names.size(); ++i)
        QVERIFY2(load.errors[i].text().startsWith(path(QString::fromUtf8(names[i])) + u':'),
                 qPrintable(load.errors[i].text()));
}

void tst_KeyDirectoryErrors::readsNamesInLatin1()
{
    write("j\xf6rg.key", certificateOf(1));
    write("j\xf6rg", certificateOf(2));
    write("z\xff.key", "broken");
    write("z\xfe.key", certificateOf(1));
    const KeyLoad load = this->load({u"*"_s});
    QCOMPARE(load.keys->size(), 2);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(path(uR"(z\xff.key:1: )"_s)),
             qPrintable(load.errors.first().text()));
    QCOMPARE(load.warnings.size(), 1);
    QVERIFY2(load.warnings.first().text().startsWith(
                 path(uR"(z\xfe.key: contains the same key as )"_s) + path(uR"(j\xf6rg.key,)"_s)),
             qPrintable(load.warnings.first().text()));
}

// The name must not start a new line in a log.
void tst_KeyDirectoryErrors::escapesControlCharactersOfNames()
{
    write("a\nb.key", "broken");
    write("c\nd.key", certificateOf(1), 0000);
    const SomebodyElse somebodyElse;
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 2);
    QVERIFY2(load.errors[0].text().startsWith(path(uR"(a\x0ab.key:1: )"_s)),
             qPrintable(load.errors[0].text()));
    QVERIFY2(load.errors[1].text().startsWith(path(uR"(c\x0ad.key: cannot be read: permission)"_s)),
             qPrintable(load.errors[1].text()));
}

void tst_KeyDirectoryErrors::reportsUnreadableFiles()
{
    write("alice.key", certificateOf(1), 0000);
    write("bob.key", certificateOf(2));
    const SomebodyElse somebodyElse;
    KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(
        load.errors.first().text().startsWith(path(u"alice.key: cannot be read: permission"_s)),
        qPrintable(load.errors.first().text()));
    QCOMPARE(textsOf(load.warnings), QStringList());
    QVERIFY(load.isIncomplete);
    QCOMPARE(load.keys->size(), 1);
    load = this->load({u"bob*"_s});
    QCOMPARE(textsOf(load.errors), QStringList());
    QVERIFY(!load.isIncomplete);
}

// A file that could not be read is checked again when its retry is due.
void tst_KeyDirectoryErrors::readsUnreadFilesWhenTheirRetryIsDue()
{
    write("alice.key", certificateOf(1), 0000);
    write("bob.key", certificateOf(2));
    static qint64 now = 0;
    KeyDirectory keys(directory(), {}, {}, wallClock, [] { return now; });
    {
        const SomebodyElse somebodyElse;
        QVERIFY(keys.load().isIncomplete);
        QVERIFY(keys.update({}).isIncomplete);
    }
    QCOMPARE(::chmod(qPrintable(path(u"alice.key"_s)), 0600), 0);
    QVERIFY(keys.update({"bob.key"}).isIncomplete);
    now += RetryPause::Shortest;
    const KeyLoad load = keys.update({"bob.key"});
    QVERIFY(!load.isIncomplete);
    QCOMPARE(textsOf(load.errors), QStringList());
    QVERIFY(load.keys->find(keyOf(1)));
    QVERIFY(load.keys->find(keyOf(2)));
}

void tst_KeyDirectoryErrors::refusesLargeFiles()
{
    write("alice.key", certificateOf(1) + QByteArray(MaximumCertificateSize, '#'));
    write("bob.key",
          certificateOf(2) + QByteArray(MaximumCertificateSize - certificateOf(2).size(), '#'));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(
                 path(u"alice.key: larger than the maximum of 65536 "_s)),
             qPrintable(load.errors.first().text()));
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
}

void tst_KeyDirectoryErrors::warnsOfFilesThatOthersCanReplace_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("directoryMode");
    QTest::addColumn<QStringList>("warned");

    const auto file = u"/alice.key: users other than the owner can write"_s;
    const auto directory = u": users other than the owner can add and replace"_s;
    QTest::newRow("public") << 0644 << 0755 << QStringList();
    QTest::newRow("group writes the file") << 0664 << 0755 << QStringList(file);
    QTest::newRow("all write the file") << 0646 << 0755 << QStringList(file);
    QTest::newRow("group writes the directory") << 0644 << 0775 << QStringList(directory);
    QTest::newRow("both") << 0666 << 0777 << QStringList({directory, file});
    QTest::newRow("sticky directory") << 0644 << 01777 << QStringList(directory);
}

void tst_KeyDirectoryErrors::warnsOfFilesThatOthersCanReplace()
{
    QFETCH(const int, mode);
    QFETCH(const int, directoryMode);
    QFETCH(const QStringList, warned);

    write("alice.key", certificateOf(1), static_cast<mode_t>(mode));
    write("README", "text", 0666); // causes no warning
    QCOMPARE(::chmod(qPrintable(directory()), static_cast<mode_t>(directoryMode)), 0);
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.warnings.size(), warned.size());
    for (qsizetype i = 0; i < warned.size(); ++i)
        QVERIFY2(load.warnings[i].text().startsWith(directory() + warned[i]),
                 qPrintable(load.warnings[i].text()));
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectoryErrors::warnsOfSecretKeys()
{
    const QByteArray secret = Z85::encode(keyOf(9));
    write("alice.key", certificateOf(1) + "    secret-key = \"" + secret + "\"\n", 0644);
    write("bob.key", certificateOf(2) + "    secret-key = \"" + secret + "\"\n", 0600);
    write("carol.key", certificateOf(3) + "secret-key = \"" + secret + "\"\n", 0644);
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.warnings.size(), 4);
    QVERIFY(load.warnings[0].text().startsWith(
        path(u"alice.key: contains a secret key that others can read;"_s)));
    QVERIFY(load.warnings[1].text().startsWith(path(u"bob.key: contains a secret key;"_s)));
    QVERIFY(load.warnings[2].text().startsWith(
        path(u"carol.key: contains a secret key that others can read;"_s)));
    const QString stray = load.warnings[3].text();
    QVERIFY2(stray.startsWith(path(u"carol.key:"_s)) && stray.contains(u"is a key in no section"_s),
             qPrintable(stray));
    QVERIFY(!textsOf(load.warnings).join(u' ').contains(QString::fromLatin1(secret)));
    QCOMPARE(load.keys->size(), 3);
    QVERIFY(!load.keys->find(keyOf(9)));
}

void tst_KeyDirectoryErrors::warnsOfSkippedMetadata()
{
    write("alice.key", "metadata\n    a name = \"x\"\n" + certificateOf(1).sliced(9));
    write("alice2.key", certificateOf(1));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.warnings.size(), 2);
    QVERIFY(load.warnings[0].text().startsWith(path(u"alice2.key: contains the same key"_s)));
    QVERIFY(load.warnings[1].text().startsWith(path(u"alice.key:2: "_s)));
}

void tst_KeyDirectoryErrors::usesTheFirstFileOfAKey()
{
    write("c.key", certificateOf(1));
    write("b.key", certificateOf(2));
    write("a", certificateOf(1));
    write("a.key", certificateOf(1));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    const auto text = [this](const QString &name) {
        return u"%1: contains the same key as %2, which is used; remove one of the two"_s.arg(
            path(name), path(u"a"_s));
    };
    QCOMPARE(textsOf(load.warnings), QStringList({text(u"a.key"_s), text(u"c.key"_s)}));
    QCOMPARE(load.keys->size(), 2);
}

void tst_KeyDirectoryErrors::listsABoundedNumberOfProblems()
{
    for (int i = 0; i < 30; ++i) {
        write("b" + QByteArray::number(i) + ".key", "broken");
        write("s" + QByteArray::number(i) + ".key", certificateOf(1));
    }
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), ProblemList::Maximum + 1);
    QCOMPARE(load.errors.last().text(),
             directory() + u": 10 more problems, which are not listed"_s);
    QCOMPARE(load.warnings.size(), ProblemList::Maximum + 1);
    QCOMPARE(load.warnings.last().text(),
             directory() + u": 9 more problems, which are not listed"_s);
}

QTEST_GUILESS_MAIN(tst_KeyDirectoryErrors)
#include "tst_keydirectoryerrors.moc"
