// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/configurationsubject.h"

#include <QZap/qzapdomain.h>

#include <utility>

namespace QZap::Internal {

ConfigurationSubject::ConfigurationSubject(QByteArray key, QByteArray context)
    : m_key(std::move(key))
    , m_context(std::move(context))
{ }

ConfigurationSubject ConfigurationSubject::property(const char *name)
{
    return {name, name + QByteArray(": ")};
}

ConfigurationSubject ConfigurationSubject::property(const char *name, const char *function)
{
    return {name, function + QByteArray("(): ")};
}

ConfigurationSubject ConfigurationSubject::call(const char *function, const QByteArray &arguments)
{
    return {function + QByteArray(1, '(') + arguments, function + QByteArray("(): ")};
}

ConfigurationSubject ConfigurationSubject::domain(const QString &name, Mechanism mechanism)
{
    return {"domain " + QByteArray::number(static_cast<int>(mechanism)) + ' ' + name.toUtf8(),
            "addDomain(): "};
}

ConfigurationSubject ConfigurationSubject::domain(const QZapDomain *domain)
{
    return domain ? ConfigurationSubject::domain(domain->name(), domain->mechanism())
                  : ConfigurationSubject::domain({}, Mechanism::Unknown);
}

} // namespace QZap::Internal
