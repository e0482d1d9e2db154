// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_ENGINE_H
#define QZAP_ENGINE_ENGINE_H

#include "base/weakinvoker.h"
#include "engine/evaluator.h"
#include "engine/hashchecker.h"
#include "engine/heldconnections.h"
#include "engine/pendingrequests.h"
#include "protocol/reply.h"
#include "providers/providerquestion.h"
#include "reporting/reporter.h"
#include "transport/zapsocket.h"

#include <QtCore/qbytearraylist.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfuture.h>
#include <QtCore/qobject.h>

#include <functional>
#include <vector>

namespace QZap::Internal {

// Answers what arrives on the ZAP socket: each request once. It is the one piece that knows the
// transport, the policy and who listens.
class Engine final : public QObject, public ProviderQuestion::Receiver
{
public:
    struct Hooks
    {
        Evaluator::NamesUsers namesUsers;
        // Nullopt where it threw. Somebody else's code.
        std::function<std::optional<QByteArray>(QByteArrayView publicKey)> curveUserId;
        // The context was terminated; the engine has stopped.
        std::function<void()> terminated;
        // The reporter has news. After a drain, when anything may be done.
        std::function<void(bool afterDrain)> news;
        // A provider did not answer as it must.
        std::function<void(const QString &message)> providerFailed;
    };

    Engine(QObject *parent, const PolicyPublisher &policies, PasswordCache &verified,
           Reporter &reporter, Hooks hooks);
    ~Engine() override;
    Q_DISABLE_COPY_MOVE(Engine)

    ZapSocket::OpenResult start(void *context, QString *errorMessage);
    // Gives what has arrived or is pending a temporary answer first.
    void stop();
    // The same for what came without a socket, too; for good.
    void shutDown();

    // Promises the reply to a raw request, from its version frame on; empty where it cannot be
    // answered.
    void handle(const QByteArrayList &frames, std::shared_ptr<QPromise<QByteArrayList>> promise);
    // Looks again at the requests that wait for a store: the policy has changed.
    void review();

private:
    void arrived(const std::vector<ZapMessage> &messages);
    void received(ZapMessage &message);
    Evaluation evaluate(const PendingRequest &request);
    // Counts and reports; false where there is nothing to answer to.
    bool answer(const Evaluation &evaluation, Reply *reply);
    void finish(const Evaluation &evaluation, PendingRequest request);

    // Answers the request, or lets it wait, as it was evaluated.
    void settle(Evaluation *evaluation, PendingRequest request);
    // Whether there is room for one more that waits; if not, it is answered.
    bool admit(Evaluation *evaluation, PendingRequest *request);
    void waitForStore(PendingRequest request);
    void nameUser(Evaluation *evaluation, PendingRequest request);
    void checkHash(const Evaluation &evaluation, PendingRequest request);
    void askProvider(Evaluation *evaluation, PendingRequest request);
    // Runs somebody else's code about the request. False where nothing is left to be done for that.
    template <typename Ask>
    bool ask(PendingRequest *request, Ask code);

    void hashChecked(quint64 id, HashChecker::Outcome outcome);
    void decisionAnswered(quint64 id) override;
    void decisionDeferred(quint64 id, QDeadlineTimer deadline) override;
    // With a evaluation that is still true, if there is one.
    void conclude(const ProviderQuestion::Answer &answer, PendingRequest request,
                  Evaluation *evaluation);
    void giveUp(quint64 id, const QString &why);
    void giveUp(PendingRequest request, const QString &why);
    void giveUpAsking(bool evenRaw, const QString &why);
    void supersedeFormer(const ZapMessage &message);
    void supersede(PendingRequest *request);
    void reportNews();
    void report(bool afterDrain);
    QByteArrayView wireCode(Status status, Mechanism mechanism);

    Evaluator m_evaluator;
    PasswordCache &m_verified;
    Reporter &m_reporter;
    Hooks m_hooks;
    ZapSocket m_socket;
    HeldConnections m_held;
    PendingRequests m_pending;
    // Those that somebody else's code is being asked about in this very moment: most are answered
    // at once and never pending.
    std::vector<PendingRequest *> m_asking;
    HashChecker m_hashes;
    const std::shared_ptr<Postbox> m_postbox;
    QElapsedTimer m_clock;
    bool m_inBatch = false;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_ENGINE_H
