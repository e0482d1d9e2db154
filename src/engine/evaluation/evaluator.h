// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_EVALUATION_EVALUATOR_H
#define QZAP_ENGINE_EVALUATION_EVALUATOR_H

#include "credentials/stores/keystore.h"
#include "credentials/stores/passwordcache.h"
#include "policy/decide.h"
#include "policy/policypublisher.h"
#include "protocol/request.h"
#include "protocol/z85.h"

#include <QZap/qzapreply.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>

#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace QZap::Internal {

// A request with its verdict. Views look at the frames, at the policy, which the next evaluation
// may replace, or at what is stored here: moving or copying an evaluation keeps them valid, except
// for those that userId() and sentUserId() have returned.
struct Evaluation
{
    bool isFinal() const { return verdict.next == Verdict::Next::Answer; }
    void set(Status status, const QByteArray &reason);

    // Proved or claimed, UTF-8.
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
    // The text of the peer's public key.
    void setUserIdToKey();
    // In the encoding of the wire; empty unless the peer is accepted.
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
    SentId sentId = SentId::None;
    QByteArray encodedUserId; // if it is sent so
    QByteArray metadata;      // of an accepted peer
    ProviderPointer provider; // to ask
    Verdict::Next nextOnceNamed = Verdict::Next::Answer;
    TextEncoding encoding = TextEncoding::Utf8;
    quint64 policyVersion = 0;
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
    // Those by which the last evaluation was made: what that views stays valid.
    const Limits &limits() const { return m_policy.held().limits; }
    // Whether nothing has changed since; the evaluation's views of the policy are valid then.
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
            startLookup(policy, message.request());
        finishLookups();
    }

    [[nodiscard]] Evaluation evaluate(const RequestFrames &frames);
    [[nodiscard]] Evaluation evaluate(const QByteArrayList &frames);
    Evaluation evaluate(QByteArrayList &&frames) = delete; // the views would be of nothing

    // The evaluation that follows if somebody has said the user id, or failed to.
    [[nodiscard]] Evaluation named(Evaluation evaluation,
                                   const std::optional<QByteArray> &userId) const;
    // The evaluation that follows if the provider that was to be asked has answered. If the answer
    // has no user id, the one that the checks found stays.
    [[nodiscard]] static Evaluation answered(Evaluation evaluation, const QZapReply &answer);
    // The evaluation that follows if the peer is refused instead, as whom it claims to be.
    [[nodiscard]] Evaluation refused(Evaluation evaluation, Status status,
                                     const QByteArray &reason) const;

private:
    void startLookup(const Policy &policy, const RequestFrames &frames);
    void finishLookups();
    // Whom the peer proved to be, or, if it is refused, claimed to be.
    void identify(Evaluation *evaluation) const;
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

#endif // QZAP_ENGINE_EVALUATION_EVALUATOR_H
