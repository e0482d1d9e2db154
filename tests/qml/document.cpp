// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "document.h"

#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlexpression.h>
#include <QtTest/qtest.h>

namespace {

QString text(const QQmlError &error)
{
    return QStringLiteral("%1:%2: %3")
        .arg(error.url().fileName(), QString::number(error.line()), error.description());
}

} // namespace

Document::Document(const QByteArray &text, const QString &folder, QObject *helper)
{
    m_engine.addImportPath(QStringLiteral(QML_IMPORT_PATH));
    m_engine.setOutputWarningsToStandardError(false);
    QObject::connect(&m_engine, &QQmlEngine::warnings, &m_engine,
                     [this](const QList<QQmlError> &errors) {
                         for (const QQmlError &error : errors)
                             m_warnings += ::text(error);
                     });
    if (helper)
        m_engine.rootContext()->setContextProperty(QStringLiteral("helper"), helper);
    QQmlComponent component(&m_engine);
    component.setData("import QtQml; import QZap; " + text,
                      QUrl::fromLocalFile(folder + QStringLiteral("/Main.qml")));
    if (component.isReady())
        m_root.reset(component.create());
    const QList<QQmlError> errors = component.errors();
    for (const QQmlError &error : errors)
        m_warnings += ::text(error);
}

Document::~Document() = default;

QZapAuthenticator *Document::authenticator(const char *property) const
{
    auto *const isRoot = qobject_cast<QZapAuthenticator *>(m_root.get());
    return isRoot ? isRoot : object<QZapAuthenticator>(property);
}

QVariant Document::evaluate(const QString &expression)
{
    QQmlExpression evaluated(qmlContext(m_root.get()), m_root.get(), expression);
    QVariant result = evaluated.evaluate();
    if (evaluated.hasError())
        m_warnings += text(evaluated.error());
    return result;
}

QByteArray Document::ask(QZapAuthenticator *authenticator, const QByteArray &mechanism,
                         const QByteArrayList &credentials, const QByteArray &domain,
                         const QByteArray &address)
{
    QFuture<QByteArrayList> future = authenticator->handleZapMessage(
        ZapClient::request(mechanism, credentials, domain, address));
    if (!QTest::qWaitFor([&future] { return future.isFinished(); }))
        return "no answer";
    return future.result().value(2);
}
