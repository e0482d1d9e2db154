// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/clock.h"
#include "guardtest.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <cstdio>

using QZap::Internal::Clock;
using Type = zmq::socket_type;

// Peers that send nothing, and that a key list does not let in any more.
class tst_SilentPeerFiles : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void disconnectsWhoWasInAListThatIsBeingWritten();
    void disconnectsExpiredKeys_data();
    void disconnectsExpiredKeys();

private:
    QString list() const { return m_directory->filePath(QStringLiteral("keys")); }
    QByteArray lineOf(const QString &user, const QByteArray &notAfter = {})
    {
        return certificate(user).publicKeyText().toLatin1() + ' ' + user.toUtf8()
               + (notAfter.isEmpty() ? "" : " not-after=" + notAfter) + '\n';
    }
    // Replaces the list.
    bool write(const QByteArray &contents);
    // Publishes something, and returns whether the socket has received something.
    bool isServed(zmq::socket_t &socket)
    {
        (void)send(*m_socket, "news");
        zmq::message_t message;
        return socket.recv(message, zmq::recv_flags::dontwait).has_value();
    }
};

void tst_SilentPeerFiles::initTestCase()
{
#ifndef Q_OS_LINUX
    QSKIP("connections can be ended on Linux only");
#endif
}

void tst_SilentPeerFiles::init()
{
    GuardTest::init();
    m_guard->setSilentSweepInterval(0);
}

void tst_SilentPeerFiles::cleanup()
{
    Clock::resetWall();
    GuardTest::cleanup();
}

bool tst_SilentPeerFiles::write(const QByteArray &contents)
{
    QFile file(list() + QStringLiteral(".new"));
    if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size())
        return false;
    file.close();
    return std::rename(QFile::encodeName(file.fileName()).constData(),
                       QFile::encodeName(list()).constData())
           == 0;
}

// Eve's key is added to a list, and removed from it, by a program that keeps the list open.
void tst_SilentPeerFiles::disconnectsWhoWasInAListThatIsBeingWritten()
{
    configure({bob()});
    start();
    const QString endpoint = serve(QZap::Mechanism::Curve, Type::pub);
    QFile file(list());
    QVERIFY(file.open(QIODevice::ReadWrite | QIODevice::Append));
    file.write(lineOf(eve()));
    QVERIFY(file.flush());
    const auto isEveAccepted = [this] {
        const auto credentials = QZapCredentials::curve(certificate(eve()).publicKey());
        return m_authenticator->evaluate(test(), QStringLiteral("127.0.0.1"), credentials).status()
               == QZap::Status::Success;
    };
    QTRY_VERIFY(isEveAccepted());
    zmq::socket_t evesSocket = client(Type::sub, endpoint, QZap::Mechanism::Curve, eve());
    QVERIFY(QTest::qWaitFor([&] { return isServed(evesSocket); }));
    QCOMPARE(m_guard->silentDisconnectionCount(), 0);
    QVERIFY(file.resize(0));
    file.write(lineOf(bob()));
    file.close();
    QTRY_COMPARE(m_guard->silentDisconnectionCount(), 1);
    QTRY_COMPARE(m_authenticator->rejectedCount(), 1);
}

void tst_SilentPeerFiles::disconnectsExpiredKeys_data()
{
    QTest::addColumn<QByteArray>("notAfter"); // of bob's key, at first
    QTest::addColumn<bool>("isEdited");
    QTest::addColumn<bool>("hasEventLoop");
    const QByteArray later = "2100-01-01T00:00:00Z";
    QTest::newRow("in time, and something else changes") << later << false << true;
    QTest::newRow("in time, without an event loop") << later << false << false;
    QTest::newRow("by an edit") << later << true << true;
    QTest::newRow("by an edit, without a time before") << QByteArray() << true << true;
}

void tst_SilentPeerFiles::disconnectsExpiredKeys()
{
    QFETCH(const QByteArray, notAfter);
    QFETCH(const bool, isEdited);
    QFETCH(const bool, hasEventLoop);

    QVERIFY(write(lineOf(bob(), notAfter)));
    QVERIFY(m_authenticator->configureCurve(test(), list()));
    QTRY_VERIFY(m_authenticator->domain(test(), QZap::Mechanism::Curve)->isReady());
    start();
    zmq::socket_t socket =
        client(Type::sub, serve(QZap::Mechanism::Curve, Type::pub), QZap::Mechanism::Curve);
    QVERIFY(QTest::qWaitFor([&] { return isServed(socket); }));
    m_guard->sweep();
    QCOMPARE(m_guard->silentDisconnectionCount(), 0);
    if (isEdited) {
        QVERIFY(write(lineOf(bob(), "2001-01-01T00:00:00Z")));
    } else {
        const auto end = QDateTime::fromString(QString::fromLatin1(notAfter), Qt::ISODate);
        Clock::setWall((end.toMSecsSinceEpoch() + 1) * Clock::NanosecondsPerMillisecond);
    }
    if (!hasEventLoop) {
        m_guard->sweep();
        QCOMPARE(m_guard->silentDisconnectionCount(), 1);
    } else if (!isEdited) {
        m_authenticator->setLockdown(true); // the guard's timer has not fired
        m_authenticator->setLockdown(false);
    }
    QTRY_COMPARE(m_guard->silentDisconnectionCount(), 1);
    QTRY_COMPARE(m_authenticator->rejectedCount(), 1);
}

QTEST_GUILESS_MAIN(tst_SilentPeerFiles)
#include "tst_silentpeerfiles.moc"
