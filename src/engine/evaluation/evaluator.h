// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_EVALUATION_EVALUATOR_H
#define QZAP_ENGINE_EVALUATION_EVALUATOR_H

#include "credentials/stores/keystore.h"
#include "credentials/stores/passwordcache.h"
#include "engine/lockout/lockout.h"
#include "policy/decide.h"
#include "policy/policypublisher.h"
#include "protocol/request.h"
#include "protocol/z85.h"
#include "sessions/sessionnumbers.h"

#include <QZap/qzapreply.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>

#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace QZap::Internal {

// A request with its verdict. Its views refer to the frames, to the policy, which the next
// evaluation may replace, or to members: moving or copying an evaluation keeps them valid, except
// for results of userId() and sentUserId().
struct Evaluation
{
    bool isFinal() const { return verdict.next == Verdict::Next::Answer; }
    // Returns whether the final answer lets the peer in.
    bool isLetIn() const { return verdict.status == Status::Success || !verdict.isEnforced; }
    void set(Status status, Cause cause, const QByteArray &reason);

    // Returns the proved or claimed user id in UTF-8.
    QByteArrayView userId() const
    {
        return isUserIdKey ? QByteArrayView(keyText.data(), CurveKeyTextSize) : userIdView;
    }
    void setUserId(QByteArrayView id)
    {
        userIdView = id;
        isUserIdKey = false;
    }
    void storeUserId(const QByteArray &id)
    {
        userIdStorage = id;
        setUserId(userIdStorage);
    }
    // Sets the user id to the text of the peer's public key.
    void setUserIdToKey();
    // Returns the user id in the encoding of replies; empty unless the peer is accepted.
    QByteArrayView sentUserId() const
    {
        switch (sentId) {
        case SentId::UserId:
            return userId();
        case SentId::Encoded:
            return encodedUserId;
        case SentId::None:
            break;
        }
        return {};
    }

    enum class SentId : quint8 { None, UserId, Encoded };

    ParseOutcome outcome = ParseOutcome::Unanswerable;
    Request request;
    Verdict verdict;
    QByteArrayView userIdView;
    QByteArray userIdStorage;
    std::array<char, CurveKeyTextSize> keyText; // set if isUserIdKey is
    bool isUserIdKey = false;
    bool isLockedOut = false; // the peer must not be held
    SentId sentId = SentId::None;
    QByteArray encodedUserId; // if it is sent in another encoding
    QByteArray metadata;      // of an accepted peer
    ProviderPointer provider; // to ask
    Verdict::Next nextOnceNamed = Verdict::Next::Answer;
    quint64 sessionNumber = 0; // of an accepted peer; 0 while there are no guards
    TextEncoding encoding = TextEncoding::Utf8;
    quint64 policyVersion = 0;
};

// Evaluates requests by the current policy. Used in one thread.
class Evaluator
{
public:
    // Returns whether the user id hook must be called for an accepted key without a user id in the
    // policy. Otherwise the user id is the key itself.
    using NamesUsers = std::function<bool()>;

    Evaluator(const PolicyPublisher &policies, SessionNumbers &numbers, PasswordCache &verified,
              const Lockout &lockout, NamesUsers namesUsers);

    // Returns the policy of the last evaluation, whose views remain valid.
    const Policy &lastPolicy() const { return m_policy.held(); }
    // Returns its version.
    quint64 lastPolicyVersion() const { return m_policy.version(); }
    // Drops the policy of the last evaluation if it is not current, so that the memory of its
    // stores can be freed.
    void refresh() { m_policy.get(); }
    // Returns whether the policy has not changed since the evaluation, the peer's key or user has
    // not expired, the domain's credentials are not stale, and its address has not been locked out;
    // if so, the evaluation's views of the policy are valid.
    bool isCurrent(const Evaluation &evaluation) const
    {
        return m_policy.isCurrent() && evaluation.policyVersion == m_policy.version()
               && !KeyStore::isExpired(evaluation.verdict.notAfter, Clock::wall)
               && !(evaluation.verdict.domain && evaluation.verdict.domain->isStale())
               && !(isSubjectToLockout(evaluation.request) && lockoutTime(evaluation.request));
    }
    // Called before foreign code is asked about a request: its session gets the number of the first
    // such call, since the answer may be older than a later revocation.
    void keepSessionNumber(Evaluation *evaluation, quint64 *number) const
    {
        if (*number == 0)
            *number = evaluation->sessionNumber > 0 ? evaluation->sessionNumber : m_numbers.draw();
        evaluation->sessionNumber = *number;
    }
    // While set, nobody is let in.
    void setStopping(bool stopping) { m_isStopping = stopping; }

    // Called before a batch of requests is evaluated, to prefetch the memory of all look-ups at
    // once. Does not affect evaluations.
    template <typename Messages>
    void prefetch(const Messages &messages)
    {
        // The policy must not be replaced between these steps.
        const Policy &policy = m_policy.get();
        m_lookups.clear();
        m_lookupDomain.reset();
        for (const auto &message : messages)
            startLookup(policy, message.request());
        finishLookups();
    }

    [[nodiscard]] Evaluation evaluate(const RequestFrames &frames);
    [[nodiscard]] Evaluation evaluate(const QByteArrayList &frames);
    Evaluation evaluate(QByteArrayList &&frames) = delete; // the views would dangle

    // Returns the evaluation after the user id hook has returned, or failed.
    [[nodiscard]] Evaluation named(Evaluation evaluation,
                                   const std::optional<QByteArray> &userId) const;
    // Returns the evaluation after the provider has answered. If the answer has no user id, that of
    // the checks is kept.
    [[nodiscard]] static Evaluation answered(Evaluation evaluation, const QZapReply &answer);
    // Returns the evaluation after the hash has been computed and does not match.
    [[nodiscard]] Evaluation wrongPassword(Evaluation evaluation) const;
    // Returns the evaluation of a peer that is refused instead, with its claimed user id.
    [[nodiscard]] Evaluation refused(Evaluation evaluation, Status status, Cause cause,
                                     const QByteArray &reason) const;

private:
    void startLookup(const Policy &policy, const RequestFrames &frames);
    void finishLookups();
    // Sets the proved user id, or, if the peer is refused, the claimed one.
    void identify(Evaluation *evaluation) const;
    // Returns the user id that a refused peer claims or, by its key, has proved.
    QByteArrayView claimedUserId(const Evaluation &evaluation) const;
    bool isSubjectToLockout(const Request &request) const
    {
        return request.mechanism == Mechanism::Plain && m_lockout.isEnabled();
    }
    // Returns for how many ms the lockout turns the PLAIN request away.
    std::optional<qint64> lockoutTime(const Request &request) const
    {
        return m_lockout.refusalTime({request.address, request.name, request.password});
    }
    // Refuses a PLAIN peer if its address is locked out, and returns whether it is.
    bool refuseLockedOut(Evaluation *evaluation) const;
    static void acceptUser(Evaluation *evaluation);
    static void publish(Evaluation *evaluation);
    static void addMetadata(const QVariantMap &metadata, Evaluation *evaluation);
    // Completes the evaluation of an accepted peer.
    static void finishAccepted(Evaluation *evaluation);
    static void encodeUserId(Evaluation *evaluation);
    // Lets the refused peer in, without a user id and with empty fields.
    static void letInNonetheless(Evaluation *evaluation);

    PolicyReader m_policy;
    SessionNumbers &m_numbers;
    PasswordCache &m_verified;
    const Lockout &m_lockout;
    NamesUsers m_namesUsers;
    // The look-ups of the batch that is being prefetched.
    std::vector<KeyStore::Lookup> m_lookups;
    std::optional<QByteArrayView> m_lookupDomain;
    const KeyStore *m_lookupKeys = nullptr;
    bool m_isStopping = false;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_EVALUATION_EVALUATOR_H
