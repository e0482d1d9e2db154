// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/sqlcredentials.h"

#include "databasetest.h"
#include "sql/database/sqlconnection.h"
#include "sql/database/sqlschema.h"
#include "sql/database/sqltransaction.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qendian.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Kind = SqlCredential::Kind;

// Tests edits of the table of credentials in each kind of database.
class tst_SqlCredentials : public DatabaseTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;
    void roundTrip_data() { addDrivers(); }
    void roundTrip();
    void sameEntryIsNoChange_data() { addDrivers(); }
    void sameEntryIsNoChange();
    void disabledEntries_data() { addDrivers(); }
    void disabledEntries();
    void valuesAreNoStatements_data();
    void valuesAreNoStatements();
    void refusedValues_data();
    void refusedValues();
    void selections_data();
    void selections();
    void removeOthers_data() { addDrivers(); }
    void removeOthers();
    void timesWithoutEnd();
    void pruneMarksWhatItRemoves_data() { addDrivers(); }
    void pruneMarksWhatItRemoves();
    void pruneOfACopy();
    void pruneKeepsRunningTransactions();
    void manyRowsInOneTransaction_data() { addDrivers(); }
    void manyRowsInOneTransaction();

private:
    void connect(const QString &driver);
    SqlCredential key(char letter, const QString &domain = u"sensors"_s) const
    {
        SqlCredential credential;
        credential.id = {domain, Kind::Curve, QByteArray(32, letter), {}};
        return credential;
    }
    SqlCredential user(const QString &name, const QString &domain = u"sensors"_s) const
    {
        SqlCredential credential;
        credential.id = {domain, Kind::Plain, {}, name};
        credential.hash = "$argon2id$v=19$m=1024,t=1,p=1$c2FsdA$aGFzaA";
        return credential;
    }
    qint64 upsert(const SqlCredential &credential,
                  SqlCredentials::Enabling enabling = SqlCredentials::Enabling::Enable)
    {
        const Result<qint64> changed = m_credentials->upsert(credential, enabling);
        if (!changed)
            qFatal("%ls", qUtf16Printable(changed.problem().text()));
        return *changed;
    }
    QList<SqlCredential> list(const SqlSelection &selection = {}) const;
    // Returns the keys' first letters, and the names.
    QString ids() const;

    std::unique_ptr<SqlConnection> m_connection;
    std::unique_ptr<SqlCredentials> m_credentials;
};

void tst_SqlCredentials::init()
{
    DatabaseTest::init();
}

void tst_SqlCredentials::cleanup()
{
    m_credentials.reset();
    m_connection.reset();
    DatabaseTest::cleanup();
}

void tst_SqlCredentials::connect(const QString &driver)
{
    m_connection = std::make_unique<SqlConnection>();
    Problem problem =
        m_connection->open({driver, newDatabase(driver)}, SqlConnection::Access::Create);
    if (!problem)
        problem = SqlSchema::migrate(*m_connection);
    if (problem)
        qFatal("%ls", qUtf16Printable(problem.text()));
    m_credentials = std::make_unique<SqlCredentials>(*m_connection);
}

QList<SqlCredential> tst_SqlCredentials::list(const SqlSelection &selection) const
{
    QList<SqlCredential> result;
    const Problem problem = m_credentials->list(selection, [&](const SqlCredential &credential) {
        result += credential;
        return true;
    });
    if (problem)
        qFatal("%ls", qUtf16Printable(problem.text()));
    return result;
}

QString tst_SqlCredentials::ids() const
{
    QStringList result;
    for (const SqlCredential &credential : list()) {
        result +=
            credential.id.domain + u'/'
            + (credential.id.kind == Kind::Curve ? QString::fromLatin1(credential.id.key.left(1))
                                                 : credential.id.name);
    }
    return result.join(u' ');
}

void tst_SqlCredentials::roundTrip()
{
    QFETCH(const QString, driver);
    connect(driver);
    SqlCredential turbine = key('\0'); // a key is not a text
    turbine.userId = u"turbine-\u00e9"_s;
    turbine.fields = {{u"site"_s, u"north \"1\" \\ \u20ac"_s}, {u"role"_s, u""_s}};
    turbine.notAfter = QDateTime::fromString(u"2027-01-31T02:00:00.123+02:00"_s, Qt::ISODateWithMs);
    QCOMPARE(upsert(turbine), 1);
    QCOMPARE(upsert(user(u"alice"_s)), 1);
    const QList<SqlCredential> all = list();
    QCOMPARE(all.size(), 2);
    QCOMPARE(all[0].id.domain, u"sensors"_s);
    QCOMPARE(all[0].id.key, turbine.id.key);
    QCOMPARE(all[0].userId, turbine.userId);
    QCOMPARE(all[0].fields, turbine.fields);
    QVERIFY(all[0].notAfter);
    QCOMPARE(all[0].notAfter->toMSecsSinceEpoch(), turbine.notAfter->toMSecsSinceEpoch());
    QVERIFY(all[0].isEnabled);
    QCOMPARE(all[1].id.kind, Kind::Plain);
    QCOMPARE(all[1].id.name, u"alice"_s);
    QVERIFY(all[1].hash.isEmpty()); // is not listed
    QVERIFY(!all[1].notAfter);
    QCOMPARE(value(u"SELECT hash FROM qzap_credentials WHERE name = 'alice'"_s),
             QString::fromLatin1(user({}).hash));
}

void tst_SqlCredentials::sameEntryIsNoChange()
{
    QFETCH(const QString, driver);
    connect(driver);
    SqlCredential credential = key('a');
    credential.notAfter = QDateTime::fromMSecsSinceEpoch(1'800'000'000'000, Qt::UTC);
    QCOMPARE(upsert(credential), 1);
    QCOMPARE(upsert(credential), 0);
    credential.fields = {{u"site"_s, u"north"_s}};
    QCOMPARE(upsert(credential), 1);
    QCOMPARE(upsert(credential), 0);
    credential.notAfter.reset();
    QCOMPARE(upsert(credential), 1);
    credential.userId = u"x"_s;
    QCOMPARE(upsert(credential), 1);
    QCOMPARE(value(u"SELECT count(*) FROM qzap_changes"_s), u"4"_s);
    SqlCredential alice = user(u"alice"_s);
    QCOMPARE(upsert(alice), 1);
    QCOMPARE(upsert(alice), 0);
    alice.hash += 'x';
    QCOMPARE(upsert(alice), 1);
}

void tst_SqlCredentials::disabledEntries()
{
    QFETCH(const QString, driver);
    connect(driver);
    upsert(key('a'));
    SqlSelection selection;
    selection.key = QByteArray(32, 'a');
    QCOMPARE(*m_credentials->setEnabled(selection, false), 1);
    QVERIFY(!list().first().isEnabled);
    QCOMPARE(upsert(key('a'), SqlCredentials::Enabling::Keep), 0);
    SqlCredential changed = key('a');
    changed.userId = u"x"_s;
    QCOMPARE(upsert(changed, SqlCredentials::Enabling::Keep), 1);
    QVERIFY(!list().first().isEnabled);
    QCOMPARE(upsert(changed), 1);
    QVERIFY(list().first().isEnabled);
    QCOMPARE(*m_credentials->setEnabled(selection, false), 1);
    QCOMPARE(*m_credentials->setEnabled(selection, true), 1);
    QVERIFY(list().first().isEnabled);
}

void tst_SqlCredentials::valuesAreNoStatements_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QString>("text");
    for (const QString &driver : drivers()) {
        const auto row = [&](const char *name, const QString &text) {
            QTest::addRow("%s, %s", name, qPrintable(driver)) << driver << text;
        };
        row("statement", u"'; DROP TABLE qzap_credentials; --"_s);
        row("statement after a backslash", u"\\'; DROP TABLE qzap_credentials; --"_s);
        row("condition", u"' OR '1' = '1"_s);
        row("placeholders", u"? :a $1 %1 @a"_s);
        row("quotes", u"\"'`$$"_s);
        row("comment", u"/*"_s);
    }
}

void tst_SqlCredentials::valuesAreNoStatements()
{
    QFETCH(const QString, driver);
    QFETCH(const QString, text);
    connect(driver);
    upsert(key('z', u"other"_s));
    SqlCredential credential = key('a', text);
    credential.userId = text;
    credential.fields = {{text, text}};
    QCOMPARE(upsert(credential), 1);
    QCOMPARE(upsert(user(text, text)), 1);
    SqlSelection selection;
    selection.domain = text;
    QList<SqlCredential> found = list(selection);
    QCOMPARE(found.size(), 2);
    QCOMPARE(found[0].userId, text);
    QCOMPARE(found[0].fields.value(text).toString(), text);
    QCOMPARE(found[1].id.name, text);
    QCOMPARE(*m_credentials->setEnabled(selection, false), 2);
    selection = {};
    selection.userId = text;
    QCOMPARE(list(selection).size(), 2);
    selection = {};
    selection.name = text;
    QCOMPARE(*m_credentials->remove(selection), 1);
    QCOMPARE(*m_credentials->removeOthers(text, Kind::Curve, {}), 1);
    QCOMPARE(ids(), u"other/z"_s);
}

void tst_SqlCredentials::refusedValues_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QString>("part");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("said");
    const QString nul = u"a"_s + QChar::Null + u"b"_s;
    for (const QString &driver : drivers()) {
        const auto row = [&](const char *name, const QString &part, const QString &text,
                             const QString &said) {
            QTest::addRow("%s, %s", name, qPrintable(driver)) << driver << part << text << said;
        };
        for (const char *part : {"domain", "name", "userId", "field", "value"})
            row(qPrintable(u"NUL in the "_s + QString::fromLatin1(part)), QString::fromLatin1(part),
                nul, u"NUL"_s);
        for (const char *part : {"domain", "name", "userId"}) {
            row(qPrintable(u"256 bytes in the "_s + QString::fromLatin1(part)),
                QString::fromLatin1(part), QString(128, u'\u00e9'), u"256 bytes"_s);
            row(qPrintable(u"half a character in the "_s + QString::fromLatin1(part)),
                QString::fromLatin1(part), QString(QChar(0xd800)), u"valid text"_s);
        }
        row("empty domain", u"domain"_s, {}, u"empty"_s);
        row("empty name", u"name"_s, {}, u"empty"_s);
        row("short key", u"key"_s, QString(31, u'a'), u"31 bytes"_s);
        row("key as text", u"key"_s, QString(40, u'a'), u"40 bytes"_s);
        row("password", u"hash"_s, u"geheim"_s, u"argon2id"_s);
        row("hash of another kind", u"hash"_s, u"$2y$10$geheim"_s, u"argon2id"_s);
    }
}

void tst_SqlCredentials::refusedValues()
{
    QFETCH(const QString, driver);
    QFETCH(const QString, part);
    QFETCH(const QString, text);
    QFETCH(const QString, said);
    connect(driver);
    SqlCredential credential = part == "name"_L1 || part == "hash"_L1 ? user(u"alice"_s) : key('a');
    if (part == "domain"_L1)
        credential.id.domain = text;
    else if (part == "name"_L1)
        credential.id.name = text;
    else if (part == "key"_L1)
        credential.id.key = text.toLatin1();
    else if (part == "hash"_L1)
        credential.hash = text.toLatin1();
    else if (part == "userId"_L1)
        credential.userId = text;
    else if (part == "field"_L1)
        credential.fields = {{text, u"x"_s}};
    else
        credential.fields = {{u"x"_s, text}};
    const Result<qint64> changed = m_credentials->upsert(credential);
    QVERIFY(!changed);
    QVERIFY2(changed.problem().text().contains(said), qPrintable(changed.problem().text()));
    QVERIFY(!changed.problem().text().contains(u"geheim"_s));
    QCOMPARE(ids(), QString());
}

void tst_SqlCredentials::selections_data()
{
    QTest::addColumn<QString>("driver");
    QTest::addColumn<QString>("part");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("remaining");
    for (const QString &driver : drivers()) {
        const auto row = [&](const char *name, const QString &part, const QString &text,
                             const QString &remaining) {
            QTest::addRow("%s, %s", name, qPrintable(driver))
                << driver << part << text << remaining;
        };
        row("key in all domains", u"key"_s, u"a"_s, u"admin/alice sensors/b sensors/alice"_s);
        row("key in one domain", u"sensors key"_s, u"a"_s,
            u"admin/a admin/alice sensors/b sensors/alice"_s);
        row("name", u"name"_s, u"alice"_s, u"admin/a sensors/a sensors/b"_s);
        row("user id", u"userId"_s, u"alice"_s, u"admin/a sensors/a"_s);
        row("user id in one domain", u"sensors userId"_s, u"alice"_s,
            u"admin/a admin/alice sensors/a"_s);
        row("unknown", u"name"_s, u"bob"_s,
            u"admin/a admin/alice sensors/a sensors/b sensors/alice"_s);
        row("nothing", {}, {}, u"admin/a admin/alice sensors/a sensors/b sensors/alice"_s);
        row("empty user id", u"userId"_s, {},
            u"admin/a admin/alice sensors/a sensors/b sensors/alice"_s);
    }
}

void tst_SqlCredentials::selections()
{
    QFETCH(const QString, driver);
    QFETCH(const QString, part);
    QFETCH(const QString, text);
    QFETCH(const QString, remaining);
    connect(driver);
    upsert(key('a'));
    upsert(key('a', u"admin"_s));
    SqlCredential alice = key('b');
    alice.userId = u"alice"_s;
    upsert(alice);
    upsert(user(u"alice"_s));
    upsert(user(u"alice"_s, u"admin"_s));
    SqlSelection selection;
    if (part.contains(u"sensors"_s))
        selection.domain = u"sensors"_s;
    if (part.contains(u"key"_s))
        selection.key = QByteArray(32, text.front().toLatin1());
    if (part.contains(u"name"_s))
        selection.name = text;
    if (part.contains(u"userId"_s))
        selection.userId = text;
    const Result<qint64> removed = m_credentials->remove(selection);
    QCOMPARE(bool(removed), !text.isEmpty());
    if (removed)
        QCOMPARE(*removed, 5 - remaining.split(u' ').size());
    QCOMPARE(ids(), remaining);
}

void tst_SqlCredentials::removeOthers()
{
    QFETCH(const QString, driver);
    connect(driver);
    for (const char letter : {'a', 'b', 'c'})
        upsert(key(letter));
    upsert(key('c', u"admin"_s));
    upsert(user(u"c"_s));
    QCOMPARE(*m_credentials->removeOthers(u"sensors"_s, Kind::Curve,
                                          {QByteArray(32, 'a'), QByteArray(32, 'z')}),
             2);
    QCOMPARE(ids(), u"admin/c sensors/a sensors/c"_s);
    QCOMPARE(*m_credentials->removeOthers(u"sensors"_s, Kind::Plain, {}), 1);
    QCOMPARE(ids(), u"admin/c sensors/a"_s);

    QList<SqlCredential> many(250, key('n')); // more than one statement removes
    for (qsizetype i = 0; i < many.size(); ++i)
        many[i].id.key[0] = static_cast<char>(i);
    QCOMPARE(*m_credentials->upsert(many), many.size());
    QCOMPARE(*m_credentials->removeOthers(u"sensors"_s, Kind::Curve, {QByteArray(32, 'a')}),
             many.size());
    QCOMPARE(ids(), u"admin/c sensors/a"_s);
}

void tst_SqlCredentials::timesWithoutEnd()
{
    if (!drivers().contains(u"QPSQL"_s))
        QSKIP("no server");
    connect(u"QPSQL"_s);
    upsert(key('a'));
    QCOMPARE(execute(u"UPDATE qzap_credentials SET not_after = 'infinity'"_s), QString());
    QVERIFY(!list().first().notAfter);
    QCOMPARE(execute(u"UPDATE qzap_credentials SET not_after = '-infinity'"_s), QString());
    QVERIFY(list().first().notAfter && list().first().notAfter->toMSecsSinceEpoch() == 0);
}

void tst_SqlCredentials::pruneMarksWhatItRemoves()
{
    QFETCH(const QString, driver);
    connect(driver);
    QCOMPARE(*m_credentials->prune(0), 0);
    QCOMPARE(value(u"SELECT pruned FROM qzap_meta"_s), u"0"_s);
    upsert(key('a'));
    upsert(key('b'));
    const QString last = value(u"SELECT xid FROM qzap_changes ORDER BY xid DESC LIMIT 1"_s);
    QCOMPARE(*m_credentials->prune(3600), 0);
    QCOMPARE(value(u"SELECT pruned FROM qzap_meta"_s), u"0"_s);
    QVERIFY(!m_connection->execute(
        isPostgreSql(driver) ? u"UPDATE qzap_changes SET changed_at = now() - '2 h'::interval"_s
                             : u"UPDATE qzap_changes SET changed_at = changed_at - 7200"_s));
    upsert(key('c'));
    QCOMPARE(*m_credentials->prune(3600), 2);
    QCOMPARE(value(u"SELECT pruned FROM qzap_meta"_s), last);
    QCOMPARE(value(u"SELECT count(*) FROM qzap_changes"_s), u"1"_s);
    // The mark never goes back.
    QCOMPARE(*m_credentials->prune(3600), 0);
    QCOMPARE(value(u"SELECT pruned FROM qzap_meta"_s), last);
    QCOMPARE(ids(), u"sensors/a sensors/b sensors/c"_s);
}

// The numbers of transactions in a copy are those of another server.
void tst_SqlCredentials::pruneOfACopy()
{
    if (!drivers().contains(u"QPSQL"_s))
        QSKIP("no server");
    connect(u"QPSQL"_s);
    upsert(key('a'));
    QCOMPARE(execute(u"INSERT INTO qzap_changes (xid, domain, kind, name, removed, changed_at) "
                     "VALUES ('9000000000', 'd', 'plain', 'x', true, now() - '2 h'::interval)"_s),
             QString());
    QCOMPARE(execute(u"UPDATE qzap_meta SET pruned = '8000000000'"_s), QString());
    QCOMPARE(*m_credentials->prune(3600), 1);
    QCOMPARE(value(u"SELECT pruned FROM qzap_meta"_s), u"0"_s);
    QCOMPARE(value(u"SELECT count(*) FROM qzap_changes"_s), u"1"_s);
}

void tst_SqlCredentials::pruneKeepsRunningTransactions()
{
    if (!drivers().contains(u"QPSQL"_s))
        QSKIP("no server");
    connect(u"QPSQL"_s);
    SqlConnection other;
    QVERIFY(!other.open({u"QPSQL"_s, optionsAs(u"postgres"_s)}, SqlConnection::Access::ReadWrite));
    SqlTransaction transaction(other);
    QVERIFY(!transaction.begin(SqlTransaction::Kind::Write));
    SqlCredentials late(other);
    QVERIFY(late.upsert(key('a')));
    upsert(key('b')); // a later transaction that is committed first
    QCOMPARE(*m_credentials->prune(0), 1);
    QVERIFY(!transaction.commit());
    const QString number = value(u"SELECT xid FROM qzap_changes"_s);
    QVERIFY(!number.isEmpty());
    // A reader whose snapshot was taken before has this transaction as its xmin, or an earlier one.
    QCOMPARE(value(u"SELECT pruned >= '%1'::xid8 FROM qzap_meta"_s.arg(number)), u"true"_s);
}

void tst_SqlCredentials::manyRowsInOneTransaction()
{
    QFETCH(const QString, driver);
    constexpr int Count = 10'000;
    connect(driver);
    QElapsedTimer timer;
    timer.start();
    SqlTransaction transaction(*m_connection);
    QVERIFY(!transaction.begin(SqlTransaction::Kind::Write));
    QList<SqlCredential> credentials(Count, key('a'));
    for (int i = 0; i < Count; ++i)
        qToBigEndian(i, credentials[i].id.key.data());
    credentials += key('b'); // a number that is no multiple of those in one statement
    Result<qint64> changed = m_credentials->upsert(credentials);
    QVERIFY2(changed && *changed == Count + 1, qPrintable(changed.problem().text()));
    changed = m_credentials->upsert(credentials, SqlCredentials::Enabling::Keep);
    QVERIFY2(changed && *changed == 0, qPrintable(changed.problem().text()));
    SqlSelection selection;
    selection.key = QByteArray(32, 'b');
    QCOMPARE(*m_credentials->remove(selection), 1);
    QVERIFY(!m_connection->execute(u"DELETE FROM qzap_changes WHERE key = (SELECT key FROM "
                                   "qzap_changes WHERE removed)"_s));
    QVERIFY(!transaction.commit());
    qInfo("%d entries in %lld ms", Count, timer.elapsed());
    QCOMPARE(value(u"SELECT count(*) FROM qzap_changes"_s), QString::number(Count));
    // One statement that changes all keys writes a removal and an insertion of each.
    timer.start();
    QCOMPARE(execute(isPostgreSql(driver) ? u"UPDATE qzap_credentials SET key = sha256(key)"_s
                                          : u"UPDATE qzap_credentials SET domain = 'other'"_s),
             QString());
    qInfo("%d changed keys in %lld ms", Count, timer.elapsed());
    QCOMPARE(value(u"SELECT count(*) FROM qzap_changes"_s), QString::number(3 * Count));
    int listed = 0;
    QVERIFY(!m_credentials->list({}, [&](const SqlCredential &) { return ++listed < Count / 2; }));
    QCOMPARE(listed, Count / 2);
    QVERIFY(timer.elapsed() < 30'000);
}

QTEST_GUILESS_MAIN(tst_SqlCredentials)

#include "tst_sqlcredentials.moc"
