// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gatewaytest.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int Timeout = 20000; // ms

} // namespace

GatewayTest::Client::Client(zmq::context_t &context, zmq::socket_type type)
    : socket(context, type)
    , monitor(socket)
{
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::reconnect_ivl, 20);
}

void GatewayTest::makeFolder()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir(m_folder->path()).mkdir(u"clients"_s));
    m_server = QZapCertificate::generate();
    m_eve = QZapCertificate::generate();
    QVERIFY(m_server.save(m_folder->path(), u"server"_s));
    for (const auto &[certificate, name] :
         {std::pair{&m_alice, u"alice"_s}, std::pair{&m_bob, u"bob"_s}}) {
        *certificate = QZapCertificate::generate();
        QVERIFY(certificate->setMetadata(u"name"_s, name));
        QVERIFY(certificate->save(m_folder->path(), name));
        QVERIFY(QFile::copy(path(name + u".key"_s), path(u"clients/"_s + name + u".key"_s)));
    }
}

void GatewayTest::removeFolder()
{
    if (m_process) {
        m_process->kill();
        m_process->waitForFinished();
    }
    m_process.reset();
    m_folder.reset();
    m_output.clear();
    m_printed.clear();
}

QByteArray GatewayTest::minimal()
{
    return "[gateway]\ndomain=fleet\nserver-certificate=server.key_secret\n"
           "[credentials]\nkeys=clients\nuser-id-field=name\n";
}

void GatewayTest::configure(const QByteArray &additional)
{
    const QByteArray folder = m_folder->path().toUtf8();
    QFile file(path(u"gateway.ini"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(minimal());
    file.write("[requests]\nendpoint=tcp://127.0.0.1:*\nbackend=ipc://" + folder
               + "/requests\n"
                 "[publications]\nendpoint=tcp://127.0.0.1:*\nbackend=ipc://"
               + folder + "/publications\n[metrics]\nport=0\n[audit]\nfile=audit.log\n");
    file.write(additional);
}

bool GatewayTest::start()
{
    m_process = std::make_unique<QProcess>();
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    m_process->start(QStringLiteral(GATEWAY), {path(u"gateway.ini"_s)});
    const bool isReady = QTest::qWaitFor(
        [this] {
            readOutput();
            return m_printed.contains(u"ready"_s) || m_process->state() == QProcess::NotRunning;
        },
        Timeout);
    if (!isReady || !m_printed.contains(u"ready"_s)) {
        qWarning().noquote() << m_output;
        return false;
    }
    return true;
}

int GatewayTest::run(const QStringList &arguments)
{
    m_output.clear();
    m_printed.clear();
    m_process = std::make_unique<QProcess>();
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    m_process->start(QStringLiteral(GATEWAY), arguments + QStringList(path(u"gateway.ini"_s)));
    return hasEnded() ? m_process->exitCode() : -1;
}

bool GatewayTest::hasEnded()
{
    const bool ended = QTest::qWaitFor(
        [this] {
            readOutput();
            return m_process->state() == QProcess::NotRunning;
        },
        Timeout);
    readOutput();
    return ended && m_process->exitStatus() == QProcess::NormalExit;
}

QString GatewayTest::output()
{
    readOutput();
    return m_output;
}

void GatewayTest::readOutput()
{
    m_output += QString::fromUtf8(m_process->readAll());
    const QStringList lines = m_output.split(u'\n');
    for (const QString &line : lines)
        m_printed.insert(line.section(u' ', 0, 0), line.section(u' ', 1));
}

QByteArray GatewayTest::metrics() const
{
    QTcpSocket socket;
    const QUrl url(printed(u"metrics"_s));
    socket.connectToHost(QHostAddress::LocalHost, static_cast<quint16>(url.port()));
    if (!socket.waitForConnected())
        return {};
    socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (socket.waitForReadyRead()) { }
    return socket.readAll();
}

qint64 GatewayTest::metric(const QByteArray &name) const
{
    const QByteArrayList lines = metrics().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith(name + ' '))
            return line.sliced(name.size() + 1).toLongLong();
    }
    return -1;
}

bool GatewayTest::connectTo(Client *client, const QString &front,
                            const QZapCertificate &certificate)
{
    if (!QZap::setCurveClient(client->socket, certificate, m_server.publicKeyText()))
        return false;
    client->socket.connect(printed(front).toStdString());
    return true;
}

std::unique_ptr<GatewayTest::Client> GatewayTest::newClient(zmq::socket_type type,
                                                            const QZapCertificate &certificate)
{
    auto client = std::make_unique<Client>(m_context, type);
    const bool isSubscriber = type == zmq::socket_type::sub || type == zmq::socket_type::xsub;
    if (type == zmq::socket_type::sub)
        client->socket.set(zmq::sockopt::subscribe, "");
    if (!connectTo(client.get(), isSubscriber ? u"publications"_s : u"requests"_s, certificate))
        return nullptr;
    return client;
}

zmq::socket_t GatewayTest::newBackend(zmq::socket_type type)
{
    zmq::socket_t socket(m_context, type);
    socket.set(zmq::sockopt::linger, 0);
    const bool isPublisher = type == zmq::socket_type::pub;
    socket.connect(
        printed(isPublisher ? u"publications-backend"_s : u"requests-backend"_s).toStdString());
    return socket;
}

void GatewayTest::send(zmq::socket_t &socket, const QByteArrayList &frames)
{
    for (qsizetype i = 0; i < frames.size(); ++i) {
        const auto flags = i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none;
        socket.send(zmq::buffer(frames[i].constData(), static_cast<size_t>(frames[i].size())),
                    flags);
    }
}

QByteArrayList GatewayTest::receive(zmq::socket_t &socket)
{
    QByteArrayList frames;
    zmq::message_t frame;
    const bool hasArrived = QTest::qWaitFor(
        [&] { return socket.recv(frame, zmq::recv_flags::dontwait).has_value(); }, Timeout);
    if (!hasArrived)
        return {"nothing has arrived"};
    for (;;) {
        frames += QByteArray(frame.data<char>(), static_cast<qsizetype>(frame.size()));
        if (!frame.more())
            return frames;
        (void)socket.recv(frame, zmq::recv_flags::dontwait);
    }
}

bool GatewayTest::hasNothing(zmq::socket_t &socket)
{
    zmq::message_t frame;
    return !socket.recv(frame, zmq::recv_flags::dontwait);
}

void GatewayTest::revoke(const QString &name)
{
    QVERIFY(QFile::remove(path(u"clients/"_s + name + u".key"_s)));
}
