// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DEVICES_H
#define DEVICES_H

#include <QZap/qzapcertificate.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <zmq.hpp>

// CURVE peers with a key each, and the key of their server.
class Devices
{
public:
    explicit Devices(qint64 count);

    qint64 count() const { return m_devices.size(); }
    const QZapCertificate &server() const { return m_server; }
    static QString userId(qint64 number);
    QByteArray key(qint64 number) const { return m_devices[number].publicKey(); }
    QString keyText(qint64 number) const { return m_devices[number].publicKeyText(); }
    // Returns the lines of a key list with the devices' keys, and others up to this number.
    QByteArray keyList(qint64 keys) const;
    // Returns the key with a number beyond the devices.
    static QByteArray otherKey(qint64 number);
    // Returns a line with both keys of each device, for another process.
    QByteArray keyPairs() const;
    // Returns a socket that connects once only, with the key of a device, and sends a message or
    // subscribes.
    zmq::socket_t connect(zmq::context_t &context, zmq::socket_type type, qint64 number,
                          const QString &endpoint) const;

private:
    QZapCertificate m_server;
    QList<QZapCertificate> m_devices;
};

#endif // DEVICES_H
