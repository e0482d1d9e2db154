// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef METRICSSERVER_H
#define METRICSSERVER_H

#include <QtCore/qbytearray.h>
#include <QtNetwork/qtcpserver.h>

#include <functional>

class QTcpSocket;

// Answers Prometheus on this computer, whatever it asks for, with a text. The number of
// connections, what they may send and how long they may take are limited.
class MetricsServer : public QObject
{
    Q_OBJECT

public:
    using Text = std::function<QByteArray()>;

    explicit MetricsServer(Text text, QObject *parent = nullptr);

    [[nodiscard]] bool listen(quint16 port, QString *errorMessage);
    quint16 port() const { return m_server.serverPort(); }

private:
    void accept();
    void answer(QTcpSocket *client) const;

    const Text m_text;
    QTcpServer m_server;
    int m_clients = 0;
};

#endif // METRICSSERVER_H
