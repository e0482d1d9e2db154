// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keylistfile.h"
#include "credentials/passwords/passwordfile.h"
#include "filetest.h"
#include "protocol/z85.h"
#include "somebodyelse.h"
#include "testclocks.h"

#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using TestClocks::Second;

namespace {

// The result of loading a key list or a password file.
struct Said
{
    FileLoad load;
    bool hasStore = false;
    QByteArrayList names; // those of "alice" and "bob" that are accepted
};

const QByteArray Names[] = {"alice", "bob"};

QByteArray keyOf(const QByteArray &name)
{
    return name.leftJustified(CurveKeySize, '\x55');
}

Said saidOf(const KeyLoad &load)
{
    Said said = {load, load.keys != nullptr, {}};
    for (const QByteArray &name : Names) {
        if (load.keys && load.keys->find(keyOf(name)))
            said.names += name;
    }
    return said;
}

Said saidOf(const PasswordLoad &load)
{
    Said said = {load, load.passwords != nullptr, {}};
    for (const QByteArray &name : Names) {
        if (load.passwords && load.passwords->contains(name))
            said.names += name;
    }
    return said;
}

QByteArray lineOf(bool isKeyList, const QByteArray &name)
{
    return isKeyList ? Z85::encode(keyOf(name)) + ' ' + name : name + "=secret";
}

} // namespace

// Tests the entries of a key list or password file while it changes, with a clock controlled by the
// test.
class tst_ListChanges : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void readsOpenFiles_data();
    void readsOpenFiles();
    void aRemovedFileMayReappear_data() { kinds(); }
    void aRemovedFileMayReappear();
    void aRemovedFileRevokesItsEntries_data() { kinds(); }
    void aRemovedFileRevokesItsEntries();
    void keepsEntriesWhileUnreadable_data() { kinds(); }
    void keepsEntriesWhileUnreadable();
    void tooLargeWaitsForAChange_data() { kinds(); }
    void tooLargeWaitsForAChange();
    void unchangedFileKeepsTheStore();
    void unchangedUsersKeepTheList();
    void namesAreMadeOnRequest();

private:
    static void kinds()
    {
        QTest::addColumn<bool>("isKeyList");
        QTest::newRow("key list") << true;
        QTest::newRow("password file") << false;
    }
    void init() override;
    void write(const QByteArray &contents) const { FileTest::write(u"list"_s, contents); }
    void make(bool isKeyList)
    {
        if (isKeyList) {
            m_load = [list = std::make_shared<KeyList>(m_path, KeyFields(), TestClocks::later,
                                                       TestClocks::steady)](bool isOpen) {
                return saidOf(list->load(isOpen));
            };
        } else {
            m_load = [file = std::make_shared<PasswordFile>(m_path, DefaultMaximumHashMemory,
                                                            TestClocks::later, TestClocks::steady)](
                         bool isOpen) { return saidOf(file->load(isOpen)); };
        }
    }

    QString m_path;
    std::function<Said(bool isOpen)> m_load;
};

void tst_ListChanges::init()
{
    FileTest::init();
    TestClocks::now = 1000 * Second;
    m_path = path(u"list"_s);
}

void tst_ListChanges::readsOpenFiles_data()
{
    QTest::addColumn<bool>("isKeyList");
    QTest::addColumn<QByteArray>("ending");
    QTest::addColumn<QByteArrayList>("written");
    QTest::addColumn<QByteArrayList>("whileOpen");

    for (const bool isKeyList : {true, false}) {
        const auto row = [&](const char *name) -> QTestData & {
            return QTest::addRow("%s, %s", isKeyList ? "key list" : "password file", name)
                   << isKeyList;
        };
        const QByteArrayList all{"alice", "bob"};
        row("empty") << QByteArray() << QByteArrayList() << QByteArrayList();
        row("some are missing") << QByteArray("\n") << QByteArrayList{"bob"}
                                << QByteArrayList{"bob"};
        row("the last line has no end") << QByteArray() << all << QByteArrayList{"alice"};
        row("all are there") << QByteArray("\n") << all << all;
    }
}

void tst_ListChanges::readsOpenFiles()
{
    QFETCH(const bool, isKeyList);
    QFETCH(const QByteArray, ending);
    QFETCH(const QByteArrayList, written);

    make(isKeyList);
    write(lineOf(isKeyList, "alice") + '\n');
    QCOMPARE(m_load(false).names, QByteArrayList({"alice"}));
    QByteArrayList lines;
    for (const QByteArray &name : written)
        lines += lineOf(isKeyList, name);
    write(lines.join('\n') + ending);
    Said said = m_load(true);
    QTEST(said.names, "whileOpen");
    QVERIFY(said.load.isSettling);
    QCOMPARE(textsOf(said.load.errors), QStringList());
    said = m_load(false);
    QCOMPARE(said.names, written);
    QVERIFY(!said.load.isSettling);
}

void tst_ListChanges::aRemovedFileMayReappear()
{
    QFETCH(const bool, isKeyList);
    make(isKeyList);
    write(lineOf(isKeyList, "alice"));
    QVERIFY(!m_load(false).load.isSettling);
    QVERIFY(QFile::rename(m_path, m_path + u".old"_s));
    Said said = m_load(false);
    QVERIFY(said.hasStore);
    QVERIFY(said.names.isEmpty());
    QVERIFY(said.load.isSettling);
    QCOMPARE(said.load.lookAgainAfter, std::optional<qint64>(10 * Second));
    TestClocks::now += 9 * Second;
    said = m_load(false);
    QVERIFY(said.load.isSettling);
    QCOMPARE(said.load.lookAgainAfter, std::optional<qint64>(Second));
    QVERIFY(QFile::rename(m_path + u".old"_s, m_path));
    said = m_load(false);
    QCOMPARE(said.names, QByteArrayList({"alice"}));
    QVERIFY(!said.load.isSettling);
    // Each removal starts a period of ten seconds of its own.
    QVERIFY(QFile::remove(m_path));
    QCOMPARE(m_load(false).load.lookAgainAfter, std::optional<qint64>(10 * Second));
}

void tst_ListChanges::aRemovedFileRevokesItsEntries()
{
    QFETCH(const bool, isKeyList);
    make(isKeyList);
    write(lineOf(isKeyList, "alice"));
    QVERIFY(m_load(false).hasStore);
    QVERIFY(QFile::remove(m_path));
    QVERIFY(m_load(false).load.isSettling);
    TestClocks::now += 10 * Second;
    const Said said = m_load(false);
    QCOMPARE(said.load.fileError, FileError::NotFound);
    QVERIFY(!said.load.isSettling);
    QVERIFY(said.names.isEmpty());
    QVERIFY(!said.load.lookAgainAfter);
    // Without its password file, a domain is not ready; without its key list, all keys are revoked.
    QCOMPARE(said.hasStore, isKeyList);
}

void tst_ListChanges::keepsEntriesWhileUnreadable()
{
    QFETCH(const bool, isKeyList);
    make(isKeyList);
    write(lineOf(isKeyList, "alice"));
    QVERIFY(m_load(false).hasStore);
    write(lineOf(isKeyList, "bob"));
    setMode(u"list"_s, 0000);
    const Said said = [this] {
        const SomebodyElse somebodyElse;
        return m_load(false);
    }();
    setMode(u"list"_s, 0600);
    QCOMPARE(said.load.fileError, FileError::Unreadable);
    QVERIFY(!said.hasStore);
    QVERIFY(!said.load.waitsForChange);
    QCOMPARE(m_load(false).names, QByteArrayList({"bob"}));
}

void tst_ListChanges::tooLargeWaitsForAChange()
{
    QFETCH(const bool, isKeyList);
    make(isKeyList);
    write(lineOf(isKeyList, "alice"));
    QVERIFY(QFile::resize(m_path, MaximumKeyListSize + 1));
    const Said said = m_load(false);
    QCOMPARE(said.load.fileError, FileError::Unreadable);
    QVERIFY(said.load.waitsForChange);
}

void tst_ListChanges::unchangedFileKeepsTheStore()
{
    write("alice=secret\n");
    PasswordFile file(m_path, DefaultMaximumHashMemory, TestClocks::later, TestClocks::steady);
    const PasswordLoad first = file.load();
    const PasswordLoad second = file.load();
    QVERIFY(first.passwords);
    QCOMPARE(second.passwords, first.passwords);
    QCOMPARE(second.warnings, first.warnings);
}

void tst_ListChanges::unchangedUsersKeepTheList()
{
    write("bob=secret\nalice=secret\n");
    PasswordFile file(m_path, DefaultMaximumHashMemory, TestClocks::later, TestClocks::steady);
    const PasswordLoad first = file.load();
    QCOMPARE(*first.users, QStringList({u"alice"_s, u"bob"_s}));
    write("alice=other\nbob=password\n");
    const PasswordLoad second = file.load();
    QVERIFY(second.passwords != first.passwords);
    QCOMPARE(second.users, first.users);
    write("alice=other\ncarol=password\n");
    QCOMPARE(*file.load().users, QStringList({u"alice"_s, u"carol"_s}));
}

void tst_ListChanges::namesAreMadeOnRequest()
{
    write("bob=secret\n");
    PasswordFile file(m_path, DefaultMaximumHashMemory, TestClocks::later, TestClocks::steady);
    QVERIFY(!file.load(false, false).users);
    write("bob=other\nalice=secret\n");
    QCOMPARE(*file.load(false, true).users, QStringList({u"alice"_s, u"bob"_s}));
    write("carol=secret\n");
    QVERIFY(!file.load(false, false).users);
}

QTEST_GUILESS_MAIN(tst_ListChanges)
#include "tst_listchanges.moc"
