// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"
#include "eventdescriptorshortage.h"

#include <QtTest/qtest.h>

class tst_EngineThread : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void startsWhileDescriptorsAreTaken();
};

// Qt's own event dispatchers would end the process if they get no descriptor.
void tst_EngineThread::startsWhileDescriptorsAreTaken()
{
    QZapAuthenticator authenticator;
    authenticator.setContext(*m_context);
    authenticator.setWorkerThread(true);
    const zmq::socket_t first(*m_context, ZMQ_PAIR); // starts the threads of the context
    {
        const EventDescriptorShortage shortage;
        QVERIFY(!authenticator.start()); // no descriptor is left for the ZAP socket
        QVERIFY(EventDescriptorShortage::failures() > 0);
    }
    QCOMPARE(authenticator.error(), QZapAuthenticator::Error::ContextError);
    QVERIFY(!authenticator.isRunning());
    QVERIFY(authenticator.start());
    QTRY_COMPARE(ask(authenticator, plain("bob", "secret")).value(0), QByteArray("400"));
}

QTEST_GUILESS_MAIN(tst_EngineThread)

#include "tst_enginethread.moc"
