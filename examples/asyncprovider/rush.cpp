// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "rush.h"

#include <QtCore/qdebug.h>
#include <QtCore/qtextstream.h>

using namespace Qt::StringLiterals;

namespace {

const auto Domain = u"rush"_s;

zmq::context_t contextFor(int peers)
{
    zmq::context_t context;
    constexpr int OtherSockets = 64;
    context.set(zmq::ctxopt::max_sockets, peers + OtherSockets); // the default is 1023
    return context;
}

void printRow(QTextStream &out, const QString &name, const QString &value)
{
    out << name.leftJustified(12) << value << '\n';
}

QString seconds(qint64 milliseconds)
{
    return u"%1 s"_s.arg(static_cast<double>(milliseconds) / 1000, 0, 'f', 3);
}

} // namespace

Rush::Rush(const Options &options, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_context(contextFor(options.peers))
    , m_directory(options)
    , m_authenticator(m_context)
    , m_server(m_context, zmq::socket_type::pull)
    , m_notifier(m_server)
{
    connect(&m_authenticator, &QZapAuthenticator::decided, this,
            [this](const QZapRequest &, const QZapReply &reply) { count(reply); });
    connect(&m_authenticator, &QZapAuthenticator::pendingCountChanged, this,
            [this] { m_mostWaiting = qMax(m_mostWaiting, m_authenticator.pendingCount()); });
    connect(&m_notifier, &QZapSocketNotifier::readable, this, &Rush::receiveAll);
}

std::optional<QString> Rush::start()
{
    // In this example, all peers have the same address, and all of them may wait at the same time.
    m_authenticator.setMaximumPendingPerAddress(m_options.peers);
    m_authenticator.setMaximumPendingDecisions(m_options.peers);
    m_authenticator.setDecisionTimeout(m_options.delay + std::chrono::seconds(5));
    m_authenticator.setWorkerThread(m_options.workerThread);
    if (!m_authenticator.setCredentialsProvider(Domain, &m_directory) || !m_authenticator.start())
        return m_authenticator.errorString();
    if (!QZap::securePlain(m_server, Domain))
        return u"the server socket cannot be secured"_s;
    try {
        // A peer that finds the queue full tries again a second later.
        m_server.set(zmq::sockopt::backlog, m_options.peers);
        m_server.bind("tcp://127.0.0.1:*");
        m_notifier.recheck();
        m_clock.start();
        connectPeers(m_server.get(zmq::sockopt::last_endpoint));
    } catch (const zmq::error_t &error) {
        return QString::fromLocal8Bit(error.what());
    }
    return std::nullopt;
}

void Rush::connectPeers(const std::string &endpoint)
{
    for (int number = 1; number <= m_options.peers; ++number) {
        const QString name = Options::nameOf(number);
        zmq::socket_t peer(m_context, zmq::socket_type::push);
        peer.set(zmq::sockopt::linger, 0);
        peer.set(zmq::sockopt::plain_username, name.toStdString());
        peer.set(zmq::sockopt::plain_password, Options::passwordOf(name).toStdString());
        peer.connect(endpoint);
        peer.send(zmq::str_buffer("hello"), zmq::send_flags::dontwait); // waits for the handshake
        m_peers.push_back(std::move(peer));
    }
}

// Exceptions must not leave a slot.
void Rush::receiveAll()
{
    try {
        zmq::message_t message;
        while (m_server.recv(message, zmq::recv_flags::dontwait)) {
            m_last = m_clock.elapsed();
            if (++m_accepted == 1)
                m_first = m_last;
        }
    } catch (const zmq::error_t &error) {
        qWarning("A message was not received: %s", error.what());
    }
    settleIfDone();
}

// Accepted peers are counted when their messages arrive.
void Rush::count(const QZapReply &reply)
{
    if (reply.status() == QZap::Status::TemporaryError)
        ++m_tryLater;
    else if (reply.status() != QZap::Status::Success)
        ++m_refused;
    settleIfDone();
}

void Rush::settleIfDone()
{
    if (m_accepted + m_refused == m_options.peers)
        Q_EMIT settled();
}

bool Rush::isAsExpected() const
{
    return m_refused == m_options.refused.size() && m_accepted == m_options.peers - m_refused;
}

void Rush::printSummary() const
{
    QTextStream out(stdout);
    printRow(out, u"peers"_s, QString::number(m_options.peers));
    printRow(out, u"accepted"_s, QString::number(m_accepted));
    printRow(out, u"refused"_s, QString::number(m_refused));
    printRow(out, u"try later"_s, QString::number(m_tryLater));
    printRow(out, u"waiting"_s, u"%1 at the same time, at most"_s.arg(m_mostWaiting));
    if (m_accepted > 0) {
        printRow(out, u"first in"_s, seconds(m_first));
        printRow(out, u"last in"_s, seconds(m_last));
    }
    printRow(out, u"in turn"_s,
             seconds(m_options.delay.count() * m_options.peers)
                 + u" if one decision had waited for the other"_s);
}
