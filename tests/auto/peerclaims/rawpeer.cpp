// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "rawpeer.h"

#include <QtCore/qendian.h>
#include <QtTest/qtest.h>

namespace {

constexpr qsizetype GreetingSize = 64;
constexpr char ShortCommand = 4;
constexpr char LongCommand = 6;
constexpr qsizetype MaximumShort = 255;

QByteArray withLength(const QByteArray &text)
{
    return static_cast<char>(text.size()) + text;
}

} // namespace

bool RawPeer::connectNull(const QString &endpoint, const Claims &claims)
{
    if (!connectTo(endpoint, "NULL"))
        return false;
    sendCommand("READY", metadata(claims));
    return waitFor("READY");
}

bool RawPeer::connectPlain(const QString &endpoint, const QByteArray &user,
                           const QByteArray &password, const Claims &claims)
{
    if (!connectTo(endpoint, "PLAIN"))
        return false;
    sendCommand("HELLO", withLength(user) + withLength(password));
    if (!waitFor("WELCOME"))
        return false;
    sendCommand("INITIATE", metadata(claims));
    return waitFor("READY");
}

void RawPeer::send(const QByteArray &body)
{
    m_socket.write('\0' + withLength(body));
}

bool RawPeer::connectTo(const QString &endpoint, const QByteArray &mechanism)
{
    m_socket.connectToHost(QStringLiteral("127.0.0.1"),
                           endpoint.mid(endpoint.lastIndexOf(u':') + 1).toUShort());
    const auto isConnected = [this] { return m_socket.state() == QAbstractSocket::ConnectedState; };
    if (!QTest::qWaitFor(isConnected))
        return false;
    QByteArray greeting = QByteArray::fromHex("ff00000000000000017f0300") + mechanism;
    greeting.append(GreetingSize - greeting.size(), '\0');
    m_socket.write(greeting);
    return true;
}

void RawPeer::sendCommand(const QByteArray &name, const QByteArray &data)
{
    const QByteArray body = withLength(name) + data;
    if (body.size() <= MaximumShort) {
        m_socket.write(ShortCommand + withLength(body));
        return;
    }
    QByteArray size(sizeof(quint64), '\0');
    qToBigEndian(static_cast<quint64>(body.size()), size.data());
    m_socket.write(LongCommand + size + body);
}

bool RawPeer::waitFor(const QByteArray &command)
{
    return QTest::qWaitFor([&] {
        m_received += m_socket.readAll();
        return m_received.contains(withLength(command));
    });
}

QByteArray RawPeer::metadata(const Claims &claims)
{
    QByteArray result;
    const Claims all = Claims{{"Socket-Type", "DEALER"}} + claims;
    for (const auto &[name, value] : all) {
        QByteArray size(sizeof(quint32), '\0');
        qToBigEndian(static_cast<quint32>(value.size()), size.data());
        result += withLength(name) + size + value;
    }
    return result;
}
