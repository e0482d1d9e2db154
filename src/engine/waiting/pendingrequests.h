// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_WAITING_PENDINGREQUESTS_H
#define QZAP_ENGINE_WAITING_PENDINGREQUESTS_H

#include "base/singleshottimer.h"
#include "engine/waiting/admissions.h"
#include "policy/providertable.h"
#include "providers/providerquestion.h"
#include "transport/zapmessage.h"

#include <QZap/qzap.h>
#include <QZap/qzapreply.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpromise.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace QZap::Internal {

// A request that cannot be answered yet, and the destination of its answer: the socket, or the
// promise of the call that has passed the request.
struct PendingRequest
{
    enum class Reason {
        Store,
        Hash,
        Provider,
        Turn, // the provider is asked when fewer event loops are nested
    };

    ZapMessage message;
    QByteArrayList rawFrames; // set if the request was passed by a call
    qint64 calledAt = 0;      // the time of this call, by the steady clock
    // At most one of these two is set.
    std::shared_ptr<QPromise<QByteArrayList>> promise; // of the frames of the reply
    std::shared_ptr<QPromise<QZapReply>> replyPromise;
    bool feedsLockout = true; // whether its outcome counts for the lockout of its address
    std::optional<Admissions::Ticket> ticket; // from admission until the answer
    bool isAnswered = false;
    Reason reason = Reason::Store;
    std::optional<QByteArray> userId; // the result of the user id hook
    quint64 sessionNumber = 0;        // set once foreign code was asked
    QByteArray hash;                  // the one that is being checked
    ProviderPointer provider;         // the one that was asked
    std::shared_ptr<ProviderQuestion> question;
    std::optional<QZapReply> providerReply; // until the answer was sent, or a new question follows
    QDeadlineTimer deadline = QDeadlineTimer(QDeadlineTimer::Forever);
    // Set for a password that is being checked, or is wrong, when the time of its refusal is known.
    // The deadline is then that time.
    struct Refusal
    {
        // Returns the next time at which the password may be refused, but not beyond the decision's
        // own deadline: at that time the request is given up, regardless of the outcome.
        QDeadlineTimer nextDeadline() const;

        std::chrono::steady_clock::time_point start; // of the check
        std::chrono::steady_clock::duration time;    // due after this, or a multiple of it
        QDeadlineTimer decisionDeadline;
    };
    std::optional<Refusal> refusal;

    bool isRaw() const { return promise || replyPromise; }
    qint64 receivedAt() const { return isRaw() ? calledAt : message.receivedAt(); }
    // Sets the progress value of the call's future to the stage.
    void setStage(DecisionStage stage) const
    {
        if (promise)
            promise->setProgressValue(static_cast<int>(stage));
        else if (replyPromise)
            replyPromise->setProgressValue(static_cast<int>(stage));
    }
    // Call this when the request no longer waits for a hash or a provider.
    void forgetQuestion()
    {
        hash = {};
        provider.reset();
        question.reset();
        providerReply.reset();
    }
};

// The requests that wait, until they are taken to be answered.
class PendingRequests : public QObject
{
public:
    // Called when the request's deadline has passed. The request can still be taken.
    using Expired = std::function<void(quint64 id)>;

    PendingRequests(QObject *parent, Expired expired);

    bool isEmpty() const { return m_entries.empty(); }

    // Reserves an id, if it must be known before the request is added.
    quint64 nextId() { return ++m_lastId; }
    void add(quint64 id, PendingRequest request);
    // Returns the id of the request with the same return path, whose sender cannot distinguish the
    // replies; 0 if none.
    quint64 idOf(const QByteArray &returnPath) const { return m_byReturnPath.value(returnPath); }
    PendingRequest *find(quint64 id);
    std::optional<PendingRequest> take(quint64 id);
    QList<quint64> ids(PendingRequest::Reason reason) const;
    QList<quint64> all() const;
    void setDeadline(quint64 id, QDeadlineTimer deadline);
    // Stops the timer. Must be called in its own thread. Deadlines have no effect afterwards.
    void shutDown();

private:
    void armTimer();
    void expire();

    using Deadlines = std::multimap<qint64, quint64>; // ms of the monotonic clock, id
    struct Entry
    {
        PendingRequest request;
        std::optional<Deadlines::iterator> deadline;
    };
    using Entries = std::map<quint64, Entry>;

    void dropDeadline(Entry *entry);

    Expired m_expired;
    Entries m_entries;
    Deadlines m_deadlines; // one for each entry
    QHash<QByteArray, quint64> m_byReturnPath;
    SingleShotTimer *m_timer;
    quint64 m_lastId = 0;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_PENDINGREQUESTS_H
