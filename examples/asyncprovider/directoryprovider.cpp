// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "directoryprovider.h"

#include <QtCore/qtimer.h>

DirectoryProvider::DirectoryProvider(const Options &options, QObject *parent)
    : QZapCredentialsProvider(parent)
    , m_options(options)
{ }

// Returns at once, so that the next decision starts while this one waits.
void DirectoryProvider::authenticate(const QZapDecision &decision)
{
    decision.defer();
    QTimer::singleShot(m_options.delay, this, [this, decision] { answer(decision); });
}

void DirectoryProvider::answer(const QZapDecision &decision) const
{
    const QString name = decision.request().userName();
    if (m_options.refused.contains(name))
        decision.reject(QStringLiteral("The directory has locked the account"));
    else if (!decision.checkPassword(Options::passwordOf(name)))
        decision.reject(QStringLiteral("The password is wrong"));
    else
        decision.accept();
}
