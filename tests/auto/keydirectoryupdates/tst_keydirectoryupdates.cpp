// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "descriptorlimit.h"
#include "keydirectorytest.h"
#include "restlessfile.h"
#include "somebodyelse.h"

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qdir.h>
#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Action = std::function<void()>;
Q_DECLARE_METATYPE(Action)

namespace {

// Why a file that exists cannot be read.
enum class Denial : std::uint8_t { None, Permission, Descriptor, Size };

} // namespace

Q_DECLARE_METATYPE(Denial)

// Tests the keys of a directory that is loaded again after its files have changed.
class tst_KeyDirectoryUpdates : public KeyDirectoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void doesNotReadUnchangedFilesAgain();
    void revokesRemovedFilesWithoutDescriptors_data();
    void revokesRemovedFilesWithoutDescriptors();
    void followsChangesOfOneFile_data();
    void followsChangesOfOneFile();
    void keepsReadingWhatWasACertificate_data();
    void keepsReadingWhatWasACertificate();
    void noticesChangesOfTheSameSizeAndTime_data();
    void noticesChangesOfTheSameSizeAndTime();
    void readsRecentFilesAgain();
    void updateReadsOnlyTheNames();
    void updateIgnoresNames();
    void firstUpdateReadsAll();
    void secondFileWithTheSameKeyTakesOver_data();
    void secondFileWithTheSameKeyTakesOver();
    void neverUsesIncompleteWrites();
    void keepsKeysOfUnreadableFilesThroughChanges();
    void updatesGiveWhatLoadsGive();
};

// The second load has no descriptors for files, and causes no further error.
void tst_KeyDirectoryUpdates::doesNotReadUnchangedFilesAgain()
{
    write("alice.key", certificateOf(1), 0666);
    write("bob.key", "broken");
    write("carol", "text");
    write("dave.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
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

void tst_KeyDirectoryUpdates::revokesRemovedFilesWithoutDescriptors_data()
{
    QTest::addColumn<bool>("byNames");
    QTest::newRow("load") << false;
    QTest::newRow("update") << true;
}

void tst_KeyDirectoryUpdates::revokesRemovedFilesWithoutDescriptors()
{
    QFETCH(const bool, byNames);

    write("alice.key", certificateOf(1));
    write("../target", certificateOf(2));
    link("../target", "bob.key");
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    QCOMPARE(keys.load().keys->size(), 2);
    remove("alice.key");
    remove("../target");
    const DescriptorLimit limit(1); // for the directory
    const KeyLoad load = look(&keys, {"alice.key", "bob.key"}, byNames);
    QVERIFY(!load.isIncomplete);
    QCOMPARE(load.keys->size(), 0);
}

void tst_KeyDirectoryUpdates::followsChangesOfOneFile_data()
{
    QTest::addColumn<Action>("change");
    QTest::addColumn<Denial>("denial");
    QTest::addColumn<bool>("byNames");
    QTest::addColumn<QByteArray>("held"); // in addition to key 2
    QTest::addColumn<QString>("error");   // its start after the path; empty: no error

    const auto rows = [](const char *name, const Action &change, const char *held,
                         const QString &error = {}, Denial denial = Denial::None) {
        for (const bool byNames : {false, true}) {
            QTest::addRow("%s, %s", name, byNames ? "update" : "load")
                << change << denial << byNames << QByteArray(held) << error;
        }
    };
    const auto writing = [this](const QByteArray &contents, mode_t mode = 0644) -> Action {
        return [=] { write("alice.key", contents, mode); };
    };
    // Returns an action that replaces the file with something else.
    const auto with = [this](const Action &make) -> Action {
        return [=] {
            remove("alice.key");
            make();
        };
    };
    const auto unreadable = u": cannot be read: permission denied"_s;
    rows(
        "nothing", [] {}, "\1");
    rows(
        "chmod", [this] { SystemCalls::setMode(file("alice.key"), 0600); }, "\1");
    rows("other key", writing(certificateOf(3)), "\3");
    rows(
        "renamed over",
        [this] {
            write(".new", certificateOf(3));
            rename(".new", "alice.key");
        },
        "\3");
    rows("permission denied", writing(certificateOf(3), 0000), "\1", unreadable,
         Denial::Permission);
    rows("no descriptor", writing(certificateOf(3)), "\1", u": cannot be read: "_s,
         Denial::Descriptor);
    rows("too large", writing(certificateOf(3) + QByteArray(MaximumCertificateSize, '#')), "\1",
         u": larger than the maximum of 65536"_s, Denial::Size);
    rows("broken", writing("broken"), "", u":1: "_s);
    rows("empty", writing(""), "", u":1: "_s);
    rows("gone", with([] {}), "");
    rows(
        "renamed to a name that is not read", [this] { rename("alice.key", "alice.key.bak"); }, "");
    rows("a directory instead", with([this] { SystemCalls::makePath(file("alice.key")); }), "");
    rows("a fifo instead", with([this] { SystemCalls::makeFifo(file("alice.key")); }), "",
         u": not a regular file"_s);
    rows("a link that leads nowhere instead", with([this] { link("nowhere", "alice.key"); }), "",
         u": a dangling symbolic link"_s);
    rows("a link that leads to itself instead", with([this] { link("alice.key", "alice.key"); }),
         "", u": a symbolic link that leads"_s);
    rows("a link to a file that may not be read instead", with([this] {
             write(".hidden", certificateOf(3), 0000);
             link(".hidden", "alice.key");
         }),
         "\1", unreadable, Denial::Permission);
}

void tst_KeyDirectoryUpdates::followsChangesOfOneFile()
{
    QFETCH(const Action, change);
    QFETCH(const Denial, denial);
    QFETCH(const bool, byNames);
    QFETCH(const QByteArray, held);
    QFETCH(const QString, error);

    write("alice.key", certificateOf(1));
    write("bob.key", certificateOf(2));
    write("other", "text");
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    QCOMPARE(keys.load().keys->size(), 2);

    change();
    std::optional<SomebodyElse> somebodyElse;
    std::optional<DescriptorLimit> limit;
    if (denial == Denial::Permission)
        somebodyElse.emplace();
    else if (denial == Denial::Descriptor)
        limit.emplace(1); // for the directory
    // The error is returned by each load as long as it lasts.
    for (int i = 0; i < 2; ++i) {
        const KeyLoad load = look(&keys, {"alice.key"}, byNames);
        QCOMPARE(load.errors.size(), error.isEmpty() ? 0 : 1);
        if (!error.isEmpty()) {
            QVERIFY2(load.errors.first().text().startsWith(path(u"alice.key"_s) + error),
                     qPrintable(load.errors.first().text()));
            QCOMPARE(load.errors.first().text().endsWith(u"; its key remains in force"_s),
                     denial != Denial::None);
        }
        QCOMPARE(textsOf(load.warnings), QStringList());
        QCOMPARE(load.isIncomplete, denial != Denial::None);
        QCOMPARE(load.fileError, FileError::None);
        QVERIFY(load.keys);
        QCOMPARE(load.keys->size(), held.size() + 1);
        for (const char number : held + '\2')
            QVERIFY(load.keys->find(keyOf(number)));
    }
    // The other kind of load, which checks the current files, has the same result.
    QCOMPARE(look(&keys, {"alice.key"}, !byNames).errors.size(), error.isEmpty() ? 0 : 1);

    limit.reset();
    somebodyElse.reset();
    std::filesystem::remove_all(file("alice.key").toStdString());
    write("alice.key", certificateOf(4));
    const KeyLoad load = look(&keys, {"alice.key"}, byNames);
    QCOMPARE(textsOf(load.errors), QStringList());
    QVERIFY(!load.isIncomplete);
    QCOMPARE(load.keys->size(), 2);
    QVERIFY(load.keys->find(keyOf(4)));
}

void tst_KeyDirectoryUpdates::keepsReadingWhatWasACertificate_data()
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

// A file that was a certificate before is still treated as one.
void tst_KeyDirectoryUpdates::keepsReadingWhatWasACertificate()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const bool, wasKey);
    QFETCH(const bool, isKept);

    write("alice", wasKey ? certificateOf(1) : QByteArray("text"));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
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

void tst_KeyDirectoryUpdates::noticesChangesOfTheSameSizeAndTime_data()
{
    QTest::addColumn<bool>("byRename");
    QTest::addColumn<bool>("byNames");

    QTest::newRow("in place, load") << false << false;
    QTest::newRow("in place, update") << false << true;
    QTest::newRow("renamed over, load") << true << false;
    QTest::newRow("renamed over, update") << true << true;
}

void tst_KeyDirectoryUpdates::noticesChangesOfTheSameSizeAndTime()
{
    QFETCH(const bool, byRename);
    QFETCH(const bool, byNames);

    write("alice.key", certificateOf(1));
    const struct stat before = SystemCalls::statusOf(file("alice.key"));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    QVERIFY(keys.load().keys->find(keyOf(1)));

    const QByteArray written = byRename ? ".new" : "alice.key";
    SystemCalls::writeWithTimeOf(before, file(written), certificateOf(2));
    QCOMPARE(SystemCalls::statusOf(file(written)).st_size, before.st_size);
    if (byRename)
        rename(written, "alice.key");
    const KeyLoad load = look(&keys, {"alice.key"}, byNames);
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(keyOf(2)));
}

// The lack of descriptors reveals that the files are read again.
void tst_KeyDirectoryUpdates::readsRecentFilesAgain()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, TestClocks::early);
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

void tst_KeyDirectoryUpdates::updateReadsOnlyTheNames()
{
    write("alice.key", certificateOf(1));
    write("bob.key", certificateOf(2));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    const KeyLoad first = keys.load();
    remove("alice.key");
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

void tst_KeyDirectoryUpdates::updateIgnoresNames()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {u"a*"_s}, {}, TestClocks::later);
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

void tst_KeyDirectoryUpdates::firstUpdateReadsAll()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory());
    QCOMPARE(keys.update({"bob.key"}).keys->size(), 1);
}

void tst_KeyDirectoryUpdates::secondFileWithTheSameKeyTakesOver_data()
{
    QTest::addColumn<bool>("byNames");

    QTest::newRow("load") << false;
    QTest::newRow("update") << true;
}

void tst_KeyDirectoryUpdates::secondFileWithTheSameKeyTakesOver()
{
    QFETCH(const bool, byNames);

    const auto named = [](const QByteArray &name) {
        const QByteArray text = certificateOf(1);
        return "metadata\n    name = \"" + name + "\"\n" + text.sliced(text.indexOf("curve"));
    };
    write("b.key", named("b"));
    KeyDirectory keys(directory(), {}, {u"name"_s, {}}, TestClocks::later);
    QCOMPARE(userIdOf(keys.load(), keyOf(1)), QByteArrayView("b"));

    // A name that sorts earlier takes precedence.
    write("a.key", named("a"));
    KeyLoad load = look(&keys, {"a.key"}, byNames);
    QCOMPARE(userIdOf(load, keyOf(1)), QByteArrayView("a"));
    QCOMPARE(load.warnings.size(), 1);
    QVERIFY(load.warnings.first().text().startsWith(path(u"b.key: contains the same key as "_s)
                                                    + path(u"a.key,"_s)));
    // A name that sorts later does not. The warning remains, and is not affected by other files.
    write("README", "text");
    QCOMPARE(look(&keys, {"README"}, byNames).warnings, load.warnings);
    write("c.key", named("c"));
    QCOMPARE(look(&keys, {"c.key"}, byNames).warnings.size(), 2);

    remove("a.key");
    load = look(&keys, {"a.key"}, byNames);
    QCOMPARE(userIdOf(load, keyOf(1)), QByteArrayView("b"));
    QCOMPARE(load.warnings.size(), 1);
    write("b.key", "broken");
    load = look(&keys, {"b.key"}, byNames);
    QCOMPARE(userIdOf(load, keyOf(1)), QByteArrayView("c"));
    QCOMPARE(textsOf(load.warnings), QStringList());
    remove("c.key");
    load = look(&keys, {"c.key"}, byNames);
    QCOMPARE(load.keys->size(), 0);
}

// An incomplete write never takes effect.
void tst_KeyDirectoryUpdates::neverUsesIncompleteWrites()
{
    const auto padded = [](char number) { return certificateOf(number) + QByteArray(60'000, '#'); };
    write("alice.key", padded(1));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    QVERIFY(keys.load().keys->find(keyOf(1)));

    write("alice.key", padded(2));
    KeyLoad load;
    std::shared_ptr<const KeyStore> before = keys.update({}).keys;
    bool isKept = true;
    {
        const RestlessFile restless(file("alice.key"), 60'000);
        for (QDeadlineTimer limit(30'000); !load.changedMeanwhile && !limit.hasExpired();) {
            load = keys.update({"alice.key"});
            isKept = isKept && (!load.changedMeanwhile || load.keys == before);
            before = load.keys;
        }
    }
    QVERIFY(load.changedMeanwhile);
    QVERIFY(isKept);
    QCOMPARE(textsOf(load.errors), QStringList());

    load = keys.update({"alice.key"});
    QVERIFY(!load.changedMeanwhile);
    QVERIFY(load.keys->find(keyOf(2)));
}

// The last contents remain in force, however often the file changes while it is unreadable.
void tst_KeyDirectoryUpdates::keepsKeysOfUnreadableFilesThroughChanges()
{
    write("alice.key", certificateOf(1));
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    QVERIFY(keys.load().keys->find(keyOf(1)));
    for (const char number : {'\2', '\3'}) {
        remove("alice.key");
        write("alice.key", certificateOf(number), 0000);
        const SomebodyElse somebodyElse;
        const KeyLoad load = keys.update({"alice.key"});
        QVERIFY(load.isIncomplete);
        QVERIFY(load.keys->find(keyOf(1)));
    }
    remove("alice.key");
    QCOMPARE(keys.update({"alice.key"}).keys->size(), 0);
}

// A load of the changed names has the same result as a load of all files.
void tst_KeyDirectoryUpdates::updatesGiveWhatLoadsGive()
{
    QRandomGenerator random(1);
    KeyDirectory keys(directory(), {}, {}, TestClocks::later);
    KeyDirectory all(directory(), {}, {}, TestClocks::later);
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

QTEST_GUILESS_MAIN(tst_KeyDirectoryUpdates)
#include "tst_keydirectoryupdates.moc"
