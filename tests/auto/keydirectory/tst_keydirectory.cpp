// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keydirectory.h"

#include "credentials/certificates/certificatefile.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
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

// A clock by which every file is old enough to be identified by its facts.
qint64 later()
{
    return wallClock() + qint64{3'600'000'000'000};
}

// Limits the number of open files.
class DescriptorLimit
{
public:
    explicit DescriptorLimit(rlim_t count)
    {
        const int first = ::open("/", O_RDONLY | O_CLOEXEC);
        ::close(first);
        ::getrlimit(RLIMIT_NOFILE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = static_cast<rlim_t>(first) + count;
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
            qFatal("cannot limit descriptors");
    }
    Q_DISABLE_COPY_MOVE(DescriptorLimit)
    ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &m_before); }

private:
    rlimit m_before = {};
};

// Root can read everything, so another user is impersonated for a moment.
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

class tst_KeyDirectory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void excludesNames_data();
    void excludesNames();
    void reportsExcludedFiles_data();
    void reportsExcludedFiles();
    void reportsExcludedDirectories_data();
    void reportsExcludedDirectories();
    void passedOverNamesAreFiltered();
    void passedOverNamesAreBoundedAndEscaped();
    void loads();
    void empty();
    void ignoresOtherFilesThatDoNotParse_data();
    void ignoresOtherFilesThatDoNotParse();
    void brokenKeyFile_data();
    void brokenKeyFile();
    void nameFilters_data();
    void nameFilters();
    void badNameFilter();
    void subdirectories();
    void refusesSpecialFiles_data();
    void refusesSpecialFiles();
    void links();
    void kubernetes();
    void sameKeyTwice();
    void sortedByName();
    void latin1Names();
    void controlCharacterInTheName();
    void unreadableFiles();
    void unreadFilesAreReadWithALaterUpdate();
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

    void fields();
    void badFields();
    void userIdField();

    void sameFiles();
    void changesOfOneFile_data();
    void changesOfOneFile();
    void changesOfOtherNames_data();
    void changesOfOtherNames();
    void sameSizeAndTime_data();
    void sameSizeAndTime();
    void readsRecentFilesAgain();
    void updateReadsOnlyTheNames();
    void updateIgnoresNames();
    void firstUpdateReadsAll();
    void secondFileWithTheSameKeyTakesOver_data();
    void secondFileWithTheSameKeyTakesOver();
    void hardLinks();
    void kubernetesSwap();
    void changingFile();
    void keptWhileUnreadableThroughChanges();
    void unreadableDirectory();
    void noDescriptorForTheDirectory();
    void removedDirectory_data();
    void removedDirectory();
    void anotherDirectory();
    void manyUpdates();

private:
    QString directory() const { return m_directory->filePath(u"keys"_s); }
    QString path(const QString &name) const { return directory() + u'/' + name; }
    KeyLoad load(const QStringList &filters = {}) const
    {
        return loadKeyDirectory(directory(), filters);
    }
    void write(const QByteArray &name, const QByteArray &contents, mode_t mode = 0644);
    // Loads by the names, or everything.
    static KeyLoad look(KeyDirectory *keys, const NameSet &names, bool byNames)
    {
        return byNames ? keys->update(names) : keys->load();
    }
    void remove(const QString &name) { QCOMPARE(::unlink(qPrintable(path(name))), 0); }

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

// QTemporaryDir cannot remove a file whose name is not UTF-8.
void tst_KeyDirectory::cleanup()
{
    std::filesystem::remove_all(directory().toStdString());
}

// With system calls, since a QString cannot represent every name.
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

void tst_KeyDirectory::excludesNames_data()
{
    QTest::addColumn<QByteArray>("name");

    for (const char *name :
         {".alice.key",       "#alice.key#",        "alice.key~",         "alice.key.bak",
          "alice.old",        "alice.orig",         "alice.tmp",          "alice.swp",
          "alice.key_secret", "alice.key.disabled", "alice.key.revoked",  "alice.key.off",
          "alice.key.save",   "alice.key.1",        "alice.key.part",     "alice.bak2",
          "alice (copy).key", "bob_secret.1",       "alice.dpkg-old.key", "alice.rpmsave.key"}) {
        QTest::newRow(name) << QByteArray(name);
    }
}

// A backup copy must not keep a key in force.
void tst_KeyDirectory::excludesNames()
{
    QFETCH(const QByteArray, name);

    write(name, certificateOf(1));
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(!load.keys->find(keyOf(1)));
}

void tst_KeyDirectory::reportsExcludedFiles_data()
{
    QTest::addColumn<bool>("byNames");
    QTest::newRow("all") << false;
    QTest::newRow("by names") << true;
}

void tst_KeyDirectory::reportsExcludedFiles()
{
    QFETCH(const bool, byNames);

    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory());
    KeyLoad load = keys.load();
    QCOMPARE(load.passedOver.count, 0);
    QCOMPARE(load.passedOver.text(directory()), QString());
    const size_t nothing = load.passedOver.digest;

    const auto look = [&](const NameSet &names) {
        load = tst_KeyDirectory::look(&keys, names, byNames);
        QByteArrayList said;
        for (const PassedOverReport::Name &entry : std::as_const(load.passedOver.first))
            said += entry.name;
        return said;
    };
    for (const char *name :
         {".hidden.key", "alice.key_secret", "bob_secret", "carol.key.disabled", "dora.key.bak"})
        write(name, certificateOf(2));
    const NameSet first{".hidden.key", "alice.key_secret", "bob_secret", "carol.key.disabled",
                        "dora.key.bak"};
    // Neither a hidden file, nor the secret one beside its public one.
    QCOMPARE(look(first), QByteArrayList({"bob_secret", "carol.key.disabled", "dora.key.bak"}));
    QCOMPARE(load.passedOver.count, 3);
    QCOMPARE(load.passedOver.text(u"keys"_s),
             u"keys: 3 entries are not read: \"bob_secret\", \"carol.key.disabled\", "
             "\"dora.key.bak\"; \"qzap check\" says why"_s);
    const size_t three = load.passedOver.digest;
    QVERIFY(three != nothing);
    QCOMPARE(look({"alice.key"}).size(), 3);
    QCOMPARE(load.passedOver.digest, three);

    write("bob", certificateOf(3)); // czmq's
    QCOMPARE(look({"bob"}), QByteArrayList({"carol.key.disabled", "dora.key.bak"}));
    QVERIFY(load.passedOver.digest != three);
    remove(u"alice.key"_s);
    QCOMPARE(look({"alice.key"}),
             QByteArrayList({"alice.key_secret", "carol.key.disabled", "dora.key.bak"}));
    QCOMPARE(::rename(qPrintable(path(u"carol.key.disabled"_s)), qPrintable(path(u"carol.key"_s))),
             0);
    QCOMPARE(look({"carol.key.disabled", "carol.key"}),
             QByteArrayList({"alice.key_secret", "dora.key.bak"}));
    QVERIFY(load.keys->find(keyOf(2)));
    for (const char *name : {"alice.key_secret", "dora.key.bak"})
        remove(QString::fromLatin1(name));
    QCOMPARE(look({"alice.key_secret", "dora.key.bak"}), QByteArrayList());
    QCOMPARE(load.passedOver.digest, nothing);
}

void tst_KeyDirectory::reportsExcludedDirectories_data()
{
    reportsExcludedFiles_data();
}

void tst_KeyDirectory::reportsExcludedDirectories()
{
    QFETCH(const bool, byNames);

    KeyDirectory keys(directory());
    QVERIFY(keys.load().keys);
    QDir directory(this->directory());
    for (const auto &name :
         {u"old"_s, u"tls"_s, u"empty"_s, u".git"_s, u"x.key.bak"_s, u"nested"_s})
        QVERIFY(directory.mkdir(name));
    QVERIFY(directory.mkdir(u"nested/deeper"_s));
    write("old/alice.key", certificateOf(1));
    write("tls/server.key", "-----BEGIN PRIVATE KEY-----\n");
    write(".git/alice.key", certificateOf(1));
    write("x.key.bak/alice", certificateOf(1));
    write("nested/deeper/alice.key", certificateOf(1));
    QVERIFY(QFile::link(u"old"_s, path(u"link"_s)));
    const KeyLoad load =
        look(&keys, {"old", "tls", "empty", ".git", "x.key.bak", "nested", "link"}, byNames);
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 0);
    QCOMPARE(
        load.passedOver.text(u"keys"_s),
        u"keys: 4 entries are not read: \"link/\", \"nested/\", \"old/\", \"x.key.bak/\"; \"qzap "
        "check\" says why"_s);
    QCOMPARE(load.passedOver.directories, 4);
}

void tst_KeyDirectory::passedOverNamesAreFiltered()
{
    write("alice.key", certificateOf(1));
    write("alice.key_secret", certificateOf(1));
    write("alice.old", certificateOf(1));
    write("bob.old", certificateOf(1));
    for (const bool byNames : {false, true}) {
        KeyDirectory keys(directory(), {u"*.old"_s, u"*_secret"_s});
        QVERIFY(keys.load().keys);
        const KeyLoad load = look(&keys, {"alice.key", "alice.old", "bob.old"}, byNames);
        QCOMPARE(load.passedOver.count, 2);
        KeyDirectory others(directory(), {u"*.key"_s});
        QVERIFY(others.load().keys);
        QCOMPARE(look(&others, {"alice.key", "alice.old"}, byNames).passedOver.count, 0);
    }
}

void tst_KeyDirectory::passedOverNamesAreBoundedAndEscaped()
{
    write("a\n\"b.old", certificateOf(1));
    for (int i = 0; i < 30; ++i)
        write("b" + QByteArray::number(i) + ".old", certificateOf(1));
    const KeyLoad load = this->load();
    QCOMPARE(load.passedOver.count, 31);
    QCOMPARE(load.passedOver.first.size(), 20);
    const QString text = load.passedOver.text(u"keys"_s);
    QVERIFY2(
        text.startsWith(u"keys: 31 entries are not read: \"a\\u000a\\\"b.old\", \"b0.old\", "_s)
            && text.contains(u" and 11 more; "_s) && !text.contains(u'\n'),
        qPrintable(text));
}

void tst_KeyDirectory::loads()
{
    write("alice.key", certificateOf(1));
    write("bob", certificateOf(2)); // czmq's name
    write("carol.pub", certificateOf(3));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
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
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QVERIFY(load.keys);
    QCOMPARE(load.keys->size(), 0);
}

void tst_KeyDirectory::ignoresOtherFilesThatDoNotParse_data()
{
    QTest::addColumn<QByteArray>("contents");

    QRandomGenerator random(1);
    QByteArray rubbish(4096, Qt::Uninitialized);
    std::generate(rubbish.begin(), rubbish.end(),
                  [&random] { return static_cast<char>(random.generate()); });
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("text") << QByteArray("Read me\n");
    QTest::newRow("binary") << rubbish;
    QTest::newRow("certificate without a key") << QByteArray("metadata\n    name = \"x\"\n");
    QTest::newRow("over the limit") << certificateOf(1) + QByteArray(MaximumCertificateSize, '#');
}

void tst_KeyDirectory::ignoresOtherFilesThatDoNotParse()
{
    QFETCH(const QByteArray, contents);

    write("README", contents);
    write("bob.key", certificateOf(2));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QVERIFY(!load.isIncomplete);
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::brokenKeyFile_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<int>("line");

    QRandomGenerator random(1);
    QByteArray rubbish(4096, Qt::Uninitialized);
    std::generate(rubbish.begin(), rubbish.end(),
                  [&random] { return static_cast<char>(random.generate()); });
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
    QVERIFY2(load.errors.first().text().startsWith(path(u"alice.key:%1: "_s.arg(line))),
             qPrintable(load.errors.first().text()));
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
    QVERIFY2(load.errors.first().text().startsWith(directory() + u": the name filter \"[z-a]\""_s),
             qPrintable(load.errors.first().text()));
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
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::refusesSpecialFiles_data()
{
    QTest::addColumn<bool>("isSocket");
    QTest::addColumn<bool>("byLink");

    QTest::newRow("fifo") << false << false;
    QTest::newRow("link to a fifo") << false << true;
    QTest::newRow("socket") << true << false;
    QTest::newRow("link to a socket") << true << true;
}

void tst_KeyDirectory::refusesSpecialFiles()
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
    QVERIFY2(load.errors.first().text().startsWith(path(u"x.key: not a regular file"_s)),
             qPrintable(load.errors.first().text()));
    QCOMPARE(textsOf(load.warnings), QStringList());
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
    QVERIFY2(load.errors[0].text().startsWith(path(u"dangling.key: a dangling symbolic link"_s)),
             qPrintable(load.errors[0].text()));
    QVERIFY2(
        load.errors[1].text().startsWith(path(u"loop.key: a symbolic link that leads to itself"_s)),
        qPrintable(load.errors[1].text()));
    QCOMPARE(textsOf(load.warnings), QStringList());
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
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::sameKeyTwice()
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
        QVERIFY2(load.errors[i].text().startsWith(path(QString::fromUtf8(names[i])) + u':'),
                 qPrintable(load.errors[i].text()));
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
    QVERIFY2(load.errors.first().text().startsWith(path(uR"(z\xff.key:1: )"_s)),
             qPrintable(load.errors.first().text()));
    QCOMPARE(load.warnings.size(), 1);
    QVERIFY2(load.warnings.first().text().startsWith(
                 path(uR"(z\xfe.key: contains the same key as )"_s) + path(uR"(j\xf6rg.key,)"_s)),
             qPrintable(load.warnings.first().text()));
}

// It must not start a new line in a log.
void tst_KeyDirectory::controlCharacterInTheName()
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

void tst_KeyDirectory::unreadableFiles()
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
void tst_KeyDirectory::unreadFilesAreReadWithALaterUpdate()
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

void tst_KeyDirectory::overTheLimit()
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

void tst_KeyDirectory::warnings_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("directoryMode");
    QTest::addColumn<QStringList>("warned");

    const auto file = u"/alice.key: others than the owner can write"_s;
    const auto directory = u": others than the owner can add and replace"_s;
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
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.warnings.size(), warned.size());
    for (qsizetype i = 0; i < warned.size(); ++i)
        QVERIFY2(load.warnings[i].text().startsWith(directory() + warned[i]),
                 qPrintable(load.warnings[i].text()));
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::secretKey()
{
    const QByteArray secret = Z85::encode(keyOf(9));
    write("alice.key", certificateOf(1) + "    secret-key = \"" + secret + "\"\n", 0644);
    write("bob.key", certificateOf(2) + "    secret-key = \"" + secret + "\"\n", 0600);
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.warnings.size(), 2);
    QVERIFY(load.warnings[0].text().startsWith(
        path(u"alice.key: contains a secret key that others can read;"_s)));
    QVERIFY(load.warnings[1].text().startsWith(path(u"bob.key: contains a secret key;"_s)));
    QVERIFY(!textsOf(load.warnings).join(u' ').contains(QString::fromLatin1(secret)));
    QCOMPARE(load.keys->size(), 2);
    QVERIFY(!load.keys->find(keyOf(9)));
}

void tst_KeyDirectory::metadataWarnings()
{
    write("alice.key", "metadata\n    a name = \"x\"\n" + certificateOf(1).sliced(9));
    write("alice2.key", certificateOf(1));
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.warnings.size(), 2);
    QVERIFY(load.warnings[0].text().startsWith(path(u"alice2.key: contains the same key"_s)));
    QVERIFY(load.warnings[1].text().startsWith(path(u"alice.key:2: "_s)));
}

void tst_KeyDirectory::problemsAreBounded()
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
    QVERIFY2(load.errors.first().text().startsWith(path(name) + u": "_s + what),
             qPrintable(load.errors.first().text()));

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
    QVERIFY2(load.errors.first().text().startsWith(directory()
                                                   + u": cannot be read: permission denied"_s),
             qPrintable(load.errors.first().text()));
}

void tst_KeyDirectory::trailingSlash()
{
    write("alice.key", "broken");
    const KeyLoad load = loadKeyDirectory(directory() + u'/', {});
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(path(u"alice.key:1: "_s)),
             qPrintable(load.errors.first().text()));
}

void tst_KeyDirectory::resources()
{
    const KeyLoad load = loadKeyDirectory(u":/keys"_s, {});
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith(u":/keys/broken.key:1: "_s),
             qPrintable(load.errors.first().text()));
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(1)));

    QCOMPARE(loadKeyDirectory(u":/none"_s, {}).fileError, FileError::NotFound);
    QCOMPARE(loadKeyDirectory(u":/keys/alice.key"_s, {}).fileError, FileError::NotRegular);
}

void tst_KeyDirectory::manyFiles()
{
    constexpr quint32 Count = 2000;
    std::array<quint32, CurveKeySize / sizeof(quint32)> key = {0, 1};
    const QByteArrayView view(reinterpret_cast<const char *>(key.data()), CurveKeySize);
    for (quint32 i = 0; i < Count; ++i) {
        key[0] = i;
        write("device-" + QByteArray::number(i) + ".key",
              "curve\n    public-key = \"" + Z85::encode(view) + "\"\n");
    }
    const KeyLoad load = this->load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), qsizetype{Count});
    for (quint32 i = 0; i < Count; ++i) {
        key[0] = i;
        QVERIFY(load.keys->find(view));
    }
}

void tst_KeyDirectory::fields()
{
    write("alice.key", certificateOf(1));
    write("bob.key", "metadata\n    role = \"admin\"\n" + certificateOf(2).sliced(9));
    const KeyLoad load =
        loadKeyDirectory(directory(), {}, {{}, {u"role"_s, u"name"_s, u"Domain"_s}});
    QCOMPARE(textsOf(load.errors), QStringList());
    const auto alice = load.keys->find(keyOf(1));
    const auto bob = load.keys->find(keyOf(2));
    QVERIFY(alice && bob);
    QCOMPARE(alice->userId, QByteArrayView(""));
    QCOMPARE(alice->metadata, QByteArrayView("\4role\0\0\0\0\4name\0\0\0\1x", 19));
    QCOMPARE(bob->metadata, QByteArrayView("\4role\0\0\0\5admin\4name\0\0\0\1x", 24));
}

// A value that cannot be sent is sent empty, and reported with its line.
void tst_KeyDirectory::badFields()
{
    const auto writeWith = [this](char number, const QByteArray &lines) {
        const QByteArray text = certificateOf(number);
        write(QByteArray(1, static_cast<char>('`' + number)) + ".key",
              "metadata\n" + lines + text.sliced(text.indexOf("curve")));
    };
    writeWith(1, "    name = \"" + QByteArray(4097, 'x') + "\"\n");
    writeWith(2, "    name = \"\xe4\"\n");
    writeWith(3, "    name = \"y\"\n    name = \"\x01\"\n    role = \"\x01\"\n");
    writeWith(4, "    name = \"\x01\"\n    name = \"y\"\n");
    const KeyLoad load = loadKeyDirectory(directory(), {}, {{}, {u"name"_s}});
    QCOMPARE(load.errors.size(), 2);
    QVERIFY2(load.errors[0].text().startsWith(path(u"a.key:2: the field name has 4097 bytes"_s)),
             qPrintable(load.errors[0].text()));
    QVERIFY2(load.errors[1].text().startsWith(path(u"b.key:2: skipped"_s)),
             qPrintable(load.errors[1].text()));
    QVERIFY2(load.errors[1].text().endsWith(u"the field name has no value until then"_s),
             qPrintable(load.errors[1].text()));
    // The field is in another line, or is not declared.
    QCOMPARE(load.warnings.size(), 3);
    QCOMPARE(textsOf(load.warnings).filter(u"c.key:"_s).size(), 2);
    QCOMPARE(textsOf(load.warnings).filter(u"d.key:2:"_s).size(), 1);
    QCOMPARE(load.keys->size(), 4);
    for (const char number : {'\1', '\2'})
        QCOMPARE(load.keys->find(keyOf(number))->metadata, QByteArrayView("\4name\0\0\0\0", 9));
    for (const char number : {'\3', '\4'})
        QCOMPARE(load.keys->find(keyOf(number))->metadata, QByteArrayView("\4name\0\0\0\1y", 10));
}

void tst_KeyDirectory::userIdField()
{
    write("alice.key", certificateOf(1));
    write("bob.key", "metadata\n    name = \"anonymous\"\n" + certificateOf(2).sliced(9));
    write("carol.key", certificateOf(3).sliced(certificateOf(3).indexOf("curve")));
    KeyDirectory keys(directory(), {}, {u"name"_s, {}}, later);
    for (const bool byNames : {false, true}) {
        const KeyLoad load = look(&keys, {"alice.key"}, byNames);
        QCOMPARE(load.errors.size(), 1);
        QVERIFY2(
            load.errors.first().text().startsWith(path(u"bob.key:2: the field name is \"anonym"_s)),
            qPrintable(load.errors.first().text()));
        QCOMPARE(userIdOf(load, keyOf(1)), QByteArrayView("x"));
        QCOMPARE(userIdOf(load, keyOf(2)), QByteArrayView(""));
        QCOMPARE(userIdOf(load, keyOf(3)), QByteArrayView(""));
        QVERIFY(load.keys->find(keyOf(1))->metadata.isEmpty());
    }
    // The key is the same, but its user id is not.
    write("alice.key", "metadata\n    name = \"y\"\n" + certificateOf(1).sliced(9));
    QCOMPARE(userIdOf(keys.update({"alice.key"}), keyOf(1)), QByteArrayView("y"));
}

// Without a descriptor for a file, and without an error.
void tst_KeyDirectory::sameFiles()
{
    write("alice.key", certificateOf(1), 0666);
    write("bob.key", "broken");
    write("carol", "text");
    write("dave.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, later);
    const KeyLoad first = keys.load();
    QCOMPARE(first.errors.size(), 1);
    QCOMPARE(first.warnings.size(), 2);
    const DescriptorLimit limit(1);
    for (const bool byNames : {false, true}) {
        const KeyLoad load = look(&keys, {"alice.key", "bob.key", "carol", "dave.key"}, byNames);
        QCOMPARE(load.keys, first.keys);
        QCOMPARE(load.errors, first.errors);
        QCOMPARE(load.warnings, first.warnings);
        QVERIFY(!load.isIncomplete);
        QVERIFY(!load.changedMeanwhile);
    }
}

void tst_KeyDirectory::changesOfOneFile_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<bool>("byNames");
    QTest::addColumn<QByteArray>("held"); // beside 2
    QTest::addColumn<QString>("error");   // the start of it, after the path; empty: none
    QTest::addColumn<bool>("isIncomplete");

    const auto rows = [](const char *name, const char *held, const QString &error = {},
                         bool isIncomplete = false) {
        for (const bool byNames : {false, true}) {
            QTest::addRow("%s, %s", name, byNames ? "update" : "load")
                << QString::fromLatin1(name) << byNames << QByteArray(held) << error
                << isIncomplete;
        }
    };
    rows("nothing", "\1");
    rows("chmod", "\1");
    rows("other key", "\3");
    rows("renamed over", "\3");
    rows("permission denied", "\1", u": cannot be read: permission denied"_s, true);
    rows("no descriptor", "\1", u": cannot be read: "_s, true);
    rows("too large", "\1", u": larger than the maximum of 65536"_s, true);
    rows("broken", "", u":1: "_s);
    rows("empty", "", u":1: "_s);
    rows("gone", "");
    rows("renamed to a name that is not read", "");
    rows("a directory instead", "");
    rows("a fifo instead", "", u": not a regular file"_s);
    rows("a link that leads nowhere instead", "", u": a dangling symbolic link"_s);
    rows("a link that leads to itself instead", "", u": a symbolic link that leads"_s);
    rows("a link to a file that may not be read instead", "\1", u": cannot be read: perm"_s, true);
}

void tst_KeyDirectory::changesOfOneFile()
{
    QFETCH(const QString, what);
    QFETCH(const bool, byNames);
    QFETCH(const QByteArray, held);
    QFETCH(const QString, error);
    QFETCH(const bool, isIncomplete);

    write("alice.key", certificateOf(1));
    write("bob.key", certificateOf(2));
    write("other", "text");
    KeyDirectory keys(directory(), {}, {}, later);
    QCOMPARE(keys.load().keys->size(), 2);

    std::unique_ptr<SomebodyElse> somebodyElse;
    std::unique_ptr<DescriptorLimit> limit;
    const QByteArray alice = QFile::encodeName(path(u"alice.key"_s));
    if (what == u"chmod") {
        QCOMPARE(::chmod(alice.constData(), 0600), 0);
    } else if (what == u"other key") {
        write("alice.key", certificateOf(3));
    } else if (what == u"renamed over") {
        write(".new", certificateOf(3));
        QCOMPARE(::rename(qPrintable(path(u".new"_s)), alice.constData()), 0);
    } else if (what == u"permission denied") {
        write("alice.key", certificateOf(3), 0000);
        somebodyElse = std::make_unique<SomebodyElse>();
    } else if (what == u"no descriptor") {
        write("alice.key", certificateOf(3));
        limit = std::make_unique<DescriptorLimit>(1);
    } else if (what == u"too large") {
        write("alice.key", certificateOf(3) + QByteArray(MaximumCertificateSize, '#'));
    } else if (what == u"broken") {
        write("alice.key", "broken");
    } else if (what == u"empty") {
        write("alice.key", "");
    } else if (what.startsWith(u"renamed to")) {
        QCOMPARE(::rename(alice.constData(), qPrintable(path(u"alice.key.bak"_s))), 0);
    } else if (what != u"nothing") {
        remove(u"alice.key"_s);
    }
    if (what == u"a directory instead")
        QCOMPARE(::mkdir(alice.constData(), 0755), 0);
    else if (what == u"a fifo instead")
        QCOMPARE(::mkfifo(alice.constData(), 0644), 0);
    else if (what == u"a link that leads nowhere instead")
        QCOMPARE(::symlink("nowhere", alice.constData()), 0);
    else if (what == u"a link that leads to itself instead")
        QCOMPARE(::symlink("alice.key", alice.constData()), 0);
    if (what.startsWith(u"a link to a file that may not")) {
        write(".hidden", certificateOf(3), 0000);
        QCOMPARE(::symlink(".hidden", alice.constData()), 0);
        somebodyElse = std::make_unique<SomebodyElse>();
    }

    // Twice: it is reported as long as it lasts.
    for (int i = 0; i < 2; ++i) {
        const KeyLoad load = look(&keys, {"alice.key"}, byNames);
        QCOMPARE(load.errors.size(), error.isEmpty() ? 0 : 1);
        if (!error.isEmpty()) {
            QVERIFY2(load.errors.first().text().startsWith(path(u"alice.key"_s) + error),
                     qPrintable(load.errors.first().text()));
            QCOMPARE(load.errors.first().text().endsWith(u"; its key remains in force"_s),
                     isIncomplete);
        }
        QCOMPARE(textsOf(load.warnings), QStringList());
        QCOMPARE(load.isIncomplete, isIncomplete);
        QCOMPARE(load.fileError, FileError::None);
        QVERIFY(load.keys);
        QCOMPARE(load.keys->size(), held.size() + 1);
        for (const char number : held + '\2')
            QVERIFY(load.keys->find(keyOf(number)));
    }
    // The same in the other way, which checks the current files.
    QCOMPARE(look(&keys, {"alice.key"}, !byNames).errors.size(), error.isEmpty() ? 0 : 1);

    limit.reset();
    somebodyElse.reset();
    std::filesystem::remove_all(alice.toStdString());
    write("alice.key", certificateOf(4));
    const KeyLoad load = look(&keys, {"alice.key"}, byNames);
    QCOMPARE(textsOf(load.errors), QStringList());
    QVERIFY(!load.isIncomplete);
    QCOMPARE(load.keys->size(), 2);
    QVERIFY(load.keys->find(keyOf(4)));
}

void tst_KeyDirectory::changesOfOtherNames_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<bool>("wasKey");
    QTest::addColumn<bool>("isKept");
    QTest::addColumn<int>("errors");

    const QByteArray large(MaximumCertificateSize + 1, '#');
    QTest::newRow("certificate, then broken") << QByteArray("broken") << true << false << 1;
    QTest::newRow("certificate, then too large") << large << true << true << 1;
    QTest::newRow("text, then other text") << QByteArray("x") << false << false << 0;
    QTest::newRow("text, then too large") << large << false << false << 0;
}

// A file that was a certificate is meant to be one.
void tst_KeyDirectory::changesOfOtherNames()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const bool, wasKey);
    QFETCH(const bool, isKept);

    write("alice", wasKey ? certificateOf(1) : QByteArray("text"));
    KeyDirectory keys(directory(), {}, {}, later);
    QCOMPARE(keys.load().keys->size(), wasKey ? 1 : 0);
    write("alice", contents);
    for (const bool byNames : {true, false, true}) {
        const KeyLoad load = look(&keys, {"alice"}, byNames);
        QTEST(static_cast<int>(load.errors.size()), "errors");
        QCOMPARE(textsOf(load.warnings), QStringList());
        QCOMPARE(load.isIncomplete, isKept);
        QCOMPARE(load.keys->size(), isKept ? 1 : 0);
    }
}

void tst_KeyDirectory::sameSizeAndTime_data()
{
    QTest::addColumn<bool>("byRename");
    QTest::addColumn<bool>("byNames");

    QTest::newRow("in place, load") << false << false;
    QTest::newRow("in place, update") << false << true;
    QTest::newRow("renamed over, load") << true << false;
    QTest::newRow("renamed over, update") << true << true;
}

void tst_KeyDirectory::sameSizeAndTime()
{
    QFETCH(const bool, byRename);
    QFETCH(const bool, byNames);

    write("alice.key", certificateOf(1));
    const auto statusOf = [this](const QString &name) {
        struct stat status = {};
        if (::stat(qPrintable(path(name)), &status) != 0)
            qFatal("no such file");
        return status;
    };
    const struct stat before = statusOf(u"alice.key"_s);
    KeyDirectory keys(directory(), {}, {}, later);
    QVERIFY(keys.load().keys->find(keyOf(1)));

    const QString written = byRename ? u".new"_s : u"alice.key"_s;
    struct stat after = {};
    do { // time stamps move on in steps of some milliseconds
        write(written.toLatin1(), certificateOf(2));
        const timespec times[] = {before.st_atim, before.st_mtim};
        QCOMPARE(::utimensat(AT_FDCWD, qPrintable(path(written)), times, 0), 0);
        after = statusOf(written);
    } while (after.st_ctim.tv_sec == before.st_ctim.tv_sec
             && after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
    QCOMPARE(after.st_size, before.st_size);
    if (byRename)
        QCOMPARE(::rename(qPrintable(path(written)), qPrintable(path(u"alice.key"_s))), 0);
    const KeyLoad load = look(&keys, {"alice.key"}, byNames);
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
}

// The lack of descriptors shows that they are read again.
void tst_KeyDirectory::readsRecentFilesAgain()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory());
    QCOMPARE(textsOf(keys.load().errors), QStringList());
    for (const bool byNames : {false, true}) {
        {
            const DescriptorLimit limit(1);
            const KeyLoad load = look(&keys, {"alice.key"}, byNames);
            QCOMPARE(load.errors.size(), 1);
            QVERIFY(load.isIncomplete);
            QVERIFY(load.keys->find(keyOf(1)));
        }
        const KeyLoad load = look(&keys, {"alice.key"}, byNames);
        QCOMPARE(textsOf(load.errors), QStringList());
        QVERIFY(!load.isIncomplete);
    }
}

void tst_KeyDirectory::updateReadsOnlyTheNames()
{
    write("alice.key", certificateOf(1));
    write("bob.key", certificateOf(2));
    KeyDirectory keys(directory(), {}, {}, later);
    const KeyLoad first = keys.load();
    remove(u"alice.key"_s);
    write("bob.key", certificateOf(3));
    write("carol.key", certificateOf(4));
    QCOMPARE(keys.update({}).keys, first.keys);

    KeyLoad load = keys.update({"carol.key"});
    QCOMPARE(load.keys->size(), 3);
    QVERIFY(load.keys->find(keyOf(4)));
    load = keys.update({"alice.key", "bob.key", "none.key"});
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 2);
    QVERIFY(load.keys->find(keyOf(3)));
    // Published stores do not change.
    QVERIFY(first.keys->find(keyOf(1)));
}

void tst_KeyDirectory::updateIgnoresNames()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {u"a*"_s}, {}, later);
    QVERIFY(keys.load().keys);
    write("alice.key~", certificateOf(2));
    write(".alice.key", certificateOf(3));
    write("bob.key", certificateOf(4));
    QVERIFY(QDir(directory()).mkdir(u"a"_s));
    write("a/alice.key", certificateOf(5));
    const KeyLoad load = keys.update({"alice.key~", ".alice.key", "bob.key", "a", "a/alice.key",
                                      "..", ".", "", QByteArray("a\0.key", 6)});
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::firstUpdateReadsAll()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory());
    QCOMPARE(keys.update({"bob.key"}).keys->size(), 1);
}

void tst_KeyDirectory::secondFileWithTheSameKeyTakesOver_data()
{
    QTest::addColumn<bool>("byNames");

    QTest::newRow("load") << false;
    QTest::newRow("update") << true;
}

void tst_KeyDirectory::secondFileWithTheSameKeyTakesOver()
{
    QFETCH(const bool, byNames);

    const auto named = [](const QByteArray &name) {
        const QByteArray text = certificateOf(1);
        return "metadata\n    name = \"" + name + "\"\n" + text.sliced(text.indexOf("curve"));
    };
    write("b.key", named("b"));
    KeyDirectory keys(directory(), {}, {u"name"_s, {}}, later);
    QCOMPARE(userIdOf(keys.load(), keyOf(1)), QByteArrayView("b"));

    // An earlier name is used from now on.
    write("a.key", named("a"));
    KeyLoad load = look(&keys, {"a.key"}, byNames);
    QCOMPARE(userIdOf(load, keyOf(1)), QByteArrayView("a"));
    QCOMPARE(load.warnings.size(), 1);
    QVERIFY(load.warnings.first().text().startsWith(path(u"b.key: contains the same key as "_s)
                                                    + path(u"a.key,"_s)));
    // A later one is not. The warning remains, unaffected by other files.
    write("README", "text");
    QCOMPARE(look(&keys, {"README"}, byNames).warnings, load.warnings);
    write("c.key", named("c"));
    QCOMPARE(look(&keys, {"c.key"}, byNames).warnings.size(), 2);

    remove(u"a.key"_s);
    load = look(&keys, {"a.key"}, byNames);
    QCOMPARE(userIdOf(load, keyOf(1)), QByteArrayView("b"));
    QCOMPARE(load.warnings.size(), 1);
    write("b.key", "broken");
    load = look(&keys, {"b.key"}, byNames);
    QCOMPARE(userIdOf(load, keyOf(1)), QByteArrayView("c"));
    QCOMPARE(textsOf(load.warnings), QStringList());
    remove(u"c.key"_s);
    load = look(&keys, {"c.key"}, byNames);
    QCOMPARE(load.keys->size(), 0);
}

void tst_KeyDirectory::hardLinks()
{
    write("a.key", certificateOf(1));
    QCOMPARE(::link(qPrintable(path(u"a.key"_s)), qPrintable(path(u"b.key"_s))), 0);
    KeyDirectory keys(directory(), {}, {}, later);
    KeyLoad load = keys.load();
    QCOMPARE(load.keys->size(), 1);
    QCOMPARE(load.warnings.size(), 1);
    // Written and reported by one name; finally, all names are checked.
    write("b.key", certificateOf(2));
    load = keys.update({"b.key"});
    QVERIFY(load.keys->find(keyOf(2)));
    load = keys.load();
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
    remove(u"a.key"_s);
    load = keys.update({"a.key"});
    QCOMPARE(load.keys->size(), 1);
    QCOMPARE(textsOf(load.warnings), QStringList());
}

void tst_KeyDirectory::kubernetesSwap()
{
    for (const auto &[name, number] : {std::pair("..1", '\1'), std::pair("..2", '\2')}) {
        QVERIFY(QDir(directory()).mkdir(QString::fromLatin1(name)));
        write(QByteArray(name) + "/alice.key", certificateOf(number));
    }
    QCOMPARE(::symlink("..1", qPrintable(path(u"..data"_s))), 0);
    QCOMPARE(::symlink("..data/alice.key", qPrintable(path(u"alice.key"_s))), 0);
    KeyDirectory keys(directory(), {}, {}, later);
    QVERIFY(keys.load().keys->find(keyOf(1)));
    QCOMPARE(::symlink("..2", qPrintable(path(u"..new"_s))), 0);
    QCOMPARE(::rename(qPrintable(path(u"..new"_s)), qPrintable(path(u"..data"_s))), 0);
    const KeyLoad load = keys.load();
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
}

// An incomplete write never takes effect.
void tst_KeyDirectory::changingFile()
{
    const auto padded = [](char number) { return certificateOf(number) + QByteArray(60'000, '#'); };
    write("alice.key", padded(1));
    KeyDirectory keys(directory(), {}, {}, later);
    QVERIFY(keys.load().keys->find(keyOf(1)));

    write("alice.key", padded(2));
    std::atomic<bool> ends = false;
    std::thread writer([&] {
        const QByteArray file = QFile::encodeName(path(u"alice.key"_s));
        for (off_t size = 60'000; !ends; size ^= 1) {
            if (::truncate(file.constData(), size) != 0)
                qFatal("cannot truncate");
        }
    });
    KeyLoad load;
    std::shared_ptr<const KeyStore> before = keys.update({}).keys;
    bool isKept = true;
    for (QDeadlineTimer limit(30'000); !load.changedMeanwhile && !limit.hasExpired();) {
        load = keys.update({"alice.key"});
        isKept = isKept && (!load.changedMeanwhile || load.keys == before);
        before = load.keys;
    }
    ends = true;
    writer.join();
    QVERIFY(load.changedMeanwhile);
    QVERIFY(isKept);
    QCOMPARE(textsOf(load.errors), QStringList());

    load = keys.update({"alice.key"});
    QVERIFY(!load.changedMeanwhile);
    QVERIFY(load.keys->find(keyOf(2)));
}

// The last contents remain in force, however often the file changes while it is unreadable.
void tst_KeyDirectory::keptWhileUnreadableThroughChanges()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, later);
    QVERIFY(keys.load().keys->find(keyOf(1)));
    for (const char number : {'\2', '\3'}) {
        remove(u"alice.key"_s);
        write("alice.key", certificateOf(number), 0000);
        const SomebodyElse somebodyElse;
        const KeyLoad load = keys.update({"alice.key"});
        QVERIFY(load.isIncomplete);
        QVERIFY(load.keys->find(keyOf(1)));
    }
    remove(u"alice.key"_s);
    QCOMPARE(keys.update({"alice.key"}).keys->size(), 0);
}

void tst_KeyDirectory::unreadableDirectory()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, later);
    const KeyLoad first = keys.load();
    QCOMPARE(::chmod(qPrintable(directory()), 0000), 0);
    {
        const SomebodyElse somebodyElse;
        for (const bool byNames : {false, true}) {
            const KeyLoad load = look(&keys, {"alice.key"}, byNames);
            QVERIFY(!load.keys);
            QCOMPARE(load.fileError, FileError::Unreadable);
            QCOMPARE(load.errors.size(), 1);
            QVERIFY2(
                load.errors.first().text().endsWith(u"; its previous contents remain in force"_s),
                qPrintable(load.errors.first().text()));
        }
    }
    QCOMPARE(::chmod(qPrintable(directory()), 0755), 0);
    QCOMPARE(keys.load().keys, first.keys);

    // Names that changed while it was unreadable were lost: all are checked.
    QCOMPARE(::chmod(qPrintable(directory()), 0000), 0);
    {
        const SomebodyElse somebodyElse;
        QVERIFY(!keys.update({"bob.key"}).keys);
    }
    QCOMPARE(::chmod(qPrintable(directory()), 0755), 0);
    write("bob.key", certificateOf(2));
    const KeyLoad load = keys.update({});
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 2);
}

void tst_KeyDirectory::noDescriptorForTheDirectory()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, later);
    QVERIFY(keys.load().keys);
    const DescriptorLimit limit(0);
    for (const bool byNames : {false, true}) {
        const KeyLoad load = look(&keys, {"alice.key"}, byNames);
        QVERIFY(!load.keys);
        QCOMPARE(load.fileError, FileError::Unreadable);
    }
}

void tst_KeyDirectory::removedDirectory_data()
{
    QTest::addColumn<QString>("instead"); // in its place
    QTest::addColumn<bool>("byNames");
    QTest::addColumn<FileError>("error");

    for (const bool byNames : {false, true}) {
        const auto row = [&](const char *name, const QString &instead, FileError error) {
            QTest::addRow("%s, %s", name, byNames ? "update" : "load")
                << instead << byNames << error;
        };
        row("nothing", {}, FileError::NotFound);
        row("a link that leads nowhere", u"nowhere"_s, FileError::NotFound);
        row("a link to a file", u"away/alice.key"_s, FileError::NotRegular);
        row("a link to itself", u"keys"_s, FileError::NotRegular);
    }
}

void tst_KeyDirectory::removedDirectory()
{
    QFETCH(const QString, instead);
    QFETCH(const bool, byNames);

    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, later);
    QCOMPARE(keys.load().keys->size(), 1);
    const QString away = m_directory->filePath(u"away"_s);
    QVERIFY(QFile::rename(directory(), away));
    if (!instead.isEmpty())
        QVERIFY(QFile::link(instead, directory()));
    for (int i = 0; i < 2; ++i) {
        const KeyLoad load = look(&keys, {"alice.key"}, byNames);
        QVERIFY(load.keys);
        QCOMPARE(load.keys->size(), 0);
        QTEST(load.fileError, "error");
        QCOMPARE(load.errors.size(), 1);
        QVERIFY2(load.errors.first().text().startsWith(directory() + u": "_s),
                 qPrintable(load.errors[0].text()));
        QVERIFY2(load.errors.first().text().endsWith(u"; its keys are revoked until it is back"_s),
                 qPrintable(load.errors.first().text()));
    }
    if (!instead.isEmpty())
        QVERIFY(QFile::remove(directory()));
    QVERIFY(QFile::rename(away, directory()));
    const KeyLoad load = look(&keys, {}, byNames);
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QCOMPARE(load.keys->size(), 1);
}

void tst_KeyDirectory::anotherDirectory()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, later);
    QVERIFY(keys.load().keys);
    QVERIFY(QFile::rename(directory(), m_directory->filePath(u"away"_s)));
    QVERIFY(QDir().mkdir(directory()));
    write("bob.key", certificateOf(2));
    const KeyLoad load = keys.update({});
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
}

// The result is the same by names and without.
void tst_KeyDirectory::manyUpdates()
{
    QRandomGenerator random(1);
    KeyDirectory keys(directory(), {}, {}, later);
    KeyDirectory all(directory(), {}, {}, later);
    QVERIFY(keys.load().keys);
    for (int i = 0; i < 100; ++i) {
        NameSet names;
        for (int j = 0; j < 3; ++j) {
            const QByteArray name = QByteArray::number(random.bounded(20)) + ".key";
            names.insert(name);
            if (random.bounded(3) == 0)
                ::unlink(qPrintable(path(QString::fromLatin1(name))));
            else
                write(name, random.bounded(5) == 0
                                ? QByteArray("broken")
                                : certificateOf(static_cast<char>(random.bounded(10))));
        }
        const KeyLoad updated = keys.update(names);
        for (const KeyLoad &load : {all.load(), this->load()}) {
            QCOMPARE(updated.errors, load.errors);
            QCOMPARE(updated.warnings, load.warnings);
            QCOMPARE(updated.keys->size(), load.keys->size());
            for (char number = 0; number < 10; ++number)
                QCOMPARE(updated.keys->find(keyOf(number)).has_value(),
                         load.keys->find(keyOf(number)).has_value());
        }
    }
}

QTEST_GUILESS_MAIN(tst_KeyDirectory)
#include "tst_keydirectory.moc"
