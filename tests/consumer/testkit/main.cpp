// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A user's tests, compiled without exceptions and with the strictest definitions of Qt.

#include <QZap/QZap>
#include <QZap/QZapTestAnswer>
#include <QZap/QZapTestClient>
#include <QZap/QZapTestClock>
#include <QZap/QZapTestPeer>
#include <QZap/QZapTestProvider>
#include <QZap/QZapTestRequest>

#include <QtTest/QtTest>

#include <chrono>

using namespace std::chrono_literals;

class tst_Consumer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void client()
    {
        QZapAuthenticator authenticator;
        QVERIFY(authenticator.configurePlain(QStringLiteral("staff"),
                                             {{QStringLiteral("bob"), QStringLiteral("x")}}));
        QZapTestProvider provider(QZapTestAnswer::accept("bob").after(1ms));
        QVERIFY(authenticator.setCredentialsProvider(QStringLiteral("staff"), &provider));
        QZapTestClient client(&authenticator);
        QZAP_COMPARE_USER(client.plain("bob", "x").domain("staff"), "bob");
        QZAP_VERIFY_REFUSED(client.plain("bob", "y").domain("staff"));
        QZAP_COMPARE_STATUS(client.plain("bob", "x"), QZap::Status::AuthenticationFailure);
        provider.setAnswer(QZapTestAnswer::never());
        QZAP_VERIFY_PENDING(client.plain("bob", "x").domain("staff"));
        authenticator.setLockdown(true);
        QZAP_VERIFY_TEMPORARY(client.plain("bob", "x").domain("staff"));
    }
    void clock()
    {
        const QString midnight = QStringLiteral("2040-01-01T00:00:00Z");
        QZapTestClock clock(QDateTime::fromString(midnight, Qt::ISODate));
        QCOMPARE(clock.time().date().year(), 2040);
    }
    void peer()
    {
        const QZapTestPeer peer("tcp://127.0.0.1:1");
        QTRY_VERIFY(!peer.errorString().isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_Consumer)
#include "main.moc"
