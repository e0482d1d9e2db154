// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPGSSAPIDOMAIN_P_H
#define QZAPGSSAPIDOMAIN_P_H

#include "authenticator/domains/qzapdomain_p.h"

#include <QZap/qzapgssapidomain.h>

#include <QtCore/qpointer.h>
#include <QtCore/qstringlist.h>

class QZapGssapiDomainPrivate : public QZapDomainPrivate
{
    Q_DECLARE_PUBLIC(QZapGssapiDomain)

public:
    QZapGssapiDomainPrivate()
        : QZapDomainPrivate(QZap::Mechanism::Gssapi)
    { }

    static QZapGssapiDomainPrivate *get(QZapGssapiDomain *domain) { return domain->d_func(); }

    // Returns the problem of a list of principals.
    static Problem principalsProblem(const QStringList &principals);
    void apply(const QStringList &newPrincipals);

    QStringList principals;
};

#endif // QZAPGSSAPIDOMAIN_P_H
