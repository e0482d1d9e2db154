// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPGSSAPIDOMAIN_H
#define QZAPGSSAPIDOMAIN_H

#include <QZap/qzapdomain.h>

#include <QtCore/qstringlist.h>

class QZapGssapiDomainPrivate;

class QZAP_EXPORT QZapGssapiDomain : public QZapDomain
{
    Q_OBJECT
    Q_PROPERTY(QStringList principals READ principals WRITE setPrincipals NOTIFY principalsChanged)
    Q_DECLARE_PRIVATE(QZapGssapiDomain)

public:
    explicit QZapGssapiDomain(QObject *parent = nullptr);
    ~QZapGssapiDomain() override;

    QStringList principals() const;
    void setPrincipals(const QStringList &principals);

Q_SIGNALS:
    void principalsChanged();
};

#endif // QZAPGSSAPIDOMAIN_H
