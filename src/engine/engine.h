// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_ENGINE_H
#define QZAP_ENGINE_ENGINE_H

#include "engine/evaluation/evaluator.h"
#include "engine/foreigncalls.h"
#include "engine/heldconnections.h"
#include "engine/lockout/lockout.h"
#include "engine/waiting/waitingrequests.h"
#include "protocol/reply.h"
#include "reporting/reporter.h"
#include "sessions/sessioncore.h"
#include "transport/zapsocket.h"

#include <QtCore/qbytearraylist.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qobject.h>
#include <QtCore/qpromise.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace QZap::Internal {

// Answers each request that arrives on the ZAP socket or is passed to handle() exactly once:
// immediately if possible, otherwise after it has been one of the waiting requests. The only class
// that uses transport, policy and reports.
class Engine final : public QObject
{
public:
    struct Hooks
    {
        Evaluator::NamesUsers namesUsers;
        // Foreign code. Returns nullopt if the code has thrown.
        std::function<std::optional<QByteArray>(QByteArrayView publicKey)> curveUserId;
        // Called when the context was terminated; the engine has stopped.
        std::function<void()> terminated;
        // Called when the reporter has new reports. After a drain, the hook may do anything.
        std::function<void(bool afterDrain)> news;
        // Called when a provider has violated its contract.
        std::function<void(const QString &message)> providerFailed;
    };

    Engine(QObject *parent, SessionCore &sessions, PasswordCache &verified, Lockout &lockout,
           Reporter &reporter, Hooks hooks);
    ~Engine() override;
    Q_DISABLE_COPY_MOVE(Engine)

    // May be called by foreign code during stop(): completes that first.
    [[nodiscard]] ZapSocket::Opening start(void *context);
    // Gives requests that have arrived or are pending a temporary answer, then stops.
    void stop();
    // The calls of foreign code. While one is running, the engine must not move to another thread.
    ForeignCalls &foreignCalls() { return m_foreignCalls; }
    // Stops for good, and also ends requests of handle().
    void shutDown();

    // Fulfills the promise with the reply to a raw request, from its version frame on; empty if it
    // cannot be answered.
    void handle(const QByteArrayList &frames, std::shared_ptr<QPromise<QByteArrayList>> promise);
    // Fulfills the promise with the decision on a request. Takes over its frames, and wipes a
    // password in them.
    void decide(QByteArrayList &&frames, std::shared_ptr<QPromise<QZapReply>> promise);
    // Returns the evaluation's verdict as it is reported.
    static QZapReply decision(const Evaluation &evaluation);
    // Returns the number of connections that are held. Thread-safe.
    qint64 heldCount() const { return m_held.count(m_clock.elapsed()); }
    // Call this when the policy has changed: drops the previous one, and evaluates the requests
    // that wait for a store again.
    void review()
    {
        m_evaluator.refresh();
        m_waiting.review();
    }

private:
    // A reply that was passed to the socket, and may reach nobody.
    struct Unsent
    {
        Reporter::Receipt receipt;
        ProviderPointer provider; // that has answered, if one was asked
        std::shared_ptr<ProviderQuestion> question;
    };

    WaitingRequests::Handler waitingHandler();
    void finishStop();
    void received(ZapMessage &message);
    void handle(PendingRequest &&request);
    // Records the session of a peer before it is let in.
    [[nodiscard]] Admittance admit(const Evaluation &evaluation);
    // Counts and reports the decision; returns nullopt if the request cannot be answered.
    std::optional<Reporter::Receipt> count(const Evaluation &evaluation, qint64 received);
    void countSuperseded(const ZapMessage &message);
    // The reply is valid until the next call.
    Reply replyOf(const Evaluation &evaluation);
    void send(ZapMessage &message, const Reply &reply, Unsent unsent);
    // Withdraws the decision of a reply that has reached nobody.
    void undelivered(size_t index);
    void finish(const Evaluation &evaluation, PendingRequest &request);
    // Fulfills the promise of the call that has passed the request, which may run foreign code.
    void answerCall(const Evaluation &evaluation, PendingRequest &request, bool isAnswerable);
    // Runs foreign code outside of the current batch. Returns whether this engine still exists.
    bool runOutside(const std::function<void()> &code);
    void reportNews();
    void report(bool afterDrain);
    QByteArrayView wireCode(Status status, Mechanism mechanism);
    // Counts the outcome of a PLAIN request for the lockout. Returns the address if this has locked
    // it.
    std::optional<QByteArray> feedLockout(const Evaluation &evaluation);

    SessionCore &m_sessions;
    Lockout &m_lockout;
    Evaluator m_evaluator;
    Reporter &m_reporter;
    Hooks m_hooks;
    ForeignCalls m_foreignCalls;
    std::vector<Unsent> m_unsent; // since the last report; their indices are the socket's receipts
    ZapSocket m_socket;
    HeldConnections m_held;
    WaitingRequests m_waiting;
    QByteArray m_replyMetadata; // of the last reply with a session
    QElapsedTimer m_clock;
    bool m_inBatch = false;
    bool m_isStopping = false;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_ENGINE_H
