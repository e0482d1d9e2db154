// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zaptestclient.h"

#include <QtCore/qurl.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqmlengine.h>
#include <QtTest/qtestcase.h>

#include <chrono>

ZapTestClient::ZapTestClient(QObject *parent)
    : QObject(parent)
    , m_client(std::make_unique<QZapTestClient>(nullptr))
{ }

ZapTestClient::~ZapTestClient() = default;

void ZapTestClient::setAuthenticator(QZapAuthenticator *authenticator)
{
    if (m_authenticator == authenticator)
        return;
    m_authenticator = authenticator;
    makeClient(authenticator);
    Q_EMIT authenticatorChanged();
    Q_EMIT asked(); // the results of the last request are reset
}

void ZapTestClient::makeClient(QZapAuthenticator *authenticator)
{
    auto client = std::make_unique<QZapTestClient>(authenticator);
    client->setAddress(m_client->address());
    client->setDomain(m_client->domain());
    client->setTimeout(m_client->timeout());
    m_client = std::move(client);
}

void ZapTestClient::setAddress(const QString &address)
{
    if (m_client->address() == address)
        return;
    m_client->setAddress(address);
    Q_EMIT addressChanged();
}

void ZapTestClient::setDomain(const QString &name)
{
    if (m_client->domain() == name)
        return;
    m_client->setDomain(name);
    Q_EMIT domainChanged();
}

void ZapTestClient::setTimeout(int milliseconds)
{
    if (timeout() == milliseconds)
        return;
    m_client->setTimeout(std::chrono::milliseconds(milliseconds));
    Q_EMIT timeoutChanged();
}

ZapTestRequest ZapTestClient::null() const
{
    return ZapTestRequest(m_client->null());
}

ZapTestRequest ZapTestClient::plain(const QString &user, const QString &password) const
{
    return ZapTestRequest(m_client->plain(user, password.toUtf8()));
}

ZapTestRequest ZapTestClient::curve(const QString &publicKey) const
{
    return ZapTestRequest(m_client->curve(publicKey.toUtf8()));
}

ZapTestRequest ZapTestClient::curve(const QZapCertificate &certificate) const
{
    return ZapTestRequest(m_client->curve(certificate));
}

ZapTestRequest ZapTestClient::gssapi(const QString &principal) const
{
    return ZapTestRequest(m_client->gssapi(principal));
}

bool ZapTestClient::ask(const ZapTestRequest &request)
{
    const QPointer<ZapTestClient> guard(this); // the event loop may have deleted it
    const bool isAnswered = m_client->ask(request.request());
    if (guard)
        Q_EMIT asked();
    return isAnswered;
}

template <typename Verify>
void ZapTestClient::verify(const char *name, const Verify &verify)
{
    QJSEngine *const engine = qjsEngine(this);
    if (!engine)
        return;
    if (!QTest::currentTestFunction()) {
        engine->throwError(
            QStringLiteral("%1() is for the functions of a TestCase; elsewhere, call ask()")
                .arg(QLatin1StringView(name)));
        return;
    }
    // The authenticator's peers wait until its objects are created. A TestCase can run before that.
    if (m_authenticator && m_authenticator->property("settled") == QVariant(false)) {
        engine->throwError(QStringLiteral("The authenticator has not settled: run the TestCase "
                                          "\"when\" its property \"settled\" is true"));
        return;
    }
    const QJSValue here = engine->newErrorObject(QJSValue::GenericError);
    const QUrl url(here.property(QStringLiteral("fileName")).toString());
    const QByteArray file = (url.isLocalFile() ? url.toLocalFile() : url.toString()).toUtf8();
    const QByteArray expression = QByteArray(name) + "()";
    const QPointer<ZapTestClient> guard(this);
    const bool mayGoOn = verify(expression.constData(), file.constData(),
                                here.property(QStringLiteral("lineNumber")).toInt());
    if (guard)
        Q_EMIT asked();
    // With this text, TestCase ends the function and reports nothing more.
    if (!mayGoOn)
        engine->throwError(QStringLiteral("QtQuickTest::fail"));
}

void ZapTestClient::verifyAccepted(const ZapTestRequest &request)
{
    verify("verifyAccepted", [&request](const char *expression, const char *file, int line) {
        return qzapVerifyAccepted(expression, file, line, request.request());
    });
}

void ZapTestClient::verifyRefused(const ZapTestRequest &request)
{
    verify("verifyRefused", [&request](const char *expression, const char *file, int line) {
        return qzapVerifyRefused(expression, file, line, request.request());
    });
}

void ZapTestClient::verifyTemporary(const ZapTestRequest &request)
{
    verify("verifyTemporary", [&request](const char *expression, const char *file, int line) {
        return qzapVerifyTemporary(expression, file, line, request.request());
    });
}

void ZapTestClient::verifyPending(const ZapTestRequest &request)
{
    verify("verifyPending", [&request](const char *expression, const char *file, int line) {
        return qzapVerifyPending(expression, file, line, request.request());
    });
}

void ZapTestClient::compareUser(const ZapTestRequest &request, const QString &userId)
{
    verify("compareUser", [&](const char *expression, const char *file, int line) {
        return qzapCompareUser(expression, file, line, request.request(), userId);
    });
}

void ZapTestClient::compareStatus(const ZapTestRequest &request, QZap::Status status)
{
    verify("compareStatus", [&](const char *expression, const char *file, int line) {
        return qzapCompareStatus(expression, file, line, request.request(), status);
    });
}
