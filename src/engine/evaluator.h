// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_EVALUATOR_H
#define QZAP_ENGINE_EVALUATOR_H

#include "credentials/stores/keystore.h"
#include "credentials/stores/passwordcache.h"
#include "policy/decide.h"
#include "policy/policypublisher.h"
#include "protocol/request.h"

#include <QZap/qzapreply.h>

#include <QtCore/qbytearray.h>

#include <functional>
#include <optional>
#include <vector>

namespace QZap::Internal {

// What was asked and what the answer is. Views look at the frames, at the policy, which the next
// evaluation may replace, or at what is stored here.
struct Evaluation
{
    ParseOutcome outcome = ParseOutcome::Unanswerable;
    Request request;
    Verdict verdict;
    QByteArrayView userId;     // proved or claimed, UTF-8
    QByteArrayView sentUserId; // of an accepted peer, in the encoding of the wire
    QByteArray userIdStorage;
    QByteArray sentUserIdStorage;
    QByteArray metadata;      // of an accepted peer
    ProviderPointer provider; // to ask
    Verdict::Next nextOnceNamed = Verdict::Next::Answer;
    TextEncoding encoding = TextEncoding::Utf8;
    quint64 policyVersion = 0;

    void set(Status status, const QByteArray &reason);
};

// Evaluates requests by the policy of the moment. For one thread.
class Evaluator
{
public:
    // Whether somebody has to be asked for the user id of an accepted key that the policy names
    // none for. Otherwise it is the key itself.
    using NamesUsers = std::function<bool()>;

    Evaluator(const PolicyPublisher &policies, PasswordCache &verified, NamesUsers namesUsers);

    const Policy &policy() { return m_policy.get(); }
    // Whether nothing has changed since; the evaluation's views of the policy are good then.
    bool isCurrent(const Evaluation &evaluation) const
    {
        return m_policy.isCurrent() && evaluation.policyVersion == m_policy.version();
    }
    // From now on nobody is let in.
    void setStopping(bool stopping) { m_isStopping = stopping; }

    // Before a batch of requests is evaluated: what they will look up, so that memory is fetched
    // for all of them at once. Without effect on any evaluation.
    template <typename Messages>
    void prefetch(const Messages &messages)
    {
        // Nothing may replace the policy between the two.
        const Policy &policy = m_policy.get();
        m_lookups.clear();
        m_lookupDomain.reset();
        for (const auto &message : messages)
            startLookup(policy, message.frames(), message.count());
        finishLookups();
    }

    // A request from its version frame on.
    void evaluate(const QByteArrayView *frames, qsizetype count, qsizetype totalCount,
                  Evaluation *evaluation);
    // Somebody has said the user id, or failed to.
    void nameUser(const std::optional<QByteArray> &userId, Evaluation *evaluation) const;
    // The provider that was to be asked has answered. Without a user id in the answer, the one
    // that the checks found stays.
    void apply(const QZapReply &answer, Evaluation *evaluation);
    // Whom the peer proved to be, or, where it is refused, claimed to be.
    void identify(Evaluation *evaluation) const;

private:
    void startLookup(const Policy &policy, const QByteArrayView *frames, qsizetype count);
    void finishLookups();
    static void publish(Evaluation *evaluation);
    static void addMetadata(const QVariantMap &metadata, Evaluation *evaluation);
    static void encodeUserId(Evaluation *evaluation);

    PolicyReader m_policy;
    PasswordCache &m_verified;
    NamesUsers m_namesUsers;
    // Of the batch that is being prefetched.
    std::vector<KeyStore::Lookup> m_lookups;
    std::optional<QByteArrayView> m_lookupDomain;
    const KeyStore *m_lookupKeys = nullptr;
    bool m_isStopping = false;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_EVALUATOR_H
