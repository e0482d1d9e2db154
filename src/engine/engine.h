// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_ENGINE_H
#define QZAP_ENGINE_ENGINE_H

#include "engine/evaluation/evaluator.h"
#include "engine/heldconnections.h"
#include "engine/lockout/lockout.h"
#include "engine/waiting/waitingrequests.h"
#include "protocol/reply.h"
#include "reporting/reporter.h"
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

// Answers each request that arrives on the ZAP socket or is passed to handle(), exactly once: at
// once if possible, otherwise by way of its waiting requests. The only class that uses transport,
// policy and reports.
class Engine final : public QObject
{
public:
    struct Hooks
    {
        Evaluator::NamesUsers namesUsers;
        // Foreign code. Returns nullopt if it threw.
        std::function<std::optional<QByteArray>(QByteArrayView publicKey)> curveUserId;
        // The context was terminated; the engine has stopped.
        std::function<void()> terminated;
        // The reporter has new reports. After a drain, the hook may do anything.
        std::function<void(bool afterDrain)> news;
        // A provider has violated its contract.
        std::function<void(const QString &message)> providerFailed;
    };

    Engine(QObject *parent, const PolicyPublisher &policies, PasswordCache &verified,
           Lockout &lockout, Reporter &reporter, Hooks hooks);
    ~Engine() override;
    Q_DISABLE_COPY_MOVE(Engine)

    [[nodiscard]] ZapSocket::Opening start(void *context);
    // First gives requests that have arrived or are pending a temporary answer.
    void stop();
    // The same, finally, and also for requests of handle().
    void shutDown();

    // Promises the reply to a raw request, from its version frame on; empty if it cannot be
    // answered.
    void handle(const QByteArrayList &frames, std::shared_ptr<QPromise<QByteArrayList>> promise);
    // Promises the decision on a request. Takes over its frames, and wipes a password in them.
    void decide(QByteArrayList &&frames, std::shared_ptr<QPromise<QZapReply>> promise);
    // Returns the evaluation's verdict as it is reported.
    static QZapReply decision(const Evaluation &evaluation);
    // The policy has changed: drops the previous one, and evaluates the requests that wait for a
    // store again.
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
    void received(ZapMessage &message);
    void handle(PendingRequest &&request);
    // Counts and reports the decision; returns nullopt if there is nothing to answer to.
    std::optional<Reporter::Receipt> count(const Evaluation &evaluation);
    Reply replyOf(const Evaluation &evaluation);
    void send(ZapMessage &message, const Reply &reply, Unsent unsent);
    // Withdraws the decision of a reply that has reached nobody.
    void undelivered(size_t index);
    void finish(const Evaluation &evaluation, PendingRequest &request);
    // Keeps the promise of the call that has passed the request, which may run foreign code.
    void answerCall(const Evaluation &evaluation, PendingRequest &request, bool isAnswerable);
    // Runs foreign code outside of the current batch. Returns whether this engine still exists.
    bool runOutside(const std::function<void()> &code);
    void reportNews();
    void report(bool afterDrain);
    QByteArrayView wireCode(Status status, Mechanism mechanism);
    // Counts the outcome of a PLAIN request for the lockout. Returns the address if this has locked
    // it.
    std::optional<QByteArray> feedLockout(const Evaluation &evaluation);

    Lockout &m_lockout;
    Evaluator m_evaluator;
    Reporter &m_reporter;
    Hooks m_hooks;
    std::vector<Unsent> m_unsent; // since the last report; their indices are the socket's receipts
    ZapSocket m_socket;
    HeldConnections m_held;
    WaitingRequests m_waiting;
    QElapsedTimer m_clock;
    bool m_inBatch = false;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_ENGINE_H
