// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "tally.h"

Tally::Tally(const QZapAuthenticator &authenticator, Findings &findings)
    : m_authenticator(authenticator)
    , m_findings(findings)
{
    connect(&authenticator, &QZapAuthenticator::decided, this, [this] {
        m_findings.expect(m_authenticated + m_rejected == m_decided,
                          "decided() does not come first");
        ++m_decided;
        m_findings.expect(answered() >= m_decided, "the counters are behind the signals");
    });
    connect(&authenticator, &QZapAuthenticator::authenticated, this, [this] { ++m_authenticated; });
    connect(&authenticator, &QZapAuthenticator::rejected, this, [this] { ++m_rejected; });
}

qint64 Tally::answered() const
{
    return m_authenticator.acceptedCount() + m_authenticator.rejectedCount()
           + m_authenticator.temporaryCount();
}

bool Tally::isComplete() const
{
    return m_decided + m_authenticator.unreportedCount() == answered();
}

void Tally::check() const
{
    m_findings.expect(isComplete(), "signals are not the decisions without the unreported ones");
    m_findings.expect(m_authenticated + m_rejected == m_decided, "a decision was told of by half");
    m_findings.expect(m_authenticated <= m_authenticator.acceptedCount(),
                      "more were let in by signal than were counted");
    if (isAllTold()) {
        m_findings.expect(m_authenticated == m_authenticator.acceptedCount(),
                          "acceptances and their signals differ");
    }
}
