// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "rules.h"

#include <QZap/QZap>

bool applyRules(QZapAuthenticator *authenticator, const QString &folder,
                QZapCredentialsProvider *duties)
{
    QZapLockout *const lockout = authenticator->lockout();
    lockout->setMaximumFailures(3);
    lockout->setEnabled(true);
    const QString sensors = QStringLiteral("sensors");
    const QString operators = QStringLiteral("operators");
    return authenticator->allow({QStringLiteral("127.0.0.1"), QStringLiteral("10.0.0.0/8")})
           && authenticator->configureCurve(sensors, folder + QStringLiteral("/sensors.list"))
           && authenticator->configurePlainFile(operators, folder + QStringLiteral("/operators"))
           && authenticator->setCredentialsProvider(operators, duties)
           && authenticator->configureNull(QStringLiteral("status"), true)
           && authenticator->configureNull(QZap::AnyDomain, false);
}
