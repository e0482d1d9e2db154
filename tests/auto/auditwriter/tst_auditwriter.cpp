// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/auditwriter.h"

#include "base/clock.h"
#include "filetest.h"
#include "systemcalls.h"

#include <QtCore/qfile.h>
#include <QtCore/qmutex.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

static std::atomic<bool> failsToSynchronize{false};

// Replaces the function of the C library, as on a disk with errors.
extern "C" Q_DECL_EXPORT int fdatasync(int descriptor)
{
    errno = EIO;
    return failsToSynchronize ? -1 : ::fsync(descriptor);
}

// What the thread of an audit log does with decisions, settings and files.
class tst_AuditWriter : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void writesBeforeItEnds();
    void writesWithoutDelay();
    void writesFormerDecisionsToTheFormerFile();
    void countsFormerDecisionsInTheFormerFile();
    void keepsLinesUntilTheyCanBeWritten_data();
    void keepsLinesUntilTheyCanBeWritten();
    void followsTheName_data();
    void followsTheName();
    void staysInARenamedFileIfThereIsNoOther();
    void rotatesBySize();
    void writesALineThatIsTooLong();
    void doesNotRotateASmallFile();
    void rotatesByAge();
    void remembersTheAgeOfAFile();
    void goesOnWithoutRotation();
    void reportsFailedSynchronizations_data();
    void reportsFailedSynchronizations();
    void reportsThatItIsSynchronizedAgain();
    void countsRepeatedDecisions();
    void countsLostDecisions();
    void losesWhatCannotBeWrittenAtTheEnd();
    void survivesAClosedReader();

private:
    void start(const AuditSettings &settings);
    void end();
    AuditSettings settings() const
    {
        AuditSettings result;
        result.path = path(u"log"_s);
        return result;
    }
    void observe(const QByteArray &user, int count = 1);
    qsizetype lineCount(const QString &name) const { return contentsOf(name).count('\n'); }
    bool contains(const QString &name, const QByteArray &user) const
    {
        return contentsOf(name).contains("\"user\":\"" + user + '"');
    }
    AuditWriter::News news()
    {
        const QMutexLocker lock(&m_mutex);
        return m_news;
    }

    std::shared_ptr<AuditQueue> m_queue;
    std::thread m_thread;
    QByteArray m_reason;
    QMutex m_mutex;
    AuditWriter::News m_news;
    std::atomic<int> m_problemCount{0}; // news that contained a problem
};

void tst_AuditWriter::init()
{
    FileTest::init();
    m_queue = std::make_shared<AuditQueue>();
    m_news = {};
    m_problemCount = 0;
    m_reason.clear();
}

void tst_AuditWriter::cleanup()
{
    end();
    failsToSynchronize = false;
    FileTest::cleanup();
}

void tst_AuditWriter::start(const AuditSettings &settings)
{
    m_queue->setSettings(settings);
    m_thread = std::thread([this] {
        AuditWriter(m_queue, [this](const AuditWriter::News &news) {
            const QMutexLocker lock(&m_mutex);
            m_news = news;
            m_problemCount += news.problem ? 1 : 0;
        }).run();
    });
}

void tst_AuditWriter::end()
{
    m_queue->end();
    if (m_thread.joinable())
        m_thread.join();
}

// Each user is accepted once, so that no lines are alike.
void tst_AuditWriter::observe(const QByteArray &user, int count)
{
    DecisionRecords records;
    for (int i = 0; i < count; ++i) {
        const QByteArray name = count == 1 ? user : user + QByteArray::number(i);
        DecisionRecord record;
        record.time = Clock::wallMilliseconds();
        record.status = QZap::Status::Success;
        record.outcome = Outcome::Accepted;
        record.user = name;
        record.reason = m_reason;
        records.append(record, 0);
    }
    m_queue->observe(records);
}

void tst_AuditWriter::writesBeforeItEnds()
{
    start(settings());
    observe("alice");
    observe("user", 1000);
    end();
    QVERIFY(contains(u"log"_s, "alice"));
    QCOMPARE(lineCount(u"log"_s), 1001);
    QCOMPARE(news().lost, 0);
    QVERIFY(!news().problem);
}

void tst_AuditWriter::writesWithoutDelay()
{
    start(settings());
    observe("alice");
    QTRY_VERIFY(contains(u"log"_s, "alice"));
    observe("bob");
    QTRY_VERIFY(contains(u"log"_s, "bob"));
}

void tst_AuditWriter::writesFormerDecisionsToTheFormerFile()
{
    start(settings());
    QTRY_VERIFY(names().contains(u"log"_s));
    observe("alice");
    AuditSettings other = settings();
    other.path = path(u"other"_s);
    m_queue->setSettings(other);
    QTRY_VERIFY(names().contains(u"other"_s));
    observe("bob");
    end();
    QVERIFY(contains(u"log"_s, "alice"));
    QVERIFY(contains(u"other"_s, "bob"));
    QCOMPARE(lineCount(u"log"_s) + lineCount(u"other"_s), 2);
}

void tst_AuditWriter::countsFormerDecisionsInTheFormerFile()
{
    start(settings());
    for (int i = 0; i < 100; ++i)
        observe("alice");
    AuditSettings other = settings();
    other.path = path(u"other"_s);
    m_queue->setSettings(other);
    observe("alice");
    end();
    QVERIFY(contentsOf(u"log"_s).contains("\"count\":90"));
    QCOMPARE(lineCount(u"other"_s), 1);
    QCOMPARE(news().lost, 0);
}

void tst_AuditWriter::keepsLinesUntilTheyCanBeWritten_data()
{
    QTest::addColumn<QString>("obstacle");
    QTest::newRow("no directory") << u"missing"_s;
    QTest::newRow("a directory in its place") << u"directory"_s;
    QTest::newRow("another log") << u"locked"_s;
    QTest::newRow("not an audit log") << u"foreign"_s;
}

void tst_AuditWriter::keepsLinesUntilTheyCanBeWritten()
{
    QFETCH(const QString, obstacle);
    AuditSettings there = settings();
    there.path = path(u"place/log"_s);
    AuditFile other;
    if (obstacle != u"missing"_s)
        makeDirectory(u"place"_s);
    if (obstacle == u"directory"_s)
        makeDirectory(u"place/log"_s);
    else if (obstacle == u"locked"_s)
        QVERIFY(!other.open(there.path));
    else if (obstacle == u"foreign"_s)
        write(u"place/log"_s, "text");
    start(there);
    QTRY_VERIFY(news().problem);
    observe("alice");
    if (obstacle == u"missing"_s)
        makeDirectory(u"place"_s);
    else if (obstacle == u"directory"_s)
        SystemCalls::removeTree(QFile::encodeName(there.path));
    else if (obstacle == u"foreign"_s)
        remove(u"place/log"_s);
    other.close();
    QTRY_VERIFY(contains(u"place/log"_s, "alice"));
    QTRY_VERIFY(!news().problem);
    QCOMPARE(news().lost, 0);
}

void tst_AuditWriter::followsTheName_data()
{
    QTest::addColumn<QString>("change");
    QTest::newRow("renamed") << u"rename"_s;
    QTest::newRow("removed") << u"remove"_s;
    QTest::newRow("replaced") << u"replace"_s;
}

void tst_AuditWriter::followsTheName()
{
    QFETCH(const QString, change);
    start(settings());
    observe("alice");
    QTRY_VERIFY(contains(u"log"_s, "alice"));
    if (change == u"remove"_s)
        remove(u"log"_s);
    else
        rename(u"log"_s, u"renamed"_s);
    if (change == u"replace"_s)
        write(u"log"_s, {}, 0640);
    observe("bob");
    QTRY_VERIFY(contains(u"log"_s, "bob"));
    QCOMPARE(lineCount(u"log"_s), 1);
    QCOMPARE(modeOf(u"log"_s), change == u"replace"_s ? 0640 : 0600);
    QVERIFY(!news().problem);
}

void tst_AuditWriter::staysInARenamedFileIfThereIsNoOther()
{
    start(settings());
    observe("alice");
    QTRY_VERIFY(contains(u"log"_s, "alice"));
    rename(u"log"_s, u"renamed"_s);
    makeDirectory(u"log"_s);
    observe("bob");
    QTRY_VERIFY(contains(u"renamed"_s, "bob"));
    QTRY_VERIFY(news().problem);
    SystemCalls::removeTree(QFile::encodeName(path(u"log"_s)));
    observe("carol");
    QTRY_VERIFY(contains(u"log"_s, "carol"));
    QTRY_VERIFY(!news().problem);
    QCOMPARE(news().lost, 0);
}

void tst_AuditWriter::rotatesBySize()
{
    AuditSettings small = settings();
    small.maximumSize = 1000;
    small.maximumFiles = 1000;
    start(small);
    observe("user", 500);
    end();
    qsizetype count = 0;
    const QStringList files = names();
    QVERIFY(files.size() > 40);
    for (const QString &name : files) {
        const QByteArray contents = contentsOf(name);
        QVERIFY(contents.size() <= 1000);
        QVERIFY(contents.endsWith('\n'));
        count += contents.count('\n');
    }
    QCOMPARE(count, 500);
    QVERIFY(contains(u"log"_s, "user499"));
}

void tst_AuditWriter::writesALineThatIsTooLong()
{
    AuditSettings small = settings();
    small.maximumSize = 10;
    start(small);
    observe("alice");
    observe("bob");
    end();
    QVERIFY(contains(u"log.1"_s, "alice"));
    QVERIFY(contains(u"log"_s, "bob"));
}

// On a 32-bit system, this size does not fit into the type of sizes in memory.
void tst_AuditWriter::doesNotRotateASmallFile()
{
    AuditSettings large = settings();
    large.maximumSize = qint64{6} * 1024 * 1024 * 1024;
    start(large);
    observe("user", 100);
    end();
    QCOMPARE(names(), QStringList{u"log"_s});
    QCOMPARE(lineCount(u"log"_s), 100);
}

void tst_AuditWriter::rotatesByAge()
{
    AuditSettings daily = settings();
    daily.maximumAge = 86'400;
    start(daily);
    observe("alice");
    QTRY_VERIFY(contains(u"log"_s, "alice"));
    observe("bob");
    QTRY_VERIFY(contains(u"log"_s, "bob"));
    Clock::advance(86'400'000'000'000);
    observe("carol");
    QTRY_VERIFY(contains(u"log"_s, "carol"));
    QCOMPARE(lineCount(u"log"_s), 1);
    QCOMPARE(lineCount(u"log.1"_s), 2);
}

void tst_AuditWriter::remembersTheAgeOfAFile()
{
    write(u"log"_s, "{\"time\":\"2020-01-01T00:00:00.000Z\"}\n");
    AuditSettings daily = settings();
    daily.maximumAge = 86'400;
    start(daily);
    observe("alice");
    end();
    QCOMPARE(lineCount(u"log"_s), 1);
    QVERIFY(contains(u"log"_s, "alice"));
    QVERIFY(contentsOf(u"log.1"_s).contains("2020"));
}

void tst_AuditWriter::goesOnWithoutRotation()
{
    makeDirectory(u"log.1"_s);
    write(u"log.1/file"_s, {});
    AuditSettings small = settings();
    small.maximumSize = 200;
    small.maximumFiles = 1;
    start(small);
    observe("user", 100);
    QTRY_COMPARE(lineCount(u"log"_s), 100);
    QTRY_VERIFY(news().problem);
    QCOMPARE(news().lost, 0);
}

void tst_AuditWriter::reportsFailedSynchronizations_data()
{
    QTest::addColumn<QString>("change");
    QTest::newRow("the file is full") << u"rotation"_s;
    QTest::newRow("the file is renamed") << u"renaming"_s;
    QTest::newRow("another file is set") << u"other file"_s;
    QTest::newRow("the log ends") << u"end"_s;
}

void tst_AuditWriter::reportsFailedSynchronizations()
{
    QFETCH(const QString, change);
    AuditSettings changed = settings();
    changed.syncInterval = 1'000'000;
    changed.maximumSize = change == u"rotation"_s ? 1000 : 0;
    start(changed);
    observe("alice");
    QTRY_VERIFY(contains(u"log"_s, "alice"));
    failsToSynchronize = true;
    if (change == u"renaming"_s)
        rename(u"log"_s, u"renamed"_s);
    if (change == u"other file"_s) {
        changed.path = path(u"other"_s);
        m_queue->setSettings(changed);
    }
    observe("user", 20);
    if (change == u"end"_s)
        end();
    QTRY_COMPARE(m_problemCount, 1);
}

void tst_AuditWriter::reportsThatItIsSynchronizedAgain()
{
    AuditSettings often = settings();
    often.syncInterval = 0;
    failsToSynchronize = true;
    start(often);
    observe("alice");
    QTRY_VERIFY(news().problem);
    failsToSynchronize = false;
    observe("bob");
    QTRY_VERIFY(!news().problem);
    QCOMPARE(lineCount(u"log"_s), 2);
}

void tst_AuditWriter::countsRepeatedDecisions()
{
    start(settings());
    for (int i = 0; i < 100; ++i)
        observe("alice");
    QTRY_VERIFY(contentsOf(u"log"_s).contains("\"repeated\""));
    end();
    const QByteArray lines = contentsOf(u"log"_s);
    const QByteArray last = lines.mid(lines.lastIndexOf("\"count\":") + 8);
    QCOMPARE(lines.count("\"accepted\"") + last.left(last.indexOf('}')).toInt(), 100);
}

void tst_AuditWriter::countsLostDecisions()
{
    makeFifo(u"fifo"_s);
    const FileDescriptor reader(
        ::open(QFile::encodeName(path(u"fifo"_s)).constData(), O_RDONLY | O_NONBLOCK));
    AuditSettings slow = settings();
    slow.path = path(u"fifo"_s);
    start(slow);
    m_reason = QByteArray(1000, 'r');
    for (int i = 0; i < 400; ++i)
        observe(QByteArray::number(i) + '-', 100); // more than fits into the queue
    qint64 whole = 0; // decisions that were written, or counted as alike
    qint64 reported = 0;
    QByteArray lines;
    const auto read = [&] {
        QByteArray part(64 * 1024, '\0');
        ssize_t size = 0;
        while ((size = ::read(reader.get(), part.data(), 64 * 1024)) > 0)
            lines += part.left(size);
        const qsizetype end = lines.lastIndexOf('\n') + 1;
        for (const QByteArray &line : lines.left(end).chopped(end > 0 ? 1 : 0).split('\n')) {
            const qsizetype count = line.indexOf("\"count\":");
            if (count >= 0)
                (line.contains("not written") ? reported : whole) +=
                    line.mid(count + 8).chopped(1).toLongLong();
            else if (!line.isEmpty())
                ++whole;
        }
        lines.remove(0, end);
        return whole + reported == 40'000;
    };
    QTRY_VERIFY_WITH_TIMEOUT(read(), 60'000);
    QVERIFY(reported > 0);
    QTRY_COMPARE(news().lost, reported);
    QTRY_VERIFY(!news().problem);
}

void tst_AuditWriter::losesWhatCannotBeWrittenAtTheEnd()
{
    AuditSettings nowhere = settings();
    nowhere.path = path(u"missing/log"_s);
    start(nowhere);
    observe("user", 7);
    end();
    QCOMPARE(news().lost, 7);
    QVERIFY(news().problem);
}

void tst_AuditWriter::survivesAClosedReader()
{
    makeFifo(u"fifo"_s);
    const QByteArray fifo = QFile::encodeName(path(u"fifo"_s));
    FileDescriptor reader(::open(fifo.constData(), O_RDONLY | O_NONBLOCK));
    AuditSettings stream = settings();
    stream.path = path(u"fifo"_s);
    start(stream);
    observe("alice");
    QByteArray lines;
    const auto read = [&reader, &lines] {
        QByteArray part(1000, '\0');
        lines += part.left(std::max<ssize_t>(::read(reader.get(), part.data(), 1000), 0));
        return lines;
    };
    QTRY_VERIFY(read().contains("alice"));
    reader.reset();
    observe("bob");
    QTRY_VERIFY(news().problem);
    reader = FileDescriptor(::open(fifo.constData(), O_RDONLY | O_NONBLOCK));
    QTRY_VERIFY(read().contains("bob"));
    QTRY_VERIFY(!news().problem);
}

QTEST_GUILESS_MAIN(tst_AuditWriter)
#include "tst_auditwriter.moc"
