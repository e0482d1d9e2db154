// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "metricsserver.h"

#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpsocket.h>

#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr int MaximumClients = 16;
constexpr int MaximumRequestSize = 16 * 1024; // a longer line is never read
constexpr auto Timeout = 5s;

} // namespace

MetricsServer::MetricsServer(Text text, QObject *parent)
    : QObject(parent)
    , m_text(std::move(text))
{
    connect(&m_server, &QTcpServer::newConnection, this, &MetricsServer::accept);
}

bool MetricsServer::listen(quint16 port, QString *errorMessage)
{
    if (m_server.listen(QHostAddress::LocalHost, port))
        return true;
    *errorMessage =
        u"cannot serve metrics on port %1 of 127.0.0.1: %2"_s.arg(port).arg(m_server.errorString());
    return false;
}

void MetricsServer::accept()
{
    while (QTcpSocket *const client = m_server.nextPendingConnection()) {
        if (m_clients == MaximumClients) {
            client->abort();
            client->deleteLater();
            continue;
        }
        ++m_clients;
        client->setReadBufferSize(MaximumRequestSize);
        connect(client, &QTcpSocket::readyRead, this, [this, client] { answer(client); });
        connect(client, &QTcpSocket::disconnected, this, [this, client] {
            --m_clients;
            client->deleteLater();
        });
        QTimer::singleShot(Timeout, client, &QTcpSocket::abort);
    }
}

void MetricsServer::answer(QTcpSocket *client) const
{
    while (client->canReadLine()) {
        if (client->readLine() != "\r\n")
            continue; // the empty line ends the request
        client->disconnect(SIGNAL(readyRead()));
        client->write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: "
                      "application/openmetrics-text; version=1.0.0; charset=utf-8\r\n\r\n"
                      + m_text());
        client->disconnectFromHost();
        return;
    }
}
