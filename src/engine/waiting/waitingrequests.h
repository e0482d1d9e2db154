// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_WAITING_WAITINGREQUESTS_H
#define QZAP_ENGINE_WAITING_WAITINGREQUESTS_H

#include "base/weakinvoker.h"
#include "credentials/stores/passwordcache.h"
#include "engine/evaluation/evaluator.h"
#include "engine/waiting/admissions.h"
#include "engine/waiting/hashchecker.h"
#include "engine/waiting/pendingrequests.h"
#include "engine/waiting/turnqueue.h"
#include "policy/admittance.h"
#include "providers/providerquestion.h"

#include <QtCore/qobject.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace QZap::Internal {

// Answers each request that cannot be answered immediately, exactly once, after waiting for a store
// that is loading, a hash that is checked, or foreign code: a credentials provider or the user id
// hook. After any wait, all earlier checks are repeated with the current policy.
class WaitingRequests final : public QObject, public ProviderQuestion::Receiver
{
public:
    struct Handler
    {
        // Records the session of a peer before it is let in. Called for each final evaluation,
        // immediately before finish().
        std::function<Admittance(const Evaluation &)> admit;
        // Answers the request, which may run foreign code and delete this object.
        std::function<void(const Evaluation &, PendingRequest &)> finish;
        // Called when a request was superseded and gets no answer.
        std::function<void(const ZapMessage &message)> superseded;
        // Called when a request has started to wait.
        std::function<void()> waits;
        // Runs foreign code, which may run an event loop or delete this object. Returns whether
        // this object still exists.
        std::function<bool(const std::function<void()> &code)> runOutside;
        // Foreign code. Returns nullopt if the code has thrown.
        std::function<std::optional<QByteArray>(QByteArrayView publicKey)> curveUserId;
        // Called when a provider has violated its contract. May delete this object.
        std::function<void(const QString &message)> providerFailed;
    };
    enum class Origin { Socket, Any };

    WaitingRequests(QObject *parent, Evaluator &evaluator, PasswordCache &verified,
                    Handler handler);
    ~WaitingRequests() override;
    Q_DISABLE_COPY_MOVE(WaitingRequests)

    // Returns the number of requests that wait, or that foreign code is currently asked about.
    qsizetype count() const { return m_admissions.count(); }

    // Answers the request, or lets it wait, depending on its evaluation.
    void settle(Evaluation &&evaluation, PendingRequest &&request)
    {
        settle(std::move(evaluation), std::move(request), {});
    }
    // Call this when the policy has changed: evaluates the requests that wait for a store again.
    void review();
    // Call this when the address has been locked out: answers the requests from it that wait for a
    // hash.
    void reviewHashes(QByteArrayView address);
    // Ends the requests whose replies would be mistaken for the reply to this message.
    void supersede(const ZapMessage &message)
    {
        if (!m_pending.isEmpty() || !m_asking.empty())
            supersede(message.returnPath());
    }
    // Gives the requests a temporary answer, unless they can be answered now.
    void giveUpAll(Origin origin, const QString &why);
    // Gives up all requests, and ignores later notifications. Called in the thread of this object.
    void shutDown(const QString &why);
    bool isShutDown() const { return !m_invoker->isOpen(); }

private:
    // A violation of its contract by a provider, reported after the request was settled.
    struct Failure
    {
        ProviderPointer provider;
        QString message;
    };
    using Failures = std::vector<Failure>;

    // Applies what foreign code has already answered.
    Evaluation evaluate(const PendingRequest &request);
    void settle(Evaluation evaluation, PendingRequest request, Failures failures);
    // Takes the one step that the evaluation names. Returns the evaluation that follows from it, or
    // nullopt if the request was answered or waits.
    std::optional<Evaluation> next(Evaluation &&evaluation, PendingRequest *request,
                                   Failures *failures);
    // Lets the request wait if it has waited before, or the limits allow.
    bool mayWait(const Evaluation &evaluation, PendingRequest *request);
    // Returns whether a final evaluation must be repeated. Refuses a peer whose session was
    // revoked.
    bool isOutdated(Evaluation *evaluation);

    // Answers the request, which is no longer pending.
    void finish(const Evaluation &evaluation, PendingRequest *request);
    void startDeadline(PendingRequest *request);
    void waitForStore(PendingRequest request);
    // Lets the request wait until fewer event loops of foreign code are nested.
    void waitForTurn(PendingRequest request);
    bool isNestedTooDeep() const;
    // Settles the request that has waited longest for its turn, and posts the next call.
    void takeTurn();
    void postTurn();
    void checkHash(const Evaluation &evaluation, PendingRequest request);
    std::optional<Evaluation> askProvider(Evaluation &&evaluation, PendingRequest *request,
                                          Failures *failures);
    std::optional<Evaluation> askUserId(Evaluation &&evaluation, PendingRequest *request);
    // Runs foreign code about the request. Returns false if nothing is left to be done for the
    // request, for example because this object has been deleted.
    bool ask(PendingRequest *request, const std::function<void()> &code);

    HashChecker::Handler hashHandler();
    // Sets the deadline of a request to the time at which its password is refused if it is wrong.
    void scheduleRefusal(quint64 id, const HashChecker::Schedule &schedule);
    void hashChecked(quint64 id, HashChecker::Outcome outcome);
    void finishHash(quint64 id, HashChecker::Outcome outcome);
    void deadlineReached(quint64 id);
    void decisionAnswered(quint64 id) override;
    void decisionDeferred(quint64 id, QDeadlineTimer deadline) override;
    void providerReturned(quint64 id) override;
    // Settles a request whose provider has answered.
    void conclude(PendingRequest request);
    static void keepAnswer(const ProviderQuestion::Answer &answer, PendingRequest *request,
                           Failures *failures);
    // Applies the provider's answer to the evaluation.
    static Evaluation concluded(Evaluation &&evaluation, const PendingRequest &request);

    void giveUp(quint64 id, const QString &why);
    void giveUp(PendingRequest request, const QString &why);
    void supersede(const QByteArray &returnPath);
    void supersede(PendingRequest *request);

    Evaluator &m_evaluator;
    PasswordCache &m_verified;
    Handler m_handler;
    Admissions m_admissions;
    PendingRequests m_pending;
    TurnQueue m_turns;
    bool m_isTurnPosted = false;
    // The requests that foreign code is currently asked about: most are answered at once and are
    // never pending. Each belongs to a running call of settle().
    std::vector<PendingRequest *> m_asking;
    HashChecker m_hashes;
    const std::shared_ptr<WeakInvoker> m_invoker;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_WAITINGREQUESTS_H
