// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "keydirectorytest.h"
#include "somebodyelse.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <unistd.h>

#include <memory>
#include <optional>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Names = NameSet;
using TestClocks::Second;

// Tests the keys of a directory while its files change, with a clock controlled by the test.
class tst_KeyDirectoryChanges : public KeyDirectoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void unreadFilesHavePausesOfTheirOwn();
    void anEventOfTheFileReadsItAtOnce();
    void tooLargeWaitsForAChange();
    void readsOpenFiles_data();
    void readsOpenFiles();
    void ignoresAnIncompleteLineOfAnOpenFile();
    void aRemovedDirectoryMayReappear();
    void aRemovedDirectoryRevokesItsKeys();
    void reportsAnotherDirectory();
    void sweepReportsOtherFilesBehindLinks_data();
    void sweepReportsOtherFilesBehindLinks();
    void sweepFindsChanges_data();
    void sweepFindsChanges();
    void sweepRunsInParts();
    void sweepKeepsRetryPauses();
    void reportsLinkedNames_data();
    void reportsLinkedNames();

protected:
    void init() override;

private:
    // Sweeps to the end.
    KeyLoad sweep() const
    {
        KeyLoad result = m_keys->sweep();
        for (int i = 0; result.sweepGoesOn && i < 1000; ++i) {
            KeyLoad next = m_keys->sweep();
            if (!next.isUnchanged || result.isUnchanged)
                result = std::move(next);
            else
                result.sweepGoesOn = next.sweepGoesOn;
        }
        return result;
    }

    std::unique_ptr<KeyDirectory> m_keys;
};

void tst_KeyDirectoryChanges::init()
{
    KeyDirectoryTest::init();
    TestClocks::now = 1000 * Second;
    m_keys = std::make_unique<KeyDirectory>(directory(), QStringList(), KeyFields(),
                                            TestClocks::later, TestClocks::steady);
}

void tst_KeyDirectoryChanges::unreadFilesHavePausesOfTheirOwn()
{
    write("alice.key", certificateOf(1), 0000);
    write("bob.key", certificateOf(2), 0644);
    const SomebodyElse somebodyElse;
    QCOMPARE(m_keys->load().lookAgainAfter, std::optional<qint64>(Second / 4));
    TestClocks::now += Second / 4;
    // The second attempt to read alice.key fails; events of another file do not count as attempts.
    QCOMPARE(m_keys->update({"bob.key"}).lookAgainAfter, std::optional<qint64>(Second / 2));
    TestClocks::now += Second / 10;
    QCOMPARE(m_keys->update({"bob.key"}).lookAgainAfter, std::optional<qint64>(Second / 10 * 4));
    TestClocks::now += Second / 10 * 4;
    QCOMPARE(m_keys->update({}).lookAgainAfter, std::optional<qint64>(Second));
    for (int i = 0; i < 10; ++i) {
        TestClocks::now += 60 * Second;
        (void)m_keys->update({});
    }
    const KeyLoad load = m_keys->update({});
    QCOMPARE(load.lookAgainAfter, std::optional<qint64>(60 * Second));
    QCOMPARE(load.errors.size(), 1);
}

void tst_KeyDirectoryChanges::anEventOfTheFileReadsItAtOnce()
{
    write("alice.key", certificateOf(1), 0000);
    {
        const SomebodyElse somebodyElse;
        QVERIFY(m_keys->load().isIncomplete);
    }
    SystemCalls::setMode(file("alice.key"), 0644);
    QVERIFY(m_keys->update({"bob.key"}).isIncomplete);
    const KeyLoad load = m_keys->update({"alice.key"});
    QVERIFY(!load.isIncomplete);
    QVERIFY(!load.lookAgainAfter);
    QVERIFY(load.keys->find(keyOf(1)));
}

void tst_KeyDirectoryChanges::tooLargeWaitsForAChange()
{
    write("alice.key", QByteArray(100'000, '#'));
    KeyLoad load = m_keys->load();
    QVERIFY(load.isIncomplete);
    QVERIFY(!load.lookAgainAfter);
    write("alice.key", certificateOf(1));
    QVERIFY(m_keys->update({}).isIncomplete);
    load = sweep();
    QVERIFY(!load.isIncomplete);
    QVERIFY(load.keys->find(keyOf(1)));
}

void tst_KeyDirectoryChanges::readsOpenFiles_data()
{
    QTest::addColumn<QByteArray>("written");
    QTest::addColumn<bool>("isGone");
    QTest::addColumn<int>("key"); // the key that is accepted while the file is open
    QTest::addColumn<bool>("isSettling");
    QTest::addColumn<int>("errors"); // once the file is closed

    QTest::newRow("empty") << QByteArray() << false << 0 << true << 1;
    QTest::newRow("gone") << QByteArray() << true << 0 << true << 0;
    QTest::newRow("half") << certificateOf(1).left(40) << false << 0 << true << 1;
    QTest::newRow("the same key") << "# new\n" + certificateOf(1) << false << 1 << false << 0;
    QTest::newRow("another key") << certificateOf(2) << false << 2 << true << 0;
}

// No peer whose key is missing is accepted, and none is refused for good before the file is closed.
void tst_KeyDirectoryChanges::readsOpenFiles()
{
    QFETCH(const QByteArray, written);
    QFETCH(const bool, isGone);
    QFETCH(const int, key);
    QFETCH(const bool, isSettling);

    write("alice.key", certificateOf(1));
    QVERIFY(m_keys->load().keys->find(keyOf(1)));
    if (isGone)
        remove("alice.key");
    else
        write("alice.key", written);
    for (int i = 0; i < 2; ++i) { // by an update, and by loading all files
        const KeyLoad load =
            i == 0 ? m_keys->update({"alice.key"}, {"alice.key"}) : m_keys->load({"alice.key"});
        QCOMPARE(textsOf(load.errors), QStringList());
        QCOMPARE(load.isSettling, isSettling);
        QCOMPARE(load.keys->size(), key != 0 ? 1 : 0);
        QVERIFY(key == 0 || load.keys->find(keyOf(key)));
        QCOMPARE(m_keys->update({"bob.key"}, {"alice.key"}).isSettling, isSettling);
    }
    const KeyLoad load = m_keys->update({"alice.key"});
    QVERIFY(!load.isSettling);
    QTEST(int(load.errors.size()), "errors");
    QCOMPARE(load.keys->size(), key != 0 ? 1 : 0);
}

void tst_KeyDirectoryChanges::ignoresAnIncompleteLineOfAnOpenFile()
{
    write("alice.key", certificateOf(1).chopped(1));
    QCOMPARE(m_keys->load({"alice.key"}).keys->size(), 0);
    QCOMPARE(m_keys->update({"alice.key"}).keys->size(), 1);
}

void tst_KeyDirectoryChanges::aRemovedDirectoryMayReappear()
{
    write("alice.key", certificateOf(1));
    QVERIFY(m_keys->load().keys->find(keyOf(1)));
    const QByteArray moved = QFile::encodeName(outside(u"moved"_s));
    SystemCalls::rename(QFile::encodeName(directory()), moved);
    KeyLoad load = m_keys->load();
    QCOMPARE(load.keys->size(), 0);
    QVERIFY(load.isSettling);
    QCOMPARE(load.lookAgainAfter, std::optional<qint64>(10 * Second));
    TestClocks::now += 4 * Second;
    load = m_keys->update({});
    QVERIFY(load.isSettling);
    QCOMPARE(load.lookAgainAfter, std::optional<qint64>(6 * Second));
    SystemCalls::rename(moved, QFile::encodeName(directory()));
    load = m_keys->update({});
    QVERIFY(!load.isSettling);
    QVERIFY(load.keys->find(keyOf(1)));
}

void tst_KeyDirectoryChanges::aRemovedDirectoryRevokesItsKeys()
{
    write("alice.key", certificateOf(1));
    QVERIFY(m_keys->load().keys->find(keyOf(1)));
    SystemCalls::removeTree(file({}));
    QVERIFY(m_keys->load().isSettling);
    TestClocks::now += 10 * Second;
    const KeyLoad load = m_keys->update({});
    QVERIFY(!load.isSettling);
    QVERIFY(!load.lookAgainAfter);
    QCOMPARE(load.keys->size(), 0);
    QCOMPARE(load.errors.size(), 1);
}

void tst_KeyDirectoryChanges::reportsAnotherDirectory()
{
    write("alice.key", certificateOf(1));
    QVERIFY(!m_keys->load().isElsewhere);
    QVERIFY(!m_keys->load().isElsewhere);
    const QByteArray moved = QFile::encodeName(outside(u"moved"_s));
    SystemCalls::rename(QFile::encodeName(directory()), moved);
    SystemCalls::makePath(file({}));
    KeyLoad load = sweep();
    QVERIFY(load.isElsewhere);
    QCOMPARE(load.keys->size(), 0);
    QVERIFY(!m_keys->load().isElsewhere);
    QVERIFY(!sweep().isElsewhere);
}

void tst_KeyDirectoryChanges::sweepReportsOtherFilesBehindLinks_data()
{
    QTest::addColumn<QByteArray>("before"); // the files that exist
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<bool>("isElsewhere");

    QTest::newRow("same file") << QByteArray("first") << QByteArray("first") << false;
    QTest::newRow("other file") << QByteArray("first") << QByteArray("second") << true;
    QTest::newRow("removed") << QByteArray("first") << QByteArray() << true;
    QTest::newRow("created") << QByteArray() << QByteArray("second") << true;
    QTest::newRow("still missing") << QByteArray() << QByteArray() << false;
}

// The link itself does not change, as if a file system were mounted over its target.
void tst_KeyDirectoryChanges::sweepReportsOtherFilesBehindLinks()
{
    QFETCH(const QByteArray, before);
    QFETCH(const QByteArray, after);
    QFETCH(const bool, isElsewhere);

    link("../target", "alice.key");
    write("../first", certificateOf(1));
    write("../second", certificateOf(1));
    if (!before.isEmpty())
        rename("../" + before, "../target");
    (void)m_keys->load();
    QVERIFY(!sweep().isElsewhere);
    if (after != before && !before.isEmpty())
        remove("../target");
    if (after != before && !after.isEmpty())
        rename("../" + after, "../target");
    QCOMPARE(sweep().isElsewhere, isElsewhere);
    QVERIFY(!sweep().isElsewhere);
}

void tst_KeyDirectoryChanges::sweepFindsChanges_data()
{
    QTest::addColumn<QByteArray>("action");
    QTest::addColumn<QSet<int>>("keys");

    QTest::newRow("nothing") << QByteArray() << QSet<int>({1, 2});
    QTest::newRow("edited") << QByteArray("edit") << QSet<int>({3, 2});
    QTest::newRow("truncated") << QByteArray("truncate") << QSet<int>({2});
    QTest::newRow("added") << QByteArray("add") << QSet<int>({1, 2, 4});
    QTest::newRow("removed") << QByteArray("remove") << QSet<int>({2});
    QTest::newRow("replaced") << QByteArray("rename") << QSet<int>({6, 2});
    QTest::newRow("target of a link") << QByteArray("target") << QSet<int>({1, 5});
}

void tst_KeyDirectoryChanges::sweepFindsChanges()
{
    QFETCH(const QByteArray, action);
    QFETCH(const QSet<int>, keys);

    write("alice.key", certificateOf(1));
    write("../target", certificateOf(2));
    link("../target", "link.key");
    QCOMPARE(m_keys->load().keys->size(), 2);
    if (action == "edit")
        write("alice.key", certificateOf(3));
    else if (action == "truncate")
        SystemCalls::truncate(file("alice.key"));
    else if (action == "add")
        write("new.key", certificateOf(4));
    else if (action == "remove")
        remove("alice.key");
    else if (action == "rename") {
        write("../new", certificateOf(6));
        rename("../new", "alice.key");
    } else if (action == "target")
        write("../target", certificateOf(5));

    KeyLoad load = sweep();
    QCOMPARE(load.isUnchanged, action.isEmpty());
    if (load.isUnchanged)
        load = m_keys->update({});
    QCOMPARE(load.keys->size(), keys.size());
    for (const int key : keys)
        QVERIFY(load.keys->find(keyOf(key)));
    QVERIFY(sweep().isUnchanged);
}

void tst_KeyDirectoryChanges::sweepRunsInParts()
{
    for (int i = 0; i < 64; ++i)
        write("file" + QByteArray::number(100 + i) + ".key", certificateOf(i));
    // Each reading of the clock advances it by more than the time of one part.
    KeyDirectory keys(directory(), {}, {}, TestClocks::later,
                      [] { return TestClocks::now += KeyDirectorySweep::SliceTime; });
    QCOMPARE(keys.load().keys->size(), 64);
    write("file163.key", certificateOf(200));
    for (int part = 0; part < 3; ++part) {
        const KeyLoad load = keys.sweep();
        QVERIFY(load.isUnchanged);
        QVERIFY(load.sweepGoesOn);
    }
    KeyLoad load = keys.sweep();
    QVERIFY(!load.isUnchanged);
    QVERIFY(load.keys->find(keyOf(200)));
    if (load.sweepGoesOn)
        load = keys.sweep();
    QVERIFY(!load.sweepGoesOn);
}

void tst_KeyDirectoryChanges::sweepKeepsRetryPauses()
{
    write("alice.key", certificateOf(1), 0000);
    const SomebodyElse somebodyElse;
    QVERIFY(m_keys->load().isIncomplete);
    QVERIFY(sweep().isUnchanged);
    TestClocks::now += Second / 4;
    QCOMPARE(m_keys->update({}).lookAgainAfter, std::optional<qint64>(Second / 2));
}

void tst_KeyDirectoryChanges::reportsLinkedNames_data()
{
    QTest::addColumn<QByteArray>("kind");
    QTest::newRow("symbolic link") << QByteArray("symbolic");
    QTest::newRow("link that leads nowhere") << QByteArray("broken");
    QTest::newRow("file with two names") << QByteArray("hard");
}

void tst_KeyDirectoryChanges::reportsLinkedNames()
{
    QFETCH(const QByteArray, kind);
    write("alice.key", certificateOf(1));
    if (kind != "broken")
        write("../target", certificateOf(2));
    if (kind == "hard")
        SystemCalls::hardLink(file("../target"), file("bob.key"));
    else
        link("../target", "bob.key");
    QCOMPARE(m_keys->load().linkedNames, Names({"bob.key"}));
    QCOMPARE(m_keys->update({"alice.key"}).linkedNames, Names({"bob.key"}));
    QCOMPARE(m_keys->update({"bob.key"}).linkedNames, Names({"bob.key"}));
    remove("bob.key");
    QCOMPARE(m_keys->update({"bob.key"}).linkedNames, Names());
}

QTEST_GUILESS_MAIN(tst_KeyDirectoryChanges)
#include "tst_keydirectorychanges.moc"
