// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"
#include "zapclient.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <functional>
#include <stdexcept>

namespace {

class NamingAuthenticator : public QZapAuthenticator
{
public:
    using QZapAuthenticator::QZapAuthenticator;
    QString curveUserId(const QByteArray &publicKey) const override
    {
        ++asked;
        lastKey = publicKey;
        if (throws)
            throw std::runtime_error("no");
        if (asked == hookedAt)
            hook();
        return name;
    }
    QString name = QStringLiteral("alice");
    bool throws = false;
    mutable int asked = 0;
    int hookedAt = 0;
    std::function<void()> hook;
    mutable QByteArray lastKey;
};

// Returns a request with this number as its id: a second request with the same return path would
// replace the first.
QByteArrayList numbered(int number)
{
    return ZapClient::request("CURVE", {QByteArray(32, 'k')}, "test", "127.0.0.1",
                              QByteArray::number(number));
}

} // namespace

// Tests overrides of QZapAuthenticator::curveUserId().
class tst_CurveUserId : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void isCalledOncePerAcceptedPeer();
    void refusesInvalidUserIds_data();
    void refusesInvalidUserIds();
    void overrideMayLockDown();
    void overrideMayDenyThePeer();
    void overrideMayRunAnEventLoop();
    void overrideMayStopTheAuthenticator();
    void overrideMayThrow();
};

void tst_CurveUserId::isCalledOncePerAcceptedPeer()
{
    const QByteArray key(32, 'k');
    NamingAuthenticator authenticator(*m_context);
    const QByteArrayList request = ZapClient::request("CURVE", {key});
    QCOMPARE(ask(authenticator, request).value(0), QByteArray("400"));
    QCOMPARE(authenticator.asked, 0); // called only for accepted peers
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QCOMPARE(ask(authenticator, request), QByteArrayList({"200", "alice"}));
    QCOMPARE(authenticator.asked, 1);
    QCOMPARE(authenticator.lastKey, key);

    QZapAuthenticator plainOne(*m_context);
    QVERIFY(plainOne.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QCOMPARE(ask(plainOne, request).value(1), plainOne.curveUserId(key).toLatin1());
    QCOMPARE(plainOne.curveUserId(key).size(), 40);
    // A refused peer is reported with its claimed user id.
    QSignalSpy rejected(&plainOne, &QZapAuthenticator::rejected);
    QVERIFY(plainOne.removeDomain(QStringLiteral("test"), QZap::Mechanism::Curve));
    ask(plainOne, request);
    QVERIFY(rejected.wait());
    QCOMPARE(rejected.first().at(0).toString(), plainOne.curveUserId(key));
}

void tst_CurveUserId::refusesInvalidUserIds_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("empty is possible") << QString() << QByteArray("200");
    QTest::newRow("255 bytes") << QString(255, u'x') << QByteArray("200");
    QTest::newRow("256 bytes") << QString(128, QChar(0xe4)) << QByteArray("500");
    QTest::newRow("NUL") << QString(QChar(0)) << QByteArray("500");
    QTest::newRow("line break") << QStringLiteral("a\nb") << QByteArray("500");
}

void tst_CurveUserId::refusesInvalidUserIds()
{
    QFETCH(const QString, name);
    QFETCH(const QByteArray, status);
    NamingAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    authenticator.name = name;
    const QByteArrayList reply =
        ask(authenticator, ZapClient::request("CURVE", {QByteArray(32, 'k')}));
    QCOMPARE(reply, QByteArrayList({status, status == "200" ? name.toUtf8() : QByteArray("")}));
}

// The override changes the configuration during a batch of received requests.
void tst_CurveUserId::overrideMayLockDown()
{
    NamingAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    constexpr int Count = 8;
    authenticator.hookedAt = 5;
    authenticator.hook = [&] {
        for (int i = 1; i < authenticator.hookedAt; ++i) // the peers that were accepted before
            QCOMPARE(client.receive().value_or(QByteArrayList()).value(2), QByteArray("200"));
        authenticator.setLockdown(true);
    };
    for (int i = 0; i < Count; ++i)
        client.send(numbered(i));
    for (int i = authenticator.hookedAt; i <= Count; ++i)
        QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    QTRY_COMPARE(authenticator.acceptedCount(), 4);
}

// The user id that was determined before is not reported for a peer that is then refused.
void tst_CurveUserId::overrideMayDenyThePeer()
{
    NamingAuthenticator authenticator(*m_context);
    QZapCurveDomain domain;
    domain.setName(QStringLiteral("test"));
    domain.setLocation(QLatin1StringView(QZap::CurveAllowAny));
    domain.setPublishedFields({QStringLiteral("Domain")});
    QVERIFY(authenticator.addDomain(&domain));
    QList<QZapReply> replies;
    connect(&authenticator, &QZapAuthenticator::decided, this,
            [&](const QZapRequest &, const QZapReply &reply) { replies.append(reply); });
    QVERIFY(authenticator.start());
    authenticator.hookedAt = 2;
    authenticator.hook = [&] { QVERIFY(authenticator.deny(QStringLiteral("127.0.0.1"))); };
    ZapClient client(*m_context);
    for (int i = 0; i < 2; ++i)
        client.send(numbered(i));
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
    QCOMPARE(client.waitForReply(),
             QByteArrayList({"1.0", "1", "400", "The address is not allowed", "", ""}));
    QTRY_COMPARE(replies.size(), 2);
    QCOMPARE(replies.first().metadata().size(), 1);
    QCOMPARE(replies.last().metadata(), QVariantMap());
}

void tst_CurveUserId::overrideMayRunAnEventLoop()
{
    NamingAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    QSignalSpy authenticated(&authenticator, &QZapAuthenticator::authenticated);
    constexpr int Count = 6;
    int repliesInside = 0;
    authenticator.hookedAt = 3;
    authenticator.hook = [&] {
        for (; repliesInside < Count - 1; ++repliesInside)
            QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
        QTRY_COMPARE(authenticated.count(), Count - 1);
    };
    for (int i = 0; i < Count; ++i)
        client.send(numbered(i));
    QTRY_COMPARE(authenticated.count(), Count);
    QCOMPARE(repliesInside, Count - 1);
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
}

void tst_CurveUserId::overrideMayStopTheAuthenticator()
{
    NamingAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    ZapClient client(*m_context);
    constexpr int Count = 6;
    authenticator.hookedAt = 3;
    authenticator.hook = [&] { authenticator.stop(); };
    for (int i = 0; i < Count; ++i)
        client.send(numbered(i));
    for (int i = 1; i <= Count; ++i) {
        QCOMPARE(client.waitForReply().value(2),
                 QByteArray(i < authenticator.hookedAt ? "200" : "300"));
    }
    QTRY_COMPARE(authenticator.acceptedCount(), 2);
    QCOMPARE(authenticator.temporaryCount(), 4);
}

void tst_CurveUserId::overrideMayThrow()
{
    NamingAuthenticator authenticator(*m_context);
    QVERIFY(authenticator.configureCurve(QStringLiteral("test"), QZap::CurveAllowAny));
    QVERIFY(authenticator.start());
    authenticator.throws = true;
    ZapClient client(*m_context);
    client.send(ZapClient::request("CURVE", {QByteArray(32, 'k')}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
    authenticator.throws = false;
    client.send(ZapClient::request("CURVE", {QByteArray(32, 'k')}));
    QCOMPARE(client.waitForReply().value(2), QByteArray("200"));
}

QTEST_GUILESS_MAIN(tst_CurveUserId)
#include "tst_curveuserid.moc"
