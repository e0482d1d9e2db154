// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/connectionbreaker.h"
#include "sql/database/sqlconnection.h"
#include "sql/database/sqlschema.h"
#include "sql/entryproblems.h"
#include "sql/entrywriter.h"
#include "sql/replicationrun.h"
#include "sql/sqlitereader.h"
#include "sql/storeaccess.h"
#include "sql/waker.h"

#include "filetest.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <array>
#include <chrono>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// Tests the small classes that a source consists of.
class tst_SqlParts : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void readsTimes_data();
    void readsTimes();
    void readsFields_data();
    void readsFields();
    void listsProblems();
    void reportsProblemsOnce();
    void countsProblemsWithoutNames();
    void wakes_data();
    void wakes();
    void wakesForData();
    void breaksConnections();
    void tellsOfABreakBeforeTheCallReturns();
    void onlyServersAreSilent();
    void grantsOneAccessToAStore();
    void identifiesFiles();
    void unusableFiles_data();
    void unusableFiles();

private:
    // Two sockets that are connected.
    struct Pair
    {
        Pair() { isOpen = ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0; }
        ~Pair()
        {
            for (const int end : ends)
                ::close(end);
        }
        Q_DISABLE_COPY_MOVE(Pair)

        std::array<int, 2> ends = {-1, -1};
        bool isOpen = false;
    };
};

void tst_SqlParts::readsTimes_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<bool>("isValid");
    QTest::addColumn<QString>("utc"); // empty: never
    const auto row = [](const char *name, const QVariant &value, bool isValid, const char *utc) {
        QTest::newRow(name) << value << isValid << QString::fromLatin1(utc);
    };
    const auto text = [](const char *value) { return QVariant(QString::fromLatin1(value)); };
    row("null", QVariant(), true, "");
    row("milliseconds", QVariant(qlonglong{1000}), true, "1970-01-01T00:00:01Z");
    row("unsigned milliseconds", QVariant(qulonglong{1000}), true, "1970-01-01T00:00:01Z");
    row("UTC", text("2027-01-31T00:00:00Z"), true, "2027-01-31T00:00:00Z");
    row("a space", text("2027-01-31 00:00:00Z"), true, "2027-01-31T00:00:00Z");
    row("an offset", text("2027-01-31T00:00:00+02:00"), true, "2027-01-30T22:00:00Z");
    row("infinity", text("Infinity"), true, "");
    row("no offset", text("2027-01-31T00:00:00"), false, "");
    row("a date", text("2027-01-31"), false, "");
    row("no such day", text("2027-02-30T00:00:00Z"), false, "");
    row("empty", text(""), false, "");
    row("words", text("tomorrow"), false, "");
    row("NUL", QVariant(QStringLiteral("2027-01-31T00:00:00Z") + QChar(0)), false, "");
}

void tst_SqlParts::readsTimes()
{
    QFETCH(const QVariant, value);
    QFETCH(const bool, isValid);
    QFETCH(const QString, utc);
    const Result<EntryWriter::Time> time = EntryWriter::timeOf(value);
    QCOMPARE(static_cast<bool>(time), isValid);
    if (!time)
        return;
    QCOMPARE(time->has_value(), !utc.isEmpty());
    if (time->has_value())
        QCOMPARE((*time)->toUTC().toString(Qt::ISODate), utc);
}

void tst_SqlParts::readsFields_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<bool>("isValid");
    QTest::addColumn<int>("count");
    QTest::newRow("null") << QVariant() << true << 0;
    QTest::newRow("an object") << QVariant(QStringLiteral("{\"a\": \"b\", \"c\": \"d\"}")) << true
                               << 2;
    QTest::newRow("a list") << QVariant(QStringLiteral("[1]")) << false << 0;
    QTest::newRow("a text") << QVariant(QStringLiteral("\"a\"")) << false << 0;
    QTest::newRow("torn") << QVariant(QStringLiteral("{\"a\": ")) << false << 0;
    QTest::newRow("empty") << QVariant(QStringLiteral("")) << false << 0;
}

void tst_SqlParts::readsFields()
{
    QFETCH(const QVariant, value);
    QFETCH(const bool, isValid);
    QFETCH(const int, count);
    const Result<QVariantMap> fields = EntryWriter::fieldsOf(value);
    QCOMPARE(static_cast<bool>(fields), isValid);
    if (fields)
        QCOMPARE(fields->size(), count);
}

void tst_SqlParts::listsProblems()
{
    EntryProblems problems;
    QVERIFY(problems.isEmpty());
    QVERIFY(!problems.takeNews());
    QCOMPARE(problems.text(), QString());
    problems.add(QStringLiteral("a"), QStringLiteral("why"));
    QVERIFY(problems.takeNews());
    problems.add(QStringLiteral("a"), QStringLiteral("why"));
    QVERIFY(!problems.takeNews());
    problems.add(QStringLiteral("a"), QStringLiteral("because"));
    QVERIFY(problems.takeNews());
    QVERIFY(problems.text().endsWith(QStringLiteral("not used: a: because")));
    for (int i = 0; i < 5000; ++i)
        problems.add(QStringLiteral("b%1").arg(i), QStringLiteral("why"));
    QVERIFY(problems.text().endsWith(QStringLiteral("; and 4998 more")));
    QVERIFY(problems.text().size() < 200);
    problems.remove(QStringLiteral("a"));
    QVERIFY(problems.text().endsWith(QStringLiteral("; and 4997 more")));
}

void tst_SqlParts::reportsProblemsOnce()
{
    const QString why = QStringLiteral("why");
    EntryProblems problems;
    problems.add(QStringLiteral("a"), why);
    problems.add(QStringLiteral("b"), why);
    for (int i = 0; i < 500; ++i)
        problems.add(QStringLiteral("c%1").arg(i), why);
    QVERIFY(problems.takeNews());
    for (int reading = 0; reading < 2; ++reading) { // the first one is interrupted
        problems.beginAll();
        QVERIFY(problems.isEmpty());
        problems.add(QStringLiteral("a"), why);
        if (reading == 0)
            continue;
        for (int i = 0; i < 500; ++i)
            problems.add(QStringLiteral("c%1").arg(i), why);
    }
    problems.endAll();
    QVERIFY(!problems.takeNews());
    QVERIFY(problems.text().endsWith(QStringLiteral("and 498 more")));
    problems.add(QStringLiteral("b"), why); // was valid meanwhile
    QVERIFY(problems.takeNews());
    problems.beginAll();
    problems.add(QStringLiteral("a"), QStringLiteral("because"));
    problems.endAll();
    QVERIFY(problems.takeNews());
    problems.remove(QStringLiteral("a"));
    QVERIFY(problems.isEmpty());
    problems.add(QStringLiteral("a"), QStringLiteral("because"));
    QVERIFY(problems.takeNews());
}

// The names of the first 1000 are kept.
void tst_SqlParts::countsProblemsWithoutNames()
{
    constexpr int Count = 1200;
    EntryProblems problems;
    const auto nameOf = [](int number) { return QStringLiteral("row %1").arg(number); };
    const auto add = [&](int number) { problems.add(nameOf(number), QStringLiteral("why")); };
    const auto ends = [&](const char *end) {
        return problems.text().endsWith(QString::fromLatin1(end));
    };
    for (int number = 0; number < Count; ++number)
        add(number);
    QVERIFY(problems.takeNews());
    for (int number = 0; number < Count; ++number)
        add(number);
    QVERIFY(!problems.takeNews());
    QVERIFY2(ends("; and 1197 more"), qPrintable(problems.text()));
    problems.remove(nameOf(1100));
    QVERIFY2(ends("; and 1196 more"), qPrintable(problems.text()));
    add(1100); // was valid meanwhile
    QVERIFY(problems.takeNews());

    problems.beginAll();
    for (int number = Count; --number >= 0;) // other names are kept
        add(number);
    problems.endAll();
    QVERIFY(!problems.takeNews());
    QVERIFY2(ends("; and 1197 more"), qPrintable(problems.text()));

    for (int number = 200; number < Count; ++number)
        problems.remove(nameOf(number));
    QVERIFY2(ends("not used: 200"), qPrintable(problems.text()));
    add(0); // its name is kept now
    QVERIFY(!problems.takeNews());
    QVERIFY2(ends("not used: row 0: why; and 199 more"), qPrintable(problems.text()));
    for (int number = 0; number < 200; ++number)
        problems.remove(nameOf(number));
    QVERIFY(problems.isEmpty());
    QCOMPARE(problems.text(), QString());
    add(100);
    QVERIFY(problems.takeNews());
}

void tst_SqlParts::wakes_data()
{
    QTest::addColumn<bool>("hasSocket");
    QTest::newRow("without a socket") << false;
    QTest::newRow("with a socket") << true;
}

void tst_SqlParts::wakes()
{
    QFETCH(const bool, hasSocket);
    const Pair pair;
    QVERIFY(pair.isOpen);
    const int socket = hasSocket ? pair.ends[0] : -1;
    Waker waker;
    QVERIFY(!waker.wait(socket, 1ms));
    QElapsedTimer timer;
    timer.start();
    waker.wake(); // before the wait
    waker.wake();
    QVERIFY(!waker.wait(socket, 1h));
    std::thread other([&] {
        std::this_thread::sleep_for(20ms);
        waker.wake();
    });
    QVERIFY(!waker.wait(socket, 1h));
    other.join();
    QVERIFY(timer.elapsed() < 60000);
    timer.start();
    QVERIFY(!waker.wait(socket, 30ms)); // only once for each call
    QVERIFY(timer.elapsed() >= 25);
}

void tst_SqlParts::wakesForData()
{
    const Pair pair;
    QVERIFY(pair.isOpen);
    Waker waker;
    QCOMPARE(::write(pair.ends[1], "a", 1), 1);
    QVERIFY(waker.wait(pair.ends[0], 1h));
    QVERIFY(waker.wait(pair.ends[0], 1h)); // it was not read
    char byte = 0;
    QCOMPARE(::read(pair.ends[0], &byte, 1), 1);
    QVERIFY(!waker.wait(pair.ends[0], 1ms));
    QCOMPARE(::shutdown(pair.ends[1], SHUT_RDWR), 0);
    QVERIFY(waker.wait(pair.ends[0], 1h));
}

void tst_SqlParts::breaksConnections()
{
    const auto isAlive = [](const Pair &pair) {
        return ::send(pair.ends[0], "a", 1, MSG_NOSIGNAL) == 1;
    };
    ConnectionBreaker breaker;
    breaker.breakConnection(); // none
    QVERIFY(!breaker.isBroken());
    const Pair first;
    breaker.setSocket(first.ends[0]);
    std::thread other([&] {
        std::this_thread::sleep_for(20ms);
        breaker.breakConnection();
    });
    char byte = 0;
    QCOMPARE(::read(first.ends[0], &byte, 1), 0); // waits
    QVERIFY(breaker.isBroken());
    other.join();
    QVERIFY(!isAlive(first));
    const Pair second;
    breaker.setSocket(second.ends[0]);
    QVERIFY(!breaker.isBroken());
    breaker.setSocket(-1);
    breaker.breakAll();
    QVERIFY(isAlive(second));
    const Pair third;
    breaker.setSocket(third.ends[0]);
    QVERIFY(!isAlive(third));
}

// The thread whose call returns asks at once.
void tst_SqlParts::tellsOfABreakBeforeTheCallReturns()
{
    for (int i = 0; i < 200; ++i) {
        const Pair pair;
        ConnectionBreaker breaker;
        breaker.setSocket(pair.ends[0]);
        std::thread other([&] { breaker.breakConnection(); });
        char byte = 0;
        const auto count = ::read(pair.ends[0], &byte, 1);
        const bool isBroken = breaker.isBroken();
        other.join();
        QCOMPARE(count, 0);
        QVERIFY(isBroken);
    }
}

// A long call of SQLite must not make later problems look like those of a server.
void tst_SqlParts::onlyServersAreSilent()
{
    QZapCredentialsStore store;
    ReplicationRun run({}, StoreAccess::claim(&store), [](const ReplicationNews &) {});
    run.breakIfSilent(0);
    run.startWaiting();
    run.breakIfSilent(0);
    QVERIFY(!run.isSilent());
    const Pair pair;
    run.setSocket(pair.ends[0]);
    run.breakIfSilent(Clock::steady()); // not for that long
    QVERIFY(!run.isSilent());
    run.breakIfSilent(0);
    QVERIFY(run.isSilent());
    run.setSocket(-1);
    QVERIFY(!run.isSilent());
}

void tst_SqlParts::grantsOneAccessToAStore()
{
    QZapCredentialsStore store;
    const auto access = StoreAccess::claim(&store);
    QVERIFY(access);
    QVERIFY(!StoreAccess::claim(&store));
    const QByteArray key(32, 'k');
    auto update = access->begin(StoreAccess::Mode::ReplaceAll);
    QVERIFY(update && update->upsertKey(key) && !update->upsertKey("short"));
    QVERIFY(access->commit(&*update)->result());
    QCOMPARE(store.count(), 1);
    auto late = access->begin(StoreAccess::Mode::Delta);
    QVERIFY(late && late->removeKey(key));
    access->close();
    QVERIFY(!access->commit(&*late));
    QVERIFY(!access->begin(StoreAccess::Mode::Delta));
    access->confirm();
    QCOMPARE(store.count(), 1);
    QVERIFY(StoreAccess::claim(&store));
}

void tst_SqlParts::identifiesFiles()
{
    const QString file = write(QStringLiteral("a"), "1");
    const QString identity = SqliteReader::identityOf(file, false);
    const QString contents = SqliteReader::identityOf(file, true);
    QVERIFY(!identity.isEmpty());
    write(QStringLiteral("a"), "22");
    QCOMPARE(SqliteReader::identityOf(file, false), identity);
    QVERIFY(SqliteReader::identityOf(file, true) != contents);
    write(QStringLiteral("b"), "22");
    rename(QStringLiteral("b"), QStringLiteral("a"));
    QVERIFY(SqliteReader::identityOf(file, false) != identity);
    remove(QStringLiteral("a"));
    QCOMPARE(SqliteReader::identityOf(file, false), QString());
}

void tst_SqlParts::unusableFiles_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("said");
    QTest::newRow("missing") << u"missing"_s << u"no such file"_s;
    QTest::newRow("link to nothing")
        << u"link"_s << u"a symbolic link to \"/nowhere/to\", which does not exist"_s;
    QTest::newRow("directory") << u"."_s << u"not a regular file"_s;
    QTest::newRow("fifo") << u"fifo"_s << u"not a regular file"_s;
    QTest::newRow("other contents") << u"text"_s << u"not a database"_s;
    QTest::newRow("name with special characters") << u"a b%3F?#;&x=.db"_s << u"store init"_s;
}

void tst_SqlParts::unusableFiles()
{
    QFETCH(const QString, name);
    QFETCH(const QString, said);
    makeFifo(u"fifo"_s);
    QVERIFY(QFile::link(u"/nowhere/to"_s, path(u"link"_s)));
    write(u"text"_s, QByteArray(5000, 'x'));
    write(u"a b%3F?#;&x=.db"_s, {});
    QList<SqlConnection::Access> all = {SqlConnection::Access::ReadOnly,
                                        SqlConnection::Access::ReadWrite};
    if (name != "missing"_L1)
        all += SqlConnection::Access::Create;
    for (const auto access : std::as_const(all)) {
        SqlConnection connection;
        Problem problem = connection.open({u"QSQLITE"_s, path(name)}, access);
        if (!problem)
            problem = SqlSchema::problemOf(connection);
        QVERIFY2(problem.text().contains(said) && problem.text().contains(path()),
                 qPrintable(problem.text()));
        QCOMPARE(connection.isOpen(), name.endsWith(".db"_L1));
    }
    QVERIFY(!names().contains(u"missing"_s));
}

QTEST_GUILESS_MAIN(tst_SqlParts)
#include "tst_sqlparts.moc"
