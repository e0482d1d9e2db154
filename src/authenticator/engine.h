// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_ENGINE_H
#define QZAP_AUTHENTICATOR_ENGINE_H

#include "authenticator/hashchecker.h"
#include "authenticator/heldconnections.h"
#include "authenticator/pendingrequests.h"
#include "authenticator/reporter.h"
#include "credentials/passwordcache.h"
#include "policy/policypublisher.h"
#include "protocol/reply.h"
#include "transport/zapsocket.h"

#include <QtCore/qbytearraylist.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfuture.h>

#include <functional>

namespace QZap::Internal {

// Answers requests: the only piece that knows the socket, the policy and the reporter.
class Engine
{
public:
    struct Hooks
    {
        // The user id, in UTF-8, of an accepted CURVE key. Anybody's code: it may throw.
        std::function<QByteArray(QByteArrayView publicKey)> curveUserId;
        // The context was terminated; the engine has stopped.
        std::function<void()> terminated;
        // Something was answered, or is pending now, outside of a drain: the reporter has news.
        std::function<void()> news;
    };

    struct Limits
    {
        int decisionTimeout = 5000; // ms
        int pendingDecisions = 10000;
        int pendingPerAddress = 64;
        int heldConnections = 0;
    };

    // What it has in a thread is a child of the owner, and moves with it.
    Engine(QObject *owner, const PolicyPublisher &policies, Reporter &reporter, Hooks hooks);
    ~Engine();
    Q_DISABLE_COPY_MOVE(Engine)

    ZapSocket::OpenResult start(void *context, QString *errorMessage);
    // Gives what has arrived or is pending a temporary answer first.
    void stop();
    bool isRunning() const { return m_socket.isOpen(); }

    Limits limits; // hold for the next request
    qsizetype pendingCount() const { return m_pending.count(); }

    // The reply to a raw request, from its version frame on; empty where it cannot be answered.
    QFuture<QByteArrayList> handle(const QByteArrayList &frames);
    // Looks again at the requests that wait for a store: the policy has changed.
    void review();
    // What the built-in checks say of it, without any effect.
    QZapReply evaluate(const QByteArrayList &frames);

private:
    // What was asked and what the answer is. Views look at the frames, the policy or the storage.
    struct Judgement
    {
        ParseOutcome outcome = ParseOutcome::Unanswerable;
        Request request;
        Verdict verdict;
        QByteArrayView userId;     // proved or claimed, UTF-8
        QByteArrayView sentUserId; // of an accepted peer, in the encoding of the wire
        QByteArray userIdStorage;
        QByteArray sentUserIdStorage;
        QByteArray metadata; // of an accepted peer
    };

    void received(ZapMessage &message);
    void judge(const QByteArrayView *frames, qsizetype count, qsizetype totalCount,
               Judgement *judgement);
    void judge(const PendingRequest &request, Judgement *judgement);
    static void publish(Judgement *judgement);
    void identify(Judgement *judgement) const;
    void encodeUserId(TextEncoding encoding, Judgement *judgement) const;
    // Counts and reports; false where there is nothing to answer to.
    bool answer(const Judgement &judgement, Reply *reply);

    // Answers the request, or lets it wait, as it was judged. False where there was no room.
    void settle(Judgement *judgement, PendingRequest request);
    void wait(Judgement *judgement, PendingRequest request);
    void finish(const Judgement &judgement, PendingRequest request);
    void hashChecked(quint64 id, HashChecker::Outcome outcome);
    void giveUp(quint64 id);
    void reportNews();
    QByteArrayView wireCode(Status status, Mechanism mechanism);

    PolicyReader m_policy;
    Reporter &m_reporter;
    Hooks m_hooks;
    ZapSocket m_socket;
    HeldConnections m_held;
    PendingRequests m_pending;
    HashChecker m_hashes;
    PasswordCache m_verified;
    QElapsedTimer m_clock;
    bool m_inBatch = false;
    bool m_stopping = false;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_ENGINE_H
