// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GATEWAYTEST_H
#define GATEWAYTEST_H

#include <QZap/QZapCertificate>
#include <QZap/QZapSocketMonitor>

#include <QtCore/qhash.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>

#include <zmq.hpp>

#include <memory>

// The base class of tests of the example gateway: a folder with a configuration file, the program,
// and its clients and back ends.
class GatewayTest : public QObject
{
    Q_OBJECT

public:
    // A socket of a client.
    struct Client
    {
        Client(zmq::context_t &context, zmq::socket_type type);

        zmq::socket_t socket;
        QZapSocketMonitor monitor;
        QSignalSpy accepted{&monitor, &QZapSocketMonitor::accepted};
        QSignalSpy refused{&monitor, &QZapSocketMonitor::refused};
        QSignalSpy disconnected{&monitor, &QZapSocketMonitor::disconnected};
    };

protected:
    void makeFolder();
    void removeFolder();
    QString path(const QString &name) const { return m_folder->filePath(name); }

    // Writes the configuration. Values of the second part are added, or replace others.
    void configure(const QByteArray &additional = {});
    static QByteArray minimal();
    // Starts the program; returns whether it is ready.
    [[nodiscard]] bool start();
    // Starts it, waits for its end, and returns its exit code.
    [[nodiscard]] int run(const QStringList &arguments = {});
    [[nodiscard]] bool hasEnded();
    bool isReady() const { return m_printed.contains(QStringLiteral("ready")); }
    // Returns what the program has printed after this name, for example an endpoint.
    QString printed(const QString &name) const { return m_printed.value(name); }
    QString output();

    QByteArray metrics() const;
    // Returns the value of the metric with this name and labels; -1 if there is none.
    qint64 metric(const QByteArray &name) const;

    [[nodiscard]] bool connectTo(Client *client, const QString &front,
                                 const QZapCertificate &certificate);
    [[nodiscard]] std::unique_ptr<Client> newClient(zmq::socket_type type,
                                                    const QZapCertificate &certificate);
    [[nodiscard]] zmq::socket_t newBackend(zmq::socket_type type);
    static void send(zmq::socket_t &socket, const QByteArrayList &frames);
    // Waits for a message; returns its frames.
    static QByteArrayList receive(zmq::socket_t &socket);
    // Returns whether no message has arrived; takes it if there is one.
    static bool hasNothing(zmq::socket_t &socket);
    void revoke(const QString &name);

    QZapCertificate m_server;
    QZapCertificate m_alice;
    QZapCertificate m_bob;
    QZapCertificate m_eve; // has no access
    zmq::context_t m_context;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QProcess> m_process;

private:
    void readOutput();

    QString m_output;
    QHash<QString, QString> m_printed;
};

#endif // GATEWAYTEST_H
