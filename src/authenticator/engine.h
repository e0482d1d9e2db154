// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_ENGINE_H
#define QZAP_AUTHENTICATOR_ENGINE_H

#include "authenticator/heldconnections.h"
#include "authenticator/reporter.h"
#include "policy/policypublisher.h"
#include "protocol/reply.h"
#include "transport/zapsocket.h"

#include <QtCore/qbytearraylist.h>
#include <QtCore/qelapsedtimer.h>

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
    };

    Engine(const PolicyPublisher &policies, Reporter &reporter, Hooks hooks);

    ZapSocket::OpenResult start(void *context, QString *errorMessage);
    // Gives what has arrived a temporary answer first.
    void stop();
    bool isRunning() const { return m_socket.isOpen(); }

    int maximumHeldConnections() const { return m_maximumHeld; }
    void setMaximumHeldConnections(int maximum) { m_maximumHeld = maximum; }

    // The reply to a raw request, from its version frame on; empty where it cannot be answered.
    QByteArrayList handle(const QByteArrayList &frames);
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
    };

    void received(ZapMessage &message);
    void judge(const QByteArrayView *frames, qsizetype count, qsizetype totalCount,
               Judgement *judgement);
    void identify(Judgement *judgement) const;
    void encodeUserId(TextEncoding encoding, Judgement *judgement) const;
    // Counts and reports; false where there is nothing to answer to.
    bool answer(const Judgement &judgement, Reply *reply);
    QByteArrayView wireCode(Status status, Mechanism mechanism);

    PolicyReader m_policy;
    Reporter &m_reporter;
    Hooks m_hooks;
    ZapSocket m_socket;
    HeldConnections m_held;
    QElapsedTimer m_clock;
    int m_maximumHeld = 0;
    bool m_inBatch = false;
    bool m_stopping = false;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_ENGINE_H
