// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handlers/pyzmqhandler.h"

#include <QtCore/qjsondocument.h>

namespace {

constexpr int Timeout = 120000; // ms

QString text(QByteArrayView bytes)
{
    return QString::fromUtf8(bytes);
}

} // namespace

PyzmqHandler::PyzmqHandler(Kind kind, bool bound)
    : m_kind(kind)
    , m_bound(bound)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
}

QString PyzmqHandler::name() const
{
    return m_kind == Kind::Thread ? QStringLiteral("pyzmq-thread")
                                  : QStringLiteral("pyzmq-asyncio");
}

bool PyzmqHandler::start(const Fixture &fixture, QString *errorMessage)
{
    m_process.start(QStringLiteral(QZAP_PYTHON),
                    {QStringLiteral(QZAP_PYZMQ_SCRIPT), QStringLiteral(QZAP_LOAD_LIBRARY), name(),
                     m_bound ? QStringLiteral("bound") : QStringLiteral("unbound")});
    const QJsonObject reply = call({{QStringLiteral("domain"), text(Fixture::SmallDomain)},
                                    {QStringLiteral("user"), text(fixture.user())},
                                    {QStringLiteral("password"), text(fixture.password())},
                                    {QStringLiteral("certificates"), fixture.certificates()}});
    if (reply.contains(QStringLiteral("version")))
        return true;
    *errorMessage = reply.value(QStringLiteral("error"))
                        .toString(QStringLiteral("the Python process does not answer"));
    return false;
}

void PyzmqHandler::stop()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.closeWriteChannel();
    if (!m_process.waitForFinished(Timeout))
        m_process.kill();
}

bool PyzmqHandler::ask(AskingLoad load, AskingResult *result)
{
    const auto firstKey =
        QByteArray::fromRawData(reinterpret_cast<const char *>(load.firstKey), 32);
    const QJsonObject reply = call({
        {QStringLiteral("call"), QStringLiteral("ask")},
        {QStringLiteral("mechanism"), text(load.mechanism)},
        {QStringLiteral("domain"), text(load.domain)},
        {QStringLiteral("user"), text(load.user)},
        {QStringLiteral("password"), text(load.password)},
        {QStringLiteral("firstKey"), QString::fromLatin1(firstKey.toHex())},
        {QStringLiteral("keys"), static_cast<qint64>(load.keys)},
        {QStringLiteral("dealers"), load.dealers},
        {QStringLiteral("outstanding"), load.outstanding},
        {QStringLiteral("requests"), static_cast<qint64>(load.requests)},
    });
    *result = {};
    result->requests = reply.value(QStringLiteral("requests")).toInteger();
    result->accepted = reply.value(QStringLiteral("accepted")).toInteger();
    result->seconds = reply.value(QStringLiteral("seconds")).toDouble();
    result->handlerSeconds = reply.value(QStringLiteral("handlerSeconds")).toDouble();
    result->p50 = reply.value(QStringLiteral("p50")).toDouble();
    result->p99 = reply.value(QStringLiteral("p99")).toDouble();
    return result->requests > 0 && result->accepted == result->requests;
}

bool PyzmqHandler::connectPeers(HandshakeLoad load, HandshakeResult *result)
{
    const QJsonObject reply = call({
        {QStringLiteral("call"), QStringLiteral("connect")},
        {QStringLiteral("mechanism"), text(load.mechanism)},
        {QStringLiteral("domain"), text(load.domain)},
        {QStringLiteral("user"), text(load.user)},
        {QStringLiteral("password"), text(load.password)},
        {QStringLiteral("publicKey"), text(load.publicKey)},
        {QStringLiteral("secretKey"), text(load.secretKey)},
        {QStringLiteral("serverPublicKey"), text(load.serverPublicKey)},
        {QStringLiteral("serverSecretKey"), text(load.serverSecretKey)},
        {QStringLiteral("parallel"), load.parallel},
        {QStringLiteral("seconds"), load.seconds},
    });
    *result = {};
    result->handshakes = reply.value(QStringLiteral("handshakes")).toInteger();
    result->seconds = reply.value(QStringLiteral("seconds")).toDouble();
    return result->handshakes > 0;
}

QJsonObject PyzmqHandler::call(const QJsonObject &command)
{
    m_process.write(QJsonDocument(command).toJson(QJsonDocument::Compact) + '\n');
    while (!m_process.canReadLine()) {
        if (!m_process.waitForReadyRead(Timeout))
            return {};
    }
    return QJsonDocument::fromJson(m_process.readLine()).object();
}
