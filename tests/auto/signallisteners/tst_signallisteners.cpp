// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/signallisteners.h"

#include <QZap/qzapauthenticator.h>

#include <QtTest/qtest.h>

#include <utility>

using namespace QZap::Internal;

class tst_SignalListeners : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areAddedBySignal_data();
    void areAddedBySignal();
    void areRemovedOnceOutdated();
    void areAddedDuringTheUpdate();

private:
    static int current(const SignalListeners &listeners)
    {
        int current = 0;
        for (const auto listener : {Listeners::All, Listeners::Accepted, Listeners::Refused})
            current |= listeners.listeners().have(listener) ? listener : 0;
        return current;
    }
};

void tst_SignalListeners::areAddedBySignal_data()
{
    QTest::addColumn<QMetaMethod>("signal");
    QTest::addColumn<int>("listeners");
    QTest::newRow("decided") << QMetaMethod::fromSignal(&QZapAuthenticator::decided)
                             << int(Listeners::All);
    QTest::newRow("authenticated")
        << QMetaMethod::fromSignal(&QZapAuthenticator::authenticated) << int(Listeners::Accepted);
    QTest::newRow("rejected") << QMetaMethod::fromSignal(&QZapAuthenticator::rejected)
                              << int(Listeners::Refused);
    QTest::newRow("one of no decisions")
        << QMetaMethod::fromSignal(&QZapAuthenticator::runningChanged) << 0;
    QTest::newRow("none") << QMetaMethod() << 0;
}

void tst_SignalListeners::areAddedBySignal()
{
    QFETCH(const QMetaMethod, signal);
    QFETCH(const int, listeners);
    SignalListeners signalListeners;
    QCOMPARE(current(signalListeners), 0);
    signalListeners.add(signal);
    QCOMPARE(current(signalListeners), listeners);
}

void tst_SignalListeners::areRemovedOnceOutdated()
{
    const auto decided = QMetaMethod::fromSignal(&QZapAuthenticator::decided);
    const auto rejected = QMetaMethod::fromSignal(&QZapAuthenticator::rejected);
    SignalListeners listeners;
    listeners.add(decided);
    listeners.add(rejected);
    int asked = 0;
    const auto isConnected = [&](const QMetaMethod &signal) {
        ++asked;
        return signal == rejected;
    };
    listeners.update(isConnected);
    QCOMPARE(asked, 0); // nothing was disconnected
    QCOMPARE(current(listeners), Listeners::All | Listeners::Refused);
    listeners.markOutdated();
    QCOMPARE(current(listeners), Listeners::All | Listeners::Refused);
    listeners.update(isConnected);
    QCOMPARE(current(listeners), int(Listeners::Refused));
    asked = 0;
    listeners.update(isConnected);
    QCOMPARE(asked, 0);
}

// Another thread may connect during the update: additions by connectNotify() must not be lost.
void tst_SignalListeners::areAddedDuringTheUpdate()
{
    const auto decided = QMetaMethod::fromSignal(&QZapAuthenticator::decided);
    SignalListeners listeners;
    listeners.markOutdated();
    bool connected = false;
    listeners.update([&](const QMetaMethod &signal) {
        if (signal != decided)
            return false;
        if (std::exchange(connected, true))
            return true;
        listeners.add(decided);
        return false;
    });
    QCOMPARE(current(listeners), int(Listeners::All));
}

QTEST_GUILESS_MAIN(tst_SignalListeners)
#include "tst_signallisteners.moc"
