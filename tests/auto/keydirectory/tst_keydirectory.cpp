// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keydirectory.h"

#include "credentials/certificatefile.h"
#include "credentials/keyfilename.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

QByteArray keyOf(char number)
{
    QByteArray key;
    key.fill(number, CurveKeySize);
    return key;
}

QByteArray certificateOf(char number)
{
    return "metadata\n    name = \"x\"\ncurve\n    public-key = \"" + Z85::encode(keyOf(number))
           + "\"\n";
}

std::optional<QByteArrayView> userIdOf(const KeyLoad &load, QByteArrayView key)
{
    const auto match = load.keys->find(key);
    return match ? std::optional(match->userId) : std::nullopt;
}

// Root may read everything; a user without rights is somebody else for a moment.
class SomebodyElse
{
public:
    SomebodyElse()
        : m_isRoot(::geteuid() == 0)
    {
        if (m_isRoot && ::seteuid(65534) != 0)
            qFatal("cannot become another user");
    }
    Q_DISABLE_COPY_MOVE(SomebodyElse)
    ~SomebodyElse()
    {
        if (m_isRoot && ::seteuid(0) != 0)
            qFatal("cannot become root again");
    }

private:
    bool m_isRoot;
};

} // namespace

Q_DECLARE_METATYPE(KeyFileName)

class tst_KeyDirectory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void names_data();
    void names();
    void neverRead_data();
    void neverRead();
    void loads();
    void empty();
    void otherNamesThatDoNotParse_data();
    void otherNamesThatDoNotParse();
    void brokenKeyFile_data();
    void brokenKeyFile();
    void nameFilters_data();
    void nameFilters();
    void badNameFilter();
    void subdirectories();
    void special_data();
    void special();
    void links();
    void kubernetes();
    void sameKeyTwice();
    void sortedByName();
    void latin1Names();
    void controlCharacterInTheName();
    void unreadableFiles();
    void overTheLimit();
    void warnings_data();
    void warnings();
    void secretKey();
    void metadataWarnings();
    void problemsAreBounded();
    void cannotBeLoaded_data();
    void cannotBeLoaded();
    void permissionDenied_data();
    void permissionDenied();
    void trailingSlash();
    void resources();
    void manyFiles();

private:
    QString directory() const { return m_directory->filePath(u"keys"_s); }
    QString path(const QString &name) const { return directory() + u'/' + name; }
    KeyLoad load(const QStringList &filters = {}) const
    {
        return loadKeyDirectory(directory(), filters);
    }
    void write(const QByteArray &name, const QByteArray &contents, mode_t mode = 0644);

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_KeyDirectory::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
    QVERIFY(QDir().mkdir(directory()));
    QCOMPARE(::chmod(qPrintable(directory()), 0755), 0);
    QCOMPARE(::chmod(qPrintable(m_directory->path()), 0755), 0);
}

// QTemporaryDir cannot remove a file whose name is no UTF-8.
void tst_KeyDirectory::cleanup()
{
    std::filesystem::remove_all(directory().toStdString());
}

// By the system's means: a QString cannot hold any name.
void tst_KeyDirectory::write(const QByteArray &name, const QByteArray &contents, mode_t mode)
{
    const QByteArray file = QFile::encodeName(directory()) + '/' + name;
    const int descriptor = ::open(file.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    QVERIFY(descriptor >= 0);
    const ssize_t size =
        ::write(descriptor, contents.constData(), static_cast<size_t>(contents.size()));
    QCOMPARE(::fchmod(descriptor, mode), 0);
    ::close(descriptor);
    QCOMPARE(size, contents.size());
}

void tst_KeyDirectory::names_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<KeyFileName>("kind");

    const auto row = [](const char *name, KeyFileName kind) {
        QTest::newRow(name) << QByteArray(name) << kind;
    };
    for (const char *name : {"alice.key", "alice.bak.key", "a b.key", "x.swap.key", "~a.key",
                             "rpm.key", "secret.key", "\xe4.key"}) {
        row(name, KeyFileName::Key);
    }
    for (const char *name : {"alice", "alice.KEY", "alice.key2", "key", "alice.pub", "x.sw", "sw",
                             "alice.key.txt", "README.md", "bak", "a-secret", "x.swpp"}) {
        row(name, KeyFileName::Candidate);
    }
    for (const char *name : {".key",
                             ".alice.key",
                             ".",
                             "..",
                             ".hidden",
                             "#alice.key#",
                             "#x",
                             "alice.key~",
                             "~",
                             "alice.key.bak",
                             "alice.bak",
                             "alice.old",
                             "alice.orig",
                             "alice.tmp",
                             "alice.key.tmp",
                             "alice.swp",
                             "alice.key.swo",
                             ".sw?",
                             "x.sw1",
                             "alice.key_secret",
                             "alice_secret",
                             "a_secret.key",
                             "alice_secrets.key",
                             "alice.key.dpkg-old",
                             "alice.dpkg-new.key",
                             "alice.key.rpmsave",
                             "alice.rpmnew",
                             "a.rpm.key",
                             ""}) {
        row(name, KeyFileName::Never);
    }
}

void tst_KeyDirectory::names()
{
    QFETCH(const QByteArray, name);
    QTEST(keyFileName(name), "kind");
}

void tst_KeyDirectory::neverRead_data()
{
    QTest::addColumn<QByteArray>("name");

    for (const char *name :
         {".alice.key", "#alice.key#", "alice.key~", "alice.key.bak", "alice.old", "alice.orig",
          "alice.tmp", "alice.swp", "alice.key_secret", "a_secret.key", "alice.dpkg-old.key",
          "alice.rpmsave.key"}) {
        QTest::newRow(name) << QByteArray(name);
    }
}

// A backup copy must not keep a key alive.
void tst_KeyDirectory::neverRead()
{
    QFETCH(const QByteArray, name);

    write(name, certificateOf(1));
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(!load.keys->find(keyOf(1)));
}

void tst_KeyDirectory::loads()
{
    write("alice.key", certificateOf(1));
    write("bob", certificateOf(2)); // czmq's name
    write("carol.pub", certificateOf(3));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings, QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QVERIFY(!load.isIncomplete);
    QVERIFY(!load.changedMeanwhile);
    QCOMPARE(load.keys->size(), 3);
    for (const char number : {'\1', '\2', '\3'})
        QCOMPARE(userIdOf(load, keyOf(number)), QByteArrayView(""));
    QVERIFY(!load.keys->find(keyOf(4)));
}

void tst_KeyDirectory::empty()
{
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings, QStringList());
    QVERIFY(load.keys);
    QCOMPARE(load.keys->size(), 0);
}

void tst_KeyDirectory::otherNamesThatDoNotParse_data()
{
    QTest::addColumn<QByteArray>("contents");

    QRandomGenerator random(1);
    QByteArray rubbish(4096, Qt::Uninitialized);
    random.fillRange(reinterpret_cast<quint32 *>(rubbish.data()), rubbish.size() / 4);
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("text") << QByteArray("Read me\n");
    QTest::newRow("binary") << rubbish;
    QTest::newRow("certificate without a key") << QByteArray("metadata\n    name = \"x\"\n");
    QTest::newRow("over the limit") << certificateOf(1) + QByteArray(MaximumCertificateSize, '#');
}

void tst_KeyDirectory::otherNamesThatDoNotParse()
{
    QFETCH(const QByteArray, contents);

    write("README", contents);
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings, QStringList());
    QVERIFY(!load.isIncomplete);
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::brokenKeyFile_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<int>("line");

    QRandomGenerator random(1);
    QByteArray rubbish(4096, Qt::Uninitialized);
    random.fillRange(reinterpret_cast<quint32 *>(rubbish.data()), rubbish.size() / 4);
    QTest::newRow("empty") << QByteArray() << 1;
    QTest::newRow("binary") << QByteArray(1, '\x01') + rubbish << 1;
    QTest::newRow("bad key") << QByteArray("# x\ncurve\n    public-key = \"x\"\n") << 3;
    QTest::newRow("byte order mark") << "\xef\xbb\xbf" + certificateOf(1) << 1;
}

void tst_KeyDirectory::brokenKeyFile()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const int, line);

    write("alice.key", contents);
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().startsWith(path(u"alice.key:%1: "_s.arg(line))),
             qPrintable(load.errors.first()));
    QVERIFY(!load.isIncomplete);
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
}

void tst_KeyDirectory::nameFilters_data()
{
    QTest::addColumn<QStringList>("filters");
    QTest::addColumn<QByteArray>("found");

    QTest::newRow("none") << QStringList() << QByteArray("\1\2\3\4");
    QTest::newRow("all") << QStringList(u"*"_s) << QByteArray("\1\2\3\4");
    QTest::newRow("ending") << QStringList(u"*.key"_s) << QByteArray("\1\2\4");
    QTest::newRow("start") << QStringList(u"a*"_s) << QByteArray("\1\4");
    QTest::newRow("name") << QStringList(u"bob.key"_s) << QByteArray("\2");
    QTest::newRow("part of a name") << QStringList(u"bob"_s) << QByteArray();
    QTest::newRow("two") << QStringList({u"bob.*"_s, u"car??"_s}) << QByteArray("\2\3");
    QTest::newRow("class") << QStringList(u"[bc]*"_s) << QByteArray("\2\3");
    QTest::newRow("case") << QStringList(u"*.KEY"_s) << QByteArray();
    QTest::newRow("hidden stays hidden") << QStringList(u".*"_s) << QByteArray();
    QTest::newRow("empty") << QStringList(QString()) << QByteArray();
}

void tst_KeyDirectory::nameFilters()
{
    QFETCH(const QStringList, filters);
    QFETCH(const QByteArray, found);

    write("alice.key", certificateOf(1));
    write("bob.key", certificateOf(2));
    write("carol", certificateOf(3));
    write("a\xe4.key", certificateOf(4));
    write(".hidden.key", certificateOf(5));
    write("dave.key", "broken");
    const bool readsBroken =
        filters.isEmpty() || filters.contains(u"*"_s) || filters.contains(u"*.key"_s);
    const KeyLoad load = this->load(filters);
    QCOMPARE(load.errors.size(), readsBroken ? 1 : 0);
    QCOMPARE(load.keys->size(), found.size());
    for (const char number : found)
        QVERIFY(load.keys->find(keyOf(number)));
}

void tst_KeyDirectory::badNameFilter()
{
    write("alice.key", certificateOf(1));
    // A range that ends before it starts.
    const KeyLoad load = this->load({u"[z-a]"_s, u"alice*"_s});
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().startsWith(directory() + u": the name filter \"[z-a]\""_s),
             qPrintable(load.errors.first()));
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::subdirectories()
{
    QDir keys(directory());
    QVERIFY(keys.mkdir(u"x.key"_s));
    QVERIFY(keys.mkdir(u"y"_s));
    write("x.key/alice.key", certificateOf(1));
    QVERIFY(QFile::link(u"x.key"_s, path(u"link.key"_s)));
    QVERIFY(QFile::link(u"y"_s, path(u"link"_s)));
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings, QStringList());
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::special_data()
{
    QTest::addColumn<bool>("isSocket");
    QTest::addColumn<bool>("byLink");

    QTest::newRow("fifo") << false << false;
    QTest::newRow("link to a fifo") << false << true;
    QTest::newRow("socket") << true << false;
    QTest::newRow("link to a socket") << true << true;
}

void tst_KeyDirectory::special()
{
    QFETCH(const bool, isSocket);
    QFETCH(const bool, byLink);

    int socket = -1;
    for (const auto &name : {u"x.key"_s, u"y"_s}) {
        const QByteArray file =
            QFile::encodeName(byLink ? m_directory->filePath(name) : path(name));
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
    QVERIFY2(load.errors.first().startsWith(path(u"x.key: not a regular file"_s)),
             qPrintable(load.errors.first()));
    QCOMPARE(load.warnings, QStringList());
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::links()
{
    write("alice.key", certificateOf(1));
    QVERIFY(QFile::rename(path(u"alice.key"_s), m_directory->filePath(u"elsewhere"_s)));
    QVERIFY(QFile::link(u"../elsewhere"_s, path(u"alice.key"_s)));
    QVERIFY(QFile::link(u"loop.key"_s, path(u"loop.key"_s)));
    QVERIFY(QFile::link(u"loop"_s, path(u"loop"_s)));
    QVERIFY(QFile::link(u"nowhere"_s, path(u"dangling.key"_s)));
    QVERIFY(QFile::link(u"nowhere"_s, path(u"dangling"_s)));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 2);
    QVERIFY2(load.errors[0].startsWith(path(u"dangling.key: a symbolic link to a file"_s)),
             qPrintable(load.errors[0]));
    QVERIFY2(load.errors[1].startsWith(path(u"loop.key: a symbolic link that leads to itself"_s)),
             qPrintable(load.errors[1]));
    QCOMPARE(load.warnings, QStringList());
    QVERIFY(!load.isIncomplete);
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(1)));
}

// Links into a hidden directory that is itself behind a link.
void tst_KeyDirectory::kubernetes()
{
    QVERIFY(QDir(directory()).mkdir(u"..2026"_s));
    write("..2026/alice.key", certificateOf(1));
    QVERIFY(QFile::link(u"..2026"_s, path(u"..data"_s)));
    QVERIFY(QFile::link(u"..data/alice.key"_s, path(u"alice.key"_s)));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings, QStringList());
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::sameKeyTwice()
{
    write("c.key", certificateOf(1));
    write("b.key", certificateOf(2));
    write("a", certificateOf(1));
    write("a.key", certificateOf(1));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    const auto text = [this](const QString &name) {
        return u"%1: the same key as in %2, which counts; remove one of the two"_s.arg(
            path(name), path(u"a"_s));
    };
    QCOMPARE(load.warnings, QStringList({text(u"a.key"_s), text(u"c.key"_s)}));
    QCOMPARE(load.keys->size(), 2);
}

void tst_KeyDirectory::sortedByName()
{
    // Short and long names, equal in their first eight bytes and not.
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
        QVERIFY2(load.errors[i].startsWith(path(QString::fromUtf8(names[i])) + u':'),
                 qPrintable(load.errors[i]));
}

void tst_KeyDirectory::latin1Names()
{
    write("j\xf6rg.key", certificateOf(1));
    write("j\xf6rg", certificateOf(2));
    write("z\xff.key", "broken");
    write("z\xfe.key", certificateOf(1));
    const KeyLoad load = this->load({u"*"_s});
    QCOMPARE(load.keys->size(), 2);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().startsWith(path(uR"(z\xff.key:1: )"_s)),
             qPrintable(load.errors.first()));
    QCOMPARE(load.warnings.size(), 1);
    QVERIFY2(load.warnings.first().startsWith(path(uR"(z\xfe.key: the same key as in )"_s)
                                              + path(uR"(j\xf6rg.key,)"_s)),
             qPrintable(load.warnings.first()));
}

// Not into a log, where it would start a line of its own.
void tst_KeyDirectory::controlCharacterInTheName()
{
    write("a\nb.key", "broken");
    write("c\nd.key", certificateOf(1), 0000);
    const SomebodyElse somebodyElse;
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 2);
    QVERIFY2(load.errors[0].startsWith(path(uR"(a\x0ab.key:1: )"_s)), qPrintable(load.errors[0]));
    QVERIFY2(load.errors[1].startsWith(path(uR"(c\x0ad.key: cannot be read: permission)"_s)),
             qPrintable(load.errors[1]));
}

void tst_KeyDirectory::unreadableFiles()
{
    write("alice.key", certificateOf(1), 0000);
    write("bob.key", certificateOf(2));
    const SomebodyElse somebodyElse;
    KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().startsWith(path(u"alice.key: cannot be read: permission"_s)),
             qPrintable(load.errors.first()));
    QCOMPARE(load.warnings, QStringList());
    QVERIFY(load.isIncomplete);
    QCOMPARE(load.keys->size(), 1);
    load = this->load({u"bob*"_s});
    QCOMPARE(load.errors, QStringList());
    QVERIFY(!load.isIncomplete);
}

void tst_KeyDirectory::overTheLimit()
{
    write("alice.key", certificateOf(1) + QByteArray(MaximumCertificateSize, '#'));
    write("bob.key",
          certificateOf(2) + QByteArray(MaximumCertificateSize - certificateOf(2).size(), '#'));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().startsWith(path(u"alice.key: larger than the 65536 "_s)),
             qPrintable(load.errors.first()));
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
}

void tst_KeyDirectory::warnings_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("directoryMode");
    QTest::addColumn<QStringList>("warned");

    const auto file = u"/alice.key: others than the owner may write"_s;
    const auto directory = u": others than the owner may add and replace"_s;
    QTest::newRow("public") << 0644 << 0755 << QStringList();
    QTest::newRow("group writes the file") << 0664 << 0755 << QStringList(file);
    QTest::newRow("all write the file") << 0646 << 0755 << QStringList(file);
    QTest::newRow("group writes the directory") << 0644 << 0775 << QStringList(directory);
    QTest::newRow("both") << 0666 << 0777 << QStringList({directory, file});
    QTest::newRow("sticky directory") << 0644 << 01777 << QStringList();
}

void tst_KeyDirectory::warnings()
{
    QFETCH(const int, mode);
    QFETCH(const int, directoryMode);
    QFETCH(const QStringList, warned);

    write("alice.key", certificateOf(1), static_cast<mode_t>(mode));
    write("README", "text", 0666); // nobody minds
    QCOMPARE(::chmod(qPrintable(directory()), static_cast<mode_t>(directoryMode)), 0);
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings.size(), warned.size());
    for (qsizetype i = 0; i < warned.size(); ++i)
        QVERIFY2(load.warnings[i].startsWith(directory() + warned[i]),
                 qPrintable(load.warnings[i]));
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::secretKey()
{
    const QByteArray secret = Z85::encode(keyOf(9));
    write("alice.key", certificateOf(1) + "    secret-key = \"" + secret + "\"\n", 0644);
    write("bob.key", certificateOf(2) + "    secret-key = \"" + secret + "\"\n", 0600);
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings.size(), 2);
    QVERIFY(load.warnings[0].startsWith(
        path(u"alice.key: holds a secret key that others may read;"_s)));
    QVERIFY(load.warnings[1].startsWith(path(u"bob.key: holds a secret key;"_s)));
    QVERIFY(!load.warnings.join(u' ').contains(QString::fromLatin1(secret)));
    QCOMPARE(load.keys->size(), 2);
    QVERIFY(!load.keys->find(keyOf(9)));
}

void tst_KeyDirectory::metadataWarnings()
{
    write("alice.key", "metadata\n    a name = \"x\"\n" + certificateOf(1).sliced(9));
    write("alice2.key", certificateOf(1));
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.warnings.size(), 2);
    QVERIFY(load.warnings[0].startsWith(path(u"alice2.key: the same key"_s)));
    QVERIFY(load.warnings[1].startsWith(path(u"alice.key:2: "_s)));
}

void tst_KeyDirectory::problemsAreBounded()
{
    for (int i = 0; i < 30; ++i) {
        write("b" + QByteArray::number(i) + ".key", "broken");
        write("s" + QByteArray::number(i) + ".key", certificateOf(1));
    }
    const KeyLoad load = this->load();
    QCOMPARE(load.errors.size(), ProblemList::Maximum + 1);
    QCOMPARE(load.errors.last(), directory() + u": 10 more problems, which are not listed"_s);
    QCOMPARE(load.warnings.size(), ProblemList::Maximum + 1);
    QCOMPARE(load.warnings.last(), directory() + u": 9 more problems, which are not listed"_s);
}

void tst_KeyDirectory::cannotBeLoaded_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<FileError>("error");
    QTest::addColumn<QString>("what");

    QTest::newRow("no such directory") << u"none"_s << FileError::NotFound << u"no such"_s;
    QTest::newRow("file") << u"file"_s << FileError::NotRegular << u"not a directory"_s;
    QTest::newRow("fifo") << u"fifo"_s << FileError::NotRegular << u"not a directory"_s;
    QTest::newRow("link that leads nowhere")
        << u"dangling"_s << FileError::NotFound << u"no such"_s;
    QTest::newRow("link that leads to itself")
        << u"loop"_s << FileError::NotRegular << u"a symbolic link that leads to itself"_s;
}

void tst_KeyDirectory::cannotBeLoaded()
{
    QFETCH(const QString, name);
    QFETCH(const QString, what);

    write("file", certificateOf(1));
    QCOMPARE(::mkfifo(qPrintable(path(u"fifo"_s)), 0644), 0);
    QVERIFY(QFile::link(u"nowhere"_s, path(u"dangling"_s)));
    QVERIFY(QFile::link(u"loop"_s, path(u"loop"_s)));
    const KeyLoad load = loadKeyDirectory(path(name), {});
    QVERIFY(!load.keys);
    QTEST(load.fileError, "error");
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().startsWith(path(name) + u": "_s + what),
             qPrintable(load.errors.first()));

    QVERIFY(!loadKeyDirectory(QString(), {}).keys);
    QVERIFY(!loadKeyDirectory(path(u"a\0b"_s), {}).keys);
}

void tst_KeyDirectory::permissionDenied_data()
{
    QTest::addColumn<int>("mode");

    QTest::newRow("neither to list nor to enter") << 0700;
    QTest::newRow("not to list") << 0711;
    QTest::newRow("not to enter") << 0744;
}

void tst_KeyDirectory::permissionDenied()
{
    QFETCH(const int, mode);

    write("alice.key", certificateOf(1));
    write("bob.key", certificateOf(2));
    const mode_t wanted =
        ::geteuid() == 0 ? static_cast<mode_t>(mode) : static_cast<mode_t>(mode & 7) << 6;
    QCOMPARE(::chmod(qPrintable(directory()), wanted), 0);
    KeyLoad load;
    {
        const SomebodyElse somebodyElse;
        load = this->load();
    }
    QCOMPARE(::chmod(qPrintable(directory()), 0700), 0);
    QVERIFY(!load.keys);
    QCOMPARE(load.fileError, FileError::Unreadable);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().startsWith(directory() + u": cannot be read: permission denied"_s),
             qPrintable(load.errors.first()));
}

void tst_KeyDirectory::trailingSlash()
{
    write("alice.key", "broken");
    const KeyLoad load = loadKeyDirectory(directory() + u'/', {});
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().startsWith(path(u"alice.key:1: "_s)),
             qPrintable(load.errors.first()));
}

void tst_KeyDirectory::resources()
{
    const KeyLoad load = loadKeyDirectory(u":/keys"_s, {});
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().startsWith(u":/keys/broken.key:1: "_s),
             qPrintable(load.errors.first()));
    QCOMPARE(load.warnings, QStringList());
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(1)));

    QCOMPARE(loadKeyDirectory(u":/none"_s, {}).fileError, FileError::NotFound);
    QCOMPARE(loadKeyDirectory(u":/keys/alice.key"_s, {}).fileError, FileError::NotRegular);
}

void tst_KeyDirectory::manyFiles()
{
    constexpr quint32 Count = 2000;
    std::array<quint32, CurveKeySize / sizeof(quint32)> key = {};
    const QByteArrayView view(reinterpret_cast<const char *>(key.data()), CurveKeySize);
    for (quint32 i = 0; i < Count; ++i) {
        key[0] = i;
        write("device-" + QByteArray::number(i) + ".key",
              "curve\n    public-key = \"" + Z85::encode(view) + "\"\n");
    }
    const KeyLoad load = this->load();
    QCOMPARE(load.errors, QStringList());
    QCOMPARE(load.keys->size(), qsizetype{Count});
    for (quint32 i = 0; i < Count; ++i) {
        key[0] = i;
        QVERIFY(load.keys->find(view));
    }
}

QTEST_GUILESS_MAIN(tst_KeyDirectory)
#include "tst_keydirectory.moc"
