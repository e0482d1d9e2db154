// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_NARROWING_H
#define QZAP_SESSIONS_NARROWING_H

#include "policy/policy.h"

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qdeadlinetimer.h>

#include <memory>

namespace QZap::Internal {

// Finds out whether a policy refuses a peer of one domain and mechanism that an older policy let
// in, or lets it in as somebody else. Compares large stores key by key, in steps.
class Narrowing
{
public:
    Narrowing() = default;
    Narrowing(const QByteArray &domain, Mechanism mechanism)
        : m_domain(domain)
        , m_mechanism(mechanism)
    { }

    enum class Outcome { Unfinished, Unchanged, Narrowed };

    // The next policy has nothing to be compared with.
    void forget() { *this = Narrowing(m_domain, m_mechanism); }
    // Starts to compare the policy with the one that was compared last; the first has nothing to be
    // compared with.
    void start(std::shared_ptr<const Policy> policy);
    // Compares until the deadline.
    [[nodiscard]] Outcome step(const QDeadlineTimer &deadline);
    // Returns when the next key of the domain expires after this time.
    [[nodiscard]] qint64 nextExpiry(qint64 milliseconds) const;

private:
    enum class Step { Unchanged, Narrowed, CompareKeys, CompareUsers };

    const DomainPolicy *domainIn(const Policy &policy) const;
    Step compareRules() const;
    Step compareDomains(const DomainPolicy &before, const DomainPolicy &now) const;
    bool isLost(qsizetype position, const DomainPolicy &before, const DomainPolicy &now) const;
    Outcome finish(Outcome outcome);

    QByteArray m_domain;
    Mechanism m_mechanism = Mechanism::Unknown;
    std::shared_ptr<const Policy> m_before;
    std::shared_ptr<const Policy> m_now;
    Step m_step = Step::Unchanged;
    qsizetype m_position = 0; // in the older store
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_NARROWING_H
