// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef TALLY_H
#define TALLY_H

#include "findings.h"

#include <QZap/QZapAuthenticator>

#include <QtCore/qobject.h>

// Compares an authenticator's signals with its counters.
class Tally : public QObject
{
    Q_OBJECT

public:
    Tally(const QZapAuthenticator &authenticator, Findings &findings);

    // Returns whether each decision that was counted was also signaled.
    bool isComplete() const;
    void check() const;
    bool isAllTold() const { return m_authenticator.unreportedCount() == 0; }

private:
    qint64 answered() const;

    const QZapAuthenticator &m_authenticator;
    Findings &m_findings;
    qint64 m_decided = 0;
    qint64 m_authenticated = 0;
    qint64 m_rejected = 0;
};

#endif // TALLY_H
