// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/devices.h"

#include "load/keys.h"

#include <QZap/qzap.h>

Devices::Devices(qint64 count)
    : m_server(QZapCertificate::generate())
{
    for (qint64 i = 0; i < count; ++i)
        m_devices.append(QZapCertificate::generate());
}

QString Devices::userId(qint64 number)
{
    return QStringLiteral("device-%1").arg(number, 9, 10, QLatin1Char('0'));
}

QByteArray Devices::keyList(qint64 keys) const
{
    constexpr qsizetype LineSize = 58;
    constexpr size_t KeyTextSize = 41;
    QByteArray text;
    text.reserve(keys * LineSize);
    for (qint64 i = 0; i < keys; ++i) {
        char encoded[KeyTextSize];
        if (i < count()) {
            text += m_devices[i].publicKeyText().toLatin1();
        } else {
            const CurveKey key = keyOf(static_cast<quint64>(i));
            text += zmq_z85_encode(encoded, key.data(), key.size());
        }
        text += ' ' + userId(i).toLatin1() + '\n';
    }
    return text;
}

QByteArray Devices::otherKey(qint64 number)
{
    const CurveKey key = keyOf(static_cast<quint64>(number));
    return {reinterpret_cast<const char *>(key.data()), static_cast<qsizetype>(key.size())};
}

QByteArray Devices::keyPairs() const
{
    QByteArray text;
    for (const QZapCertificate &device : m_devices)
        text += device.publicKeyText().toLatin1() + ' ' + device.secretKeyText() + '\n';
    return text;
}

zmq::socket_t Devices::connect(zmq::context_t &context, zmq::socket_type type, qint64 number,
                               const QString &endpoint) const
{
    zmq::socket_t socket(context, type);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::reconnect_ivl, -1);
    if (!QZap::setCurveClient(socket, m_devices[number], m_server.publicKeyText()))
        qFatal("the keys of a device were refused");
    if (type == zmq::socket_type::sub)
        socket.set(zmq::sockopt::subscribe, "");
    socket.connect(endpoint.toStdString());
    if (type != zmq::socket_type::sub)
        socket.send(zmq::str_buffer("hello"), zmq::send_flags::none);
    return socket;
}
