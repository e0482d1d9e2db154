// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/guardedsessions.h"

#include "base/clock.h"
#include "policy/decide.h"

#include <QtCore/qscopeguard.h>
#include <QtTest/qtest.h>

#include <cstring>

using namespace QZap;
using namespace QZap::Internal;

using State = DomainPolicy::State;
Q_DECLARE_METATYPE(State)

// A session that has ended stays so, and one whose key expires ends at that time, whatever else has
// happened meanwhile.
class tst_GuardedSessions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { Clock::resetWall(); }
    void remembersEnds_data();
    void remembersEnds();
    void remembersManyEnds();
    void countsForgottenSessionsAsEnded();
    void endsExpiredSessionsWhileNotDecided_data();
    void endsExpiredSessionsWhileNotDecided();
    void keepsSessionsWhileNotDecided_data();
    void keepsSessionsWhileNotDecided();

private:
    using Session = GuardedSessions::Session;
    static constexpr qint64 Moment = 1'000'000;

    static QByteArray key() { return QByteArray(32, 'k'); }
    static void setWall(qint64 milliseconds)
    {
        Clock::setWall(milliseconds * Clock::NanosecondsPerMillisecond);
    }
    static std::shared_ptr<const KeyStore> keys(qint64 notAfter = KeyStore::Never)
    {
        KeyStore::Builder builder;
        builder.add(reinterpret_cast<const uchar *>(key().constData()), "bob");
        if (notAfter != KeyStore::Never)
            builder.setNotAfter(notAfter);
        return builder.build();
    }
    static std::shared_ptr<const KeyStore> noKeys() { return KeyStore::Builder().build(); }
    static std::shared_ptr<const Policy> policyOf(const std::shared_ptr<const KeyStore> &keys,
                                                  State state = State::Ready)
    {
        DomainPolicy domain;
        domain.state = state;
        domain.keys = keys;
        auto table = std::make_shared<DomainTable>();
        table->insert("test", Mechanism::Curve, std::make_shared<DomainPolicy>(domain));
        auto policy = std::make_shared<Policy>();
        policy->domains = table;
        return policy;
    }
    Session session(quint64 number) const
    {
        static const QByteArray bobsKey = key();
        Request request;
        request.domain = "test";
        request.address = "10.0.0.1";
        request.mechanism = Mechanism::Curve;
        request.publicKey = bobsKey;
        auto result = std::make_shared<SessionRecord>();
        result->number = number;
        result->authenticator = m_core->id();
        result->mechanism = Mechanism::Curve;
        result->domain = "test";
        result->address = "10.0.0.1";
        result->credential = bobsKey;
        result->userId = "bob";
        result->entry = EntryDigests::of(decideAgain(*policyOf(keys()), request), request);
        result->head[0] = static_cast<char>(number & 63);
        result->head[1] = static_cast<char>(number >> 6 & 63);
        std::memcpy(&result->head[2], &number, sizeof number);
        return result;
    }
    bool isAuthorized(quint64 number) { return m_sessions->check(session(number)).isAuthorized; }
    // Ends these sessions.
    void end(quint64 first, quint64 count, quint64 step)
    {
        m_core->publish(policyOf(noKeys()));
        for (quint64 i = 0; i < count; ++i)
            QVERIFY(!isAuthorized(first + i * step));
        m_core->publish(policyOf(keys()));
    }

    std::shared_ptr<SessionCore> m_core;
    std::unique_ptr<GuardedSessions> m_sessions;
    QStringList m_reasons;
};

void tst_GuardedSessions::init()
{
    m_reasons.clear();
    m_core = std::make_shared<SessionCore>();
    m_core->publish(policyOf(keys()));
    GuardedSessions::Hooks hooks;
    hooks.seen = [](const Session &, int) {};
    hooks.ended = [this](const Session &, const QString &reason) { m_reasons.append(reason); };
    m_sessions = std::make_unique<GuardedSessions>(hooks);
    m_sessions->setCore(m_core);
}

void tst_GuardedSessions::remembersEnds_data()
{
    QTest::addColumn<quint64>("step");
    QTest::newRow("of consecutive sessions") << quint64{1};
    QTest::newRow("of single sessions") << quint64{97};
}

// The peers are accepted again, and others ask meanwhile.
void tst_GuardedSessions::remembersEnds()
{
    QFETCH(const quint64, step);

    constexpr quint64 Count = 5000;
    QVERIFY(isAuthorized(1));
    end(2, Count, step);
    QCOMPARE(m_reasons.size(), static_cast<qsizetype>(Count));
    for (quint64 i = 0; i < Count; ++i)
        QVERIFY(!isAuthorized(2 + i * step));
    QVERIFY(isAuthorized(1));
    QVERIFY(isAuthorized(2 + Count * step));
    QCOMPARE(m_reasons.size(), static_cast<qsizetype>(Count));
}

// More than a table of numbers could have.
void tst_GuardedSessions::remembersManyEnds()
{
    constexpr quint64 Count = 70000;
    QVERIFY(isAuthorized(1));
    end(2, Count, 1);
    for (const quint64 number : {quint64{2}, quint64{3}, Count, Count + 1})
        QVERIFY2(!isAuthorized(number), QByteArray::number(number).constData());
    // The others are not concerned.
    QVERIFY(isAuthorized(1));
    QVERIFY(isAuthorized(Count + 2));
    QCOMPARE(m_reasons.size(), static_cast<qsizetype>(Count));
}

void tst_GuardedSessions::countsForgottenSessionsAsEnded()
{
    constexpr quint64 Count = EndedSessions::MaximumBlocks + 1;
    end(1, Count, EndedSessions::BlockSize);
    const quint64 last = 1 + (Count - 1) * EndedSessions::BlockSize;
    for (const quint64 number : {quint64{1}, 1 + EndedSessions::BlockSize, last}) {
        QVERIFY2(!isAuthorized(number), QByteArray::number(number).constData());
        QCOMPARE(m_sessions->isForgotten(*session(number)), number == 1);
    }
    // It is not known any more that this one had not ended.
    QVERIFY(!isAuthorized(2));
    QVERIFY(isAuthorized(2 + EndedSessions::BlockSize));
    QCOMPARE(m_reasons.size(), static_cast<qsizetype>(Count));
}

void tst_GuardedSessions::endsExpiredSessionsWhileNotDecided_data()
{
    QTest::addColumn<State>("state");
    QTest::addColumn<bool>("isAskedBefore");
    QTest::newRow("loading, asked before") << State::Loading << true;
    QTest::newRow("loading, not asked before") << State::Loading << false;
    QTest::newRow("unavailable, asked before") << State::Unavailable << true;
    QTest::newRow("unavailable, not asked before") << State::Unavailable << false;
}

void tst_GuardedSessions::endsExpiredSessionsWhileNotDecided()
{
    QFETCH(const State, state);
    QFETCH(const bool, isAskedBefore);

    setWall(Moment - 1000);
    m_core->publish(policyOf(keys(Moment)));
    m_sessions->setDecided(m_core->policies().current(), m_core->policies().version());
    QVERIFY(!isAskedBefore || isAuthorized(1));
    m_core->publish(policyOf(nullptr, state));
    QVERIFY(isAuthorized(1));
    setWall(Moment);
    QVERIFY(!isAuthorized(1));
    QCOMPARE(m_reasons, QStringList{QStringLiteral("The key has expired")});
    m_core->publish(policyOf(keys()));
    QVERIFY(!isAuthorized(1));
}

void tst_GuardedSessions::keepsSessionsWhileNotDecided_data()
{
    QTest::addColumn<qint64>("first");
    QTest::addColumn<qint64>("then");
    QTest::newRow("no time") << KeyStore::Never << KeyStore::Never;
    QTest::newRow("a later time") << Moment << Moment + 1000;
    QTest::newRow("the time is removed") << Moment << KeyStore::Never;
}

// The last policy that knew the key counts, even if the session was not asked about then.
void tst_GuardedSessions::keepsSessionsWhileNotDecided()
{
    QFETCH(const qint64, first);
    QFETCH(const qint64, then);

    setWall(Moment - 1000);
    m_core->publish(policyOf(keys(first)));
    QVERIFY(isAuthorized(1));
    m_core->publish(policyOf(keys(then)));
    m_sessions->setDecided(m_core->policies().current(), m_core->policies().version());
    m_core->publish(policyOf(nullptr, State::Loading));
    setWall(Moment);
    QVERIFY(isAuthorized(1));
    QCOMPARE(m_reasons, QStringList());
}

QTEST_GUILESS_MAIN(tst_GuardedSessions)
#include "tst_guardedsessions.moc"
