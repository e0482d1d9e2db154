// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef RAWPEER_H
#define RAWPEER_H

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtNetwork/qtcpsocket.h>

#include <utility>

// A DEALER that speaks ZMTP 3.0 (RFC 23) by itself, and can therefore claim any metadata. Its calls
// run the event loop.
class RawPeer
{
public:
    using Claims = QList<std::pair<QByteArray, QByteArray>>;

    // These functions return whether the server has let the peer in.
    [[nodiscard]] bool connectNull(const QString &endpoint, const Claims &claims);
    [[nodiscard]] bool connectPlain(const QString &endpoint, const QByteArray &user,
                                    const QByteArray &password, const Claims &claims);
    void send(const QByteArray &body);

private:
    bool connectTo(const QString &endpoint, const QByteArray &mechanism);
    void sendCommand(const QByteArray &name, const QByteArray &data);
    bool waitFor(const QByteArray &command);
    static QByteArray metadata(const Claims &claims);

    QTcpSocket m_socket;
    QByteArray m_received;
};

#endif // RAWPEER_H
