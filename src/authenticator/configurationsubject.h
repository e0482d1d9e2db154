// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_CONFIGURATIONSUBJECT_H
#define QZAP_AUTHENTICATOR_CONFIGURATIONSUBJECT_H

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

class QZapDomain;

namespace QZap::Internal {

// Names what a value is accepted or refused for, so that a valid value withdraws the refusal of an
// invalid one.
class ConfigurationSubject
{
public:
    // What a subclass of the authenticator configures.
    ConfigurationSubject() = default;

    static ConfigurationSubject property(const char *name);
    // A property that is changed by a call of that function.
    static ConfigurationSubject property(const char *name, const char *function);
    // A call for a domain, with its other arguments: made with another domain's name, it is the
    // same.
    static ConfigurationSubject call(const char *function, const QByteArray &arguments);
    static ConfigurationSubject domain(const QString &name, Mechanism mechanism);
    // Also of a null domain.
    static ConfigurationSubject domain(const QZapDomain *domain);

    // Returns what two subjects have in common if they are the same.
    const QByteArray &key() const { return m_key; }
    // Returns the start of messages about it, such as "allow(): ".
    QString context() const { return QString::fromLatin1(m_context); }

private:
    ConfigurationSubject(QByteArray key, QByteArray context);

    QByteArray m_key;
    QByteArray m_context;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_CONFIGURATIONSUBJECT_H
