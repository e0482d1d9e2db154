// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QZap/qzap.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <chrono>

void GuardTest::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_clientContext = std::make_unique<zmq::context_t>();
    m_directory = std::make_unique<QTemporaryDir>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_guard = std::make_unique<QZapGuard>(m_authenticator.get());
    m_serverCertificate = QZapCertificate::generate();
}

void GuardTest::cleanup()
{
    m_bob.reset();
    m_message.rebuild();
    m_guard.reset();
    m_authenticator.reset();
    m_socket.reset();
    m_clientContext.reset();
    m_context.reset();
}

void GuardTest::addChangeColumns()
{
    QTest::addColumn<QZap::Mechanism>("mechanism");
    QTest::addColumn<bool>("workerThread");
    QTest::addColumn<Change>("change");
}

void GuardTest::addChange(const QByteArray &name, const QList<QZap::Mechanism> &mechanisms,
                          const Change &change)
{
    for (const QZap::Mechanism mechanism : mechanisms) {
        for (const bool workerThread : {false, true}) {
            const char *const key =
                QMetaEnum::fromType<QZap::Mechanism>().valueToKey(int(mechanism));
            const QByteArray row =
                name + ", " + QByteArray(key).toUpper() + (workerThread ? ", private thread" : "");
            QTest::newRow(row.constData()) << mechanism << workerThread << change;
        }
    }
}

zmq::socket_type GuardTest::clientOf(zmq::socket_type server)
{
    switch (server) {
    case zmq::socket_type::router:
        return zmq::socket_type::dealer;
    case zmq::socket_type::pull:
        return zmq::socket_type::push;
    case zmq::socket_type::rep:
        return zmq::socket_type::req;
    case zmq::socket_type::pair:
        return zmq::socket_type::pair;
    case zmq::socket_type::push:
        return zmq::socket_type::pull;
    default:
        return zmq::socket_type::sub;
    }
}

QString GuardTest::endpointFor(const QString &transport) const
{
    if (transport == QLatin1String("ipc"))
        return ipcEndpoint();
    return transport == QLatin1String("IPv6") ? QStringLiteral("tcp://[::1]:*")
                                              : QStringLiteral("tcp://127.0.0.1:*");
}

void GuardTest::start(bool workerThread)
{
    m_authenticator->setWorkerThread(workerThread);
    QVERIFY(m_authenticator->start());
}

bool GuardTest::secure(zmq::socket_t &socket, QZap::Mechanism mechanism)
{
    switch (mechanism) {
    case QZap::Mechanism::Null:
        return QZap::secureNull(socket, test());
    case QZap::Mechanism::Plain:
        return QZap::securePlain(socket, test());
    case QZap::Mechanism::Curve:
        return QZap::secureCurve(socket, test(), m_serverCertificate);
    default:
        return false;
    }
}

QString GuardTest::serve(QZap::Mechanism mechanism, zmq::socket_type type, const QString &endpoint)
{
    m_socket = std::make_unique<zmq::socket_t>(*m_context, type);
    m_socket->set(zmq::sockopt::linger, 0);
    if (endpoint.contains(u'['))
        m_socket->set(zmq::sockopt::ipv6, true);
    if (!secure(*m_socket, mechanism) || !m_guard->setSocket(*m_socket))
        qFatal("%ls", qUtf16Printable(m_guard->errorString()));
    m_socket->bind(endpoint.toStdString());
    return QString::fromStdString(m_socket->get(zmq::sockopt::last_endpoint));
}

QString GuardTest::ipcEndpoint() const
{
    return QStringLiteral("ipc://") + m_directory->filePath(QStringLiteral("socket"));
}

QZapCertificate GuardTest::certificate(const QString &user)
{
    if (!m_certificates.contains(user))
        m_certificates.insert(user, QZapCertificate::generate());
    return m_certificates.value(user);
}

void GuardTest::configure(const QStringList &users)
{
    QVariantMap passwords;
    QByteArray keys;
    for (const QString &user : users) {
        passwords.insert(user, QStringLiteral("secret"));
        keys += certificate(user).publicKeyText().toLatin1() + ' ' + user.toUtf8() + '\n';
    }
    QVERIFY(m_authenticator->configurePlain(test(), passwords));
    const QString list = m_directory->filePath(QStringLiteral("keys"));
    QFile file(list + QStringLiteral(".new"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(keys);
    file.close();
    QFile::setPermissions(file.fileName(), QFile::ReadOwner | QFile::WriteOwner);
    QDir().remove(list);
    QVERIFY(QFile::rename(file.fileName(), list));
    QVERIFY(m_authenticator->configureCurve(test(), list));
    QTRY_VERIFY(m_authenticator->domain(test(), QZap::Mechanism::Curve)->isReady());
}

void GuardTest::connectBob(QZap::Mechanism mechanism, bool workerThread)
{
    configure({bob(), QStringLiteral("alice")});
    QVERIFY(m_authenticator->configureNull(test(), true));
    start(workerThread);
    const QString endpoint = serve(mechanism);
    m_bob = client(zmq::socket_type::dealer, endpoint, mechanism);
    QVERIFY(send(*m_bob, "hello"));
    m_message = waitForMessage();
    QVERIFY(m_guard->isAuthorized(m_message));
}

zmq::socket_t GuardTest::client(zmq::socket_type type, const QString &endpoint,
                                QZap::Mechanism mechanism, const QString &user)
{
    zmq::socket_t socket(*m_clientContext, type);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::reconnect_ivl, m_reconnectInterval);
    if (endpoint.contains(u'['))
        socket.set(zmq::sockopt::ipv6, true);
    if (mechanism == QZap::Mechanism::Plain) {
        if (!QZap::setPlainClient(socket, user, "secret"))
            qFatal("the credentials were refused");
    } else if (mechanism == QZap::Mechanism::Curve) {
        if (!QZap::setCurveClient(socket, certificate(user), m_serverCertificate.publicKeyText()))
            qFatal("the credentials were refused");
    }
    if (type == zmq::socket_type::sub)
        socket.set(zmq::sockopt::subscribe, "");
    socket.connect(endpoint.toStdString());
    return socket;
}

bool GuardTest::waitUntil(const std::function<bool()> &condition)
{
    QTimer tick;
    tick.start(1);
    const QDeadlineTimer end(std::chrono::minutes(1));
    while (!condition()) {
        if (end.hasExpired())
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return true;
}

bool GuardTest::send(zmq::socket_t &client, const QByteArray &body)
{
    return client
        .send(zmq::buffer(body.constData(), static_cast<size_t>(body.size())),
              zmq::send_flags::dontwait)
        .has_value();
}

std::optional<zmq::message_t> GuardTest::receive()
{
    zmq::message_t frame;
    if (!m_socket->recv(frame, zmq::recv_flags::dontwait))
        return std::nullopt;
    while (frame.more())
        (void)m_socket->recv(frame);
    return frame;
}

zmq::message_t GuardTest::waitForMessage()
{
    std::optional<zmq::message_t> message;
    if (!QTest::qWaitFor([&] { return message || (message = receive()); }))
        qFatal("no message has arrived");
    return std::move(*message);
}
