// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_CONFIGURATIONSUBJECT_H
#define QZAP_AUTHENTICATOR_CONFIGURATIONSUBJECT_H

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

class QZapDomain;

namespace QZap::Internal {

// Identifies the setting that a value is for, so that a valid value withdraws the refusal of an
// invalid one.
class ConfigurationSubject
{
public:
    // The configuration of a subclass of the authenticator.
    ConfigurationSubject() = default;

    static ConfigurationSubject property(const char *name);
    // A property that is changed by a call of a function.
    static ConfigurationSubject property(const char *name, const char *function);
    // A call of a configure function. The domain's name is not part of the subject, so that
    // repeating the call with a valid name withdraws the refusal.
    static ConfigurationSubject call(const char *function, const QByteArray &arguments);
    static ConfigurationSubject domain(const QString &name, Mechanism mechanism);
    // The domain can be null.
    static ConfigurationSubject domain(const QZapDomain *domain);

    // Returns a key that is equal for equal subjects.
    const QByteArray &key() const { return m_key; }
    // Returns the beginning of messages about the subject, such as "allow(): ".
    QString context() const { return QString::fromLatin1(m_context); }

private:
    ConfigurationSubject(QByteArray key, QByteArray context);

    QByteArray m_key;
    QByteArray m_context;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_CONFIGURATIONSUBJECT_H
