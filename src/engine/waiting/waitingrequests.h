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
#include "providers/providerquestion.h"

#include <QtCore/qobject.h>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace QZap::Internal {

// Leads each request that cannot be answered at once to its one answer, by way of a store that is
// loading, a hash that is checked, or somebody else's code: a credentials provider or the user id
// hook. After any wait, all earlier checks are repeated by the policy of that moment.
class WaitingRequests final : public QObject, public ProviderQuestion::Receiver
{
public:
    struct Handler
    {
        // Answers the request, which may run somebody else's code and delete this object.
        std::function<void(const Evaluation &, PendingRequest &)> finish;
        // A request was superseded and gets no answer.
        std::function<void()> superseded;
        // A request has begun to wait.
        std::function<void()> waits;
        // Runs somebody else's code, which may run an event loop or delete this object. Returns
        // whether this object is still there.
        std::function<bool(const std::function<void()> &code)> runOutside;
        // Somebody else's code. Returns nullopt if it threw.
        std::function<std::optional<QByteArray>(QByteArrayView publicKey)> curveUserId;
        // A provider did not answer as it must. May delete this object.
        std::function<void(const QString &message)> providerFailed;
    };
    enum class Origin { Socket, Any };

    WaitingRequests(QObject *parent, Evaluator &evaluator, PasswordCache &verified,
                    Handler handler);
    ~WaitingRequests() override;
    Q_DISABLE_COPY_MOVE(WaitingRequests)

    // Those that wait, or that somebody else's code is asked about in this very moment.
    qsizetype count() const { return m_admissions.count(); }

    // Answers the request, or lets it wait, as its evaluation says.
    void settle(Evaluation &&evaluation, PendingRequest &&request)
    {
        settle(std::move(evaluation), std::move(request), {});
    }
    // Evaluates the requests that wait for a store again: the policy has changed.
    void review();
    // Ends the requests whose replies would be taken for the reply to this message.
    void supersede(const ZapMessage &message)
    {
        if (!m_pending.isEmpty() || !m_asking.empty())
            supersede(message.returnPath());
    }
    // Gives the requests a temporary answer, unless they can be answered now.
    void giveUpAll(Origin origin, const QString &why);
    // Gives up all requests, and accepts no news of any more. In the thread of this object.
    void shutDown(const QString &why);
    bool isShutDown() const { return !m_invoker->isOpen(); }

private:
    // A provider that did not answer as it must; reported after the request was settled.
    struct Failure
    {
        ProviderPointer provider;
        QString message;
    };
    using Failures = std::vector<Failure>;

    Evaluation evaluate(const PendingRequest &request);
    void settle(Evaluation evaluation, PendingRequest request, Failures failures);
    // Takes the one step that the evaluation names. Returns the evaluation that follows from it, or
    // nullopt if the request was answered or waits.
    std::optional<Evaluation> next(Evaluation &&evaluation, PendingRequest *request,
                                   Failures *failures);
    // Admits the request if it has waited before, or the limits allow.
    bool admit(const Evaluation &evaluation, PendingRequest *request);

    // Answers the request, which is not pending any more.
    void finish(const Evaluation &evaluation, PendingRequest *request);
    void startDeadline(PendingRequest *request);
    void waitForStore(PendingRequest request);
    // Lets the request wait until fewer event loops of somebody else's code run in each other.
    void waitForTurn(PendingRequest request);
    bool isNestedTooDeep() const;
    // Settles the request that has waited longest for its turn, and posts the next call.
    void takeTurn();
    void postTurn();
    void checkHash(const Evaluation &evaluation, PendingRequest request);
    std::optional<Evaluation> askProvider(Evaluation &&evaluation, PendingRequest *request,
                                          Failures *failures);
    std::optional<Evaluation> askUserId(Evaluation &&evaluation, PendingRequest *request);
    // Runs somebody else's code about the request. Returns false if nothing is left to be done for
    // the request, as if this object has been deleted.
    bool ask(PendingRequest *request, const std::function<void()> &code);

    void hashChecked(quint64 id, HashChecker::Outcome outcome);
    void decisionAnswered(quint64 id) override;
    void decisionDeferred(quint64 id, QDeadlineTimer deadline) override;
    // Settles a request whose provider has answered.
    void conclude(PendingRequest request);
    Evaluation concluded(Evaluation &&evaluation, const PendingRequest &request,
                         const ProviderQuestion::Answer &answer, Failures *failures);

    void giveUp(quint64 id, const QString &why);
    void giveUp(PendingRequest request, const QString &why);
    void supersede(const QByteArray &returnPath);
    void supersede(PendingRequest *request);

    Evaluator &m_evaluator;
    PasswordCache &m_verified;
    Handler m_handler;
    Admissions m_admissions;
    PendingRequests m_pending;
    std::deque<quint64> m_turns; // of pending requests, and of some that are not any more
    bool m_isTurnPosted = false;
    // Those that somebody else's code is asked about in this very moment: most are answered at once
    // and never pending. Each lies in a settle() that is still running.
    std::vector<PendingRequest *> m_asking;
    HashChecker m_hashes;
    const std::shared_ptr<WeakInvoker> m_invoker;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_WAITINGREQUESTS_H
