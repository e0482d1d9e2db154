// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/files/repeatedreader.h"

#include "testclocks.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <fcntl.h>
#ifdef Q_OS_LINUX
#    include <sys/mount.h>
#endif
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using TestClocks::Second;
using Outcome = RepeatedReader::Outcome;

namespace {

constexpr qsizetype Limit = qsizetype{64} * 1024 * 1024;

// Writes to a file continuously.
class BusyWriter
{
public:
    explicit BusyWriter(const QString &path)
        : m_descriptor(::open(qPrintable(path), O_WRONLY | O_CLOEXEC))
        , m_thread([this] {
            while (!m_isStopped)
                m_hasFailed = m_hasFailed || ::pwrite(m_descriptor, "x", 1, 0) != 1;
        })
    { }
    ~BusyWriter()
    {
        m_isStopped = true;
        m_thread.join();
        ::close(m_descriptor);
    }
    Q_DISABLE_COPY_MOVE(BusyWriter)

    bool hasFailed() const { return m_hasFailed; }

private:
    int m_descriptor;
    std::atomic<bool> m_isStopped{false};
    std::atomic<bool> m_hasFailed{false};
    std::thread m_thread; // last, since it uses the other members
};

} // namespace

class tst_RepeatedReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void wholeLines_data();
    void wholeLines();
    void readsAnUnchangedFileOnce();
    void readsAgainOnceItIsClosed();
    void readsARecentFileAgain();
    void reportsGoneIfItNeverExisted();
    void reportsGoneAfterTenSeconds();
    void readsAFileThatReappears();
    void unreadable();
    void readsAFileThatIsWrittenToContinuously();
    void reportsItsNameIfItHasOthers();
    void reportsAnotherFile();
    void reportsItsNameIfItIsMounted();

private:
    bool write(const QByteArray &contents) const
    {
        QFile file(m_path);
        return file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size();
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_path;
    std::unique_ptr<RepeatedReader> m_reader;
};

void tst_RepeatedReader::init()
{
    TestClocks::now = 100 * Second;
    m_directory = std::make_unique<QTemporaryDir>();
    m_path = m_directory->filePath(u"file"_s);
    m_reader =
        std::make_unique<RepeatedReader>(m_path, Limit, TestClocks::later, TestClocks::steady);
}

void tst_RepeatedReader::wholeLines_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("empty") << QByteArray() << QByteArray();
    QTest::newRow("no end") << QByteArray("half") << QByteArray();
    QTest::newRow("one line") << QByteArray("one\n") << QByteArray("one\n");
    QTest::newRow("half a line") << QByteArray("one\ntw") << QByteArray("one\n");
}

void tst_RepeatedReader::wholeLines()
{
    QFETCH(const QByteArray, text);
    QTEST(QZap::Internal::wholeLines(text).toByteArray(), "expected");
}

void tst_RepeatedReader::readsAnUnchangedFileOnce()
{
    QVERIFY(write("one\n"));
    const auto first = m_reader->look(false);
    QCOMPARE(first.outcome, Outcome::Contents);
    QCOMPARE(first.read.contents.view(), QByteArrayView("one\n"));
    QCOMPARE(m_reader->facts(), first.read.facts);
    QCOMPARE(m_reader->look(false).outcome, Outcome::Same);
    QVERIFY(write("two and more\n"));
    const auto second = m_reader->look(false);
    QCOMPARE(second.outcome, Outcome::Contents);
    QCOMPARE(second.read.contents.view(), QByteArrayView("two and more\n"));
}

// An incomplete last line is used after the file is closed.
void tst_RepeatedReader::readsAgainOnceItIsClosed()
{
    QVERIFY(write("half"));
    QCOMPARE(m_reader->look(true).outcome, Outcome::Contents);
    QCOMPARE(m_reader->look(true).outcome, Outcome::Same);
    QCOMPARE(m_reader->look(false).outcome, Outcome::Contents);
    QCOMPARE(m_reader->look(false).outcome, Outcome::Same);
}

// The time stamps of a recent file may be too coarse to reveal the next change.
void tst_RepeatedReader::readsARecentFileAgain()
{
    RepeatedReader reader(m_path, Limit, &wallClock, TestClocks::steady);
    QVERIFY(write("one\n"));
    QCOMPARE(reader.look(false).outcome, Outcome::Contents);
    QCOMPARE(reader.look(false).outcome, Outcome::Contents);
}

void tst_RepeatedReader::reportsGoneIfItNeverExisted()
{
    QCOMPARE(m_reader->look(false).outcome, Outcome::Gone);
    QVERIFY(QDir().mkdir(m_path));
    QCOMPARE(m_reader->look(false).outcome, Outcome::Gone);
}

void tst_RepeatedReader::reportsGoneAfterTenSeconds()
{
    QVERIFY(write("one\n"));
    QCOMPARE(m_reader->look(false).outcome, Outcome::Contents);
    QVERIFY(QFile::remove(m_path));
    const auto lost = m_reader->look(false);
    QCOMPARE(lost.outcome, Outcome::Lost);
    QCOMPARE(lost.remaining, 10 * Second);
    TestClocks::now += 10 * Second - 1;
    QCOMPARE(m_reader->look(false).remaining, 1);
    TestClocks::now += 1;
    QCOMPARE(m_reader->look(false).outcome, Outcome::Gone);
    // The outcome remains the same.
    QCOMPARE(m_reader->look(false).outcome, Outcome::Gone);
}

void tst_RepeatedReader::readsAFileThatReappears()
{
    QVERIFY(write("one\n"));
    QCOMPARE(m_reader->look(false).outcome, Outcome::Contents);
    QVERIFY(QFile::remove(m_path));
    QCOMPARE(m_reader->look(false).outcome, Outcome::Lost);
    TestClocks::now += 5 * Second;
    QVERIFY(write("two\n"));
    QCOMPARE(m_reader->look(false).outcome, Outcome::Contents);
    // The next removal starts a period of ten seconds of its own.
    QVERIFY(QFile::remove(m_path));
    TestClocks::now += 6 * Second;
    QCOMPARE(m_reader->look(false).remaining, 10 * Second);
}

void tst_RepeatedReader::unreadable()
{
    RepeatedReader reader(m_path, 3, TestClocks::later, TestClocks::steady);
    QVERIFY(write("one"));
    QCOMPARE(reader.look(false).outcome, Outcome::Contents);
    QVERIFY(write("four"));
    const auto tooLarge = reader.look(false);
    QCOMPARE(tooLarge.outcome, Outcome::Unreadable);
    QCOMPARE(tooLarge.read.systemError, EFBIG);
    QVERIFY(write("two"));
    QCOMPARE(reader.look(false).outcome, Outcome::Contents);
}

// After ten seconds, a file that changes continuously is read in its current state, and from then
// on each time.
void tst_RepeatedReader::readsAFileThatIsWrittenToContinuously()
{
    QVERIFY(write(QByteArray(Limit / 2, 'x')));
    const BusyWriter writer(m_path);
    RepeatedReader::Look look;
    bool isRead = false;
    // Starts again if the writer did not write during a read.
    const auto readWhileItChanges = [&] {
        if (m_reader->look(true).outcome != Outcome::Changing)
            return false;
        TestClocks::now += 10 * Second;
        look = m_reader->look(true);
        return look.read.changedMeanwhile;
    };
    QTRY_VERIFY(isRead || (isRead = readWhileItChanges()));
    QCOMPARE(look.outcome, Outcome::Contents);
    QCOMPARE(m_reader->look(true).outcome, Outcome::Contents);
    QVERIFY(!writer.hasFailed());
}

void tst_RepeatedReader::reportsItsNameIfItHasOthers()
{
    QVERIFY(write("one\n"));
    QCOMPARE(m_reader->look(false).outcome, Outcome::Contents);
    QVERIFY(m_reader->linkedNames().isEmpty());
    QCOMPARE(::link(qPrintable(m_path), qPrintable(m_directory->filePath(u"other"_s))), 0);
    QCOMPARE(m_reader->look(false).outcome, Outcome::Contents);
    QCOMPARE(m_reader->linkedNames(), NameSet{"file"});
}

void tst_RepeatedReader::reportsAnotherFile()
{
    QVERIFY(write("one\n"));
    QVERIFY(!m_reader->look(false).isElsewhere);
    QVERIFY(write("two\n"));
    QVERIFY(!m_reader->look(false).isElsewhere);
    QCOMPARE(::rename(qPrintable(m_path), qPrintable(m_directory->filePath(u"old"_s))), 0);
    QVERIFY(write("three\n"));
    QVERIFY(m_reader->look(false).isElsewhere);
    QVERIFY(!m_reader->look(false).isElsewhere);
}

// The file is mounted, as containers mount files of their host. It has one name in each place.
void tst_RepeatedReader::reportsItsNameIfItIsMounted()
{
#ifdef Q_OS_LINUX
    const QString other = m_directory->filePath(u"other"_s);
    QVERIFY(write("one\n"));
    QVERIFY(QFile::copy(m_path, other));
    if (::mount(qPrintable(other), qPrintable(m_path), nullptr, MS_BIND, nullptr) != 0)
        QSKIP("Nothing can be mounted here");
    const auto unmount = qScopeGuard([this] { (void)::umount2(qPrintable(m_path), MNT_DETACH); });
    QCOMPARE(m_reader->look(false).outcome, Outcome::Contents);
    QCOMPARE(m_reader->linkedNames(), NameSet{"file"});
#endif
}

QTEST_GUILESS_MAIN(tst_RepeatedReader)
#include "tst_repeatedreader.moc"
