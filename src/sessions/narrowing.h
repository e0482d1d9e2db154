// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_NARROWING_H
#define QZAP_SESSIONS_NARROWING_H

#include "policy/policypublisher.h"

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qdeadlinetimer.h>

#include <functional>
#include <memory>
#include <utility>

namespace QZap::Internal {

// Finds out whether a policy refuses a connected peer of one domain and mechanism that an older
// policy let in, or lets it in as somebody else. Compares large stores key by key, in steps.
class Narrowing
{
public:
    // Returns whether the peer with a public key or user name may be connected.
    using MayBeConnected = std::function<bool(QByteArrayView credential)>;

    Narrowing() = default;
    Narrowing(const QByteArray &domain, Mechanism mechanism, MayBeConnected mayBeConnected)
        : m_domain(domain)
        , m_mechanism(mechanism)
        , m_mayBeConnected(std::move(mayBeConnected))
    { }

    enum class Outcome { Unfinished, Unchanged, Narrowed };

    // The next policy has nothing to be compared with.
    void forget() { *this = Narrowing(m_domain, m_mechanism, m_mayBeConnected); }
    // Starts to compare the policy with the one that was compared last; the first has nothing to be
    // compared with. Policies in between count as wider ones if they have let a peer in, and so
    // does one that was not compared completely. While a domain is being written, it lets in the
    // peers that it contains at that moment: they are compared when it is settled. Returns whether
    // the address rules may refuse more peers, which step() does not look at.
    bool start(const PolicySnapshot &snapshot);
    // Compares until the deadline.
    [[nodiscard]] Outcome step(const QDeadlineTimer &deadline);
    // Returns the last policy of start() that knew all peers of the domain, and its version.
    const std::shared_ptr<const Policy> &decided() const { return m_decided; }
    quint64 decidedVersion() const { return m_decidedVersion; }
    // Returns when the next key of the domain expires after this time: also those of decided().
    [[nodiscard]] qint64 nextExpiry(qint64 milliseconds) const;

private:
    enum class Step { Unchanged, Narrowed, CompareKeys, CompareUsers };
    // Which older policy is being compared.
    enum class Older { Before, Meanwhile };
    using Pointer = std::shared_ptr<const Policy>;

    const DomainPolicy *domainIn(const Policy &policy) const;
    bool haveSameStores(const Policy &a, const Policy &b) const;
    Step compareRules(const Policy &older) const;
    Step compareDomains(const DomainPolicy &before, const DomainPolicy &now) const;
    Step compareMeanwhile();
    bool isSettling() const;
    Outcome compareEntries(const QDeadlineTimer &deadline);
    qsizetype positions(const DomainPolicy &before, const DomainPolicy &now) const;
    // Returns the public key or the user name; an empty one if the position is unused.
    QByteArrayView credentialAt(qsizetype position, const DomainPolicy &before,
                                const DomainPolicy &now) const;
    bool isLost(QByteArrayView credential, const DomainPolicy &before,
                const DomainPolicy &now) const;
    bool isMissed(QByteArrayView credential, const DomainPolicy &older) const;
    Outcome finish(Outcome outcome);
    void keepMeanwhile();
    static void replace(Pointer *policy, Pointer next);

    QByteArray m_domain;
    Mechanism m_mechanism = Mechanism::Unknown;
    MayBeConnected m_mayBeConnected; // null: anybody may
    Pointer m_before;    // the last one whose domain was decided, with the rules of a later one
    Pointer m_meanwhile; // the last one since then that let in other peers, while being written
    bool m_isMeanwhileLost = false; // an earlier one of these let in a peer that is not compared
    Pointer m_now;
    Pointer m_decided;
    quint64 m_decidedVersion = 0;
    Older m_older = Older::Before;
    Step m_step = Step::Unchanged;
    qsizetype m_position = 0; // of the entries that may differ
    PolicySnapshot m_started; // without its policy: the last one
    PolicySnapshot m_finished;
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_NARROWING_H
