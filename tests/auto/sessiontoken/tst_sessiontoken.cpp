// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/sessiontoken.h"

#include <QtCore/qset.h>
#include <QtTest/qtest.h>

#include <functional>

using namespace QZap;
using namespace QZap::Internal;

using Change = std::function<void(QByteArray *)>;
Q_DECLARE_METATYPE(Change)

class tst_SessionToken : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatItWrites_data();
    void readsWhatItWrites();
    void refusesForgedTokens_data();
    void refusesForgedTokens();
    void refusesTheBodyOfAnotherSession();
    void hasNoSizeForRecordsThatCannotBeWritten_data();
    void hasNoSizeForRecordsThatCannotBeWritten();
    void isText();
    void givesConsecutiveSessionsDifferentSlots();

private:
    static QByteArray make(const SessionRecord &record)
    {
        QByteArray token(SessionToken::sizeOf(record), '\0');
        if (!token.isEmpty())
            SessionToken::write(record, token.data(), token.size());
        return token;
    }
    static SessionRecord record(Mechanism mechanism = Mechanism::Plain)
    {
        SessionRecord result;
        result.number = 0x123456789abcdef0;
        result.authenticator = 7;
        result.since = 1800000000123;
        result.mechanism = mechanism;
        result.domain = "test";
        result.credential = mechanism == Mechanism::Curve ? QByteArray(32, '\0') : "bob";
        result.address = "127.0.0.1";
        result.userId = "b\xc3\xb6"
                        "b";
        result.entry = {1, 0xffffffffffffffff, 3};
        result.fieldNames = {"Role", "Site"};
        return result;
    }
};

void tst_SessionToken::readsWhatItWrites_data()
{
    QTest::addColumn<SessionRecord>("wanted");
    QTest::newRow("NULL") << record(Mechanism::Null);
    QTest::newRow("PLAIN") << record(Mechanism::Plain);
    QTest::newRow("CURVE, a key of zeros") << record(Mechanism::Curve);
    QTest::newRow("GSSAPI") << record(Mechanism::Gssapi);
    SessionRecord longest = record();
    for (QByteArray *text :
         {&longest.domain, &longest.credential, &longest.address, &longest.userId}) {
        *text = QByteArray(255, 'x');
    }
    longest.fieldNames = QByteArrayList(100, QByteArray(255, 'n'));
    QTest::newRow("longest texts") << longest;
    SessionRecord empty;
    empty.isEnforced = false;
    QTest::newRow("empty") << empty;
}

void tst_SessionToken::readsWhatItWrites()
{
    QFETCH(const SessionRecord, wanted);

    const QByteArray token = make(wanted);
    const std::shared_ptr<SessionRecord> read = SessionToken::read(token);
    QVERIFY(read);
    QCOMPARE(read->number, wanted.number);
    QCOMPARE(read->authenticator, wanted.authenticator);
    QCOMPARE(read->since, wanted.since);
    QCOMPARE(read->mechanism, wanted.mechanism);
    QCOMPARE(read->isEnforced, wanted.isEnforced);
    QCOMPARE(read->domain, wanted.domain);
    QCOMPARE(read->credential, wanted.credential);
    QCOMPARE(read->address, wanted.address);
    QCOMPARE(read->userId, wanted.userId);
    QCOMPARE(read->entry.userId, wanted.entry.userId);
    QCOMPARE(read->entry.fields, wanted.entry.fields);
    QCOMPARE(read->entry.secret, wanted.entry.secret);
    QCOMPARE(read->fieldNames, wanted.fieldNames);
    QCOMPARE(QByteArrayView(read->head.data(), SessionHeadSize), token.first(SessionHeadSize));
}

void tst_SessionToken::refusesForgedTokens_data()
{
    QTest::addColumn<Change>("change");
    QTest::newRow("empty") << Change([](QByteArray *token) { token->clear(); });
    QTest::newRow("any text") << Change([](QByteArray *token) { *token = "admin"; });
    QTest::newRow("a long text") << Change([](QByteArray *token) { token->fill('0'); });
    QTest::newRow("only the head")
        << Change([](QByteArray *token) { token->truncate(SessionHeadSize); });
    QTest::newRow("without its last byte") << Change([](QByteArray *token) { token->chop(1); });
    QTest::newRow("a byte longer") << Change([](QByteArray *token) { token->append('0'); });
    QTest::newRow("another user id")
        << Change([](QByteArray *token) { token->replace("bob", "eve"); });
}

void tst_SessionToken::refusesForgedTokens()
{
    QFETCH(const Change, change);

    QByteArray token = make(record());
    QVERIFY(SessionToken::read(token));
    change(&token);
    QVERIFY(!SessionToken::read(token));
}

void tst_SessionToken::refusesTheBodyOfAnotherSession()
{
    SessionRecord other = record();
    ++other.number;
    other.userId = "admin";
    QByteArray token = make(record());
    const QByteArray others = make(other);
    for (qsizetype i = 0; i < token.size(); ++i) { // each single byte
        QByteArray changed = token;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        QVERIFY2(!SessionToken::read(changed), qPrintable(QString::number(i)));
    }
    token.replace(SessionHeadSize, token.size() - SessionHeadSize, others.mid(SessionHeadSize));
    QVERIFY(!SessionToken::read(token));
}

void tst_SessionToken::hasNoSizeForRecordsThatCannotBeWritten_data()
{
    QTest::addColumn<SessionRecord>("broken");
    const QByteArray withNul("a\0b", 3);
    const auto add = [&](const char *name, QByteArray SessionRecord::*text) {
        SessionRecord broken = record();
        broken.*text = withNul;
        QTest::newRow(name) << broken;
    };
    add("NUL in the domain", &SessionRecord::domain);
    add("NUL in the name", &SessionRecord::credential);
    add("NUL in the address", &SessionRecord::address);
    add("NUL in the user id", &SessionRecord::userId);
    SessionRecord key = record(Mechanism::Curve);
    key.credential.chop(1);
    QTest::newRow("a public key of 31 bytes") << key;
    key.credential.append(2, 'k');
    QTest::newRow("a public key of 33 bytes") << key;
}

void tst_SessionToken::hasNoSizeForRecordsThatCannotBeWritten()
{
    QFETCH(const SessionRecord, broken);
    QCOMPARE(SessionToken::sizeOf(broken), 0);
}

void tst_SessionToken::isText()
{
    for (const Mechanism mechanism : {Mechanism::Plain, Mechanism::Curve}) {
        const QByteArray token = make(record(mechanism));
        QVERIFY(!token.contains('\0'));
    }
}

void tst_SessionToken::givesConsecutiveSessionsDifferentSlots()
{
    QSet<size_t> slots_;
    SessionRecord each = record();
    for (int i = 0; i < 4096; ++i, ++each.number)
        slots_.insert(SessionToken::slotOf(make(each)));
    QCOMPARE(slots_.size(), 4096);
}

QTEST_GUILESS_MAIN(tst_SessionToken)
#include "tst_sessiontoken.moc"
