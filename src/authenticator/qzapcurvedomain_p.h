// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCURVEDOMAIN_P_H
#define QZAPCURVEDOMAIN_P_H

#include "authenticator/qzapdomain_p.h"

#include <QZap/qzapcurvedomain.h>

#include <QtCore/qstringlist.h>

class QZapCurveDomainPrivate : public QZapDomainPrivate
{
    Q_DECLARE_PUBLIC(QZapCurveDomain)

public:
    QZapCurveDomainPrivate()
        : QZapDomainPrivate(QZap::Mechanism::Curve)
    { }

    // Why nothing can be loaded from there; empty where something may.
    static QString locationProblem(const QString &location);
    void apply(const QString &newLocation);
    void load(bool keepOnFailure);

    QString location;
    QStringList nameFilters;
};

#endif // QZAPCURVEDOMAIN_P_H
