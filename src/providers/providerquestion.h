// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROVIDERS_PROVIDERQUESTION_H
#define QZAP_PROVIDERS_PROVIDERQUESTION_H

#include "base/tsanhandover.h"
#include "base/weakinvoker.h"

#include <QZap/qzapcredentials.h>
#include <QZap/qzapreply.h>
#include <QZap/qzaprequest.h>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qfuture.h>
#include <QtCore/qfuturewatcher.h>
#include <QtCore/qmutex.h>
#include <QtCore/qpointer.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace QZap::Internal {

// A question to a credentials provider and its single answer, shared by the provider's handles and
// the engine. Thread-safe.
class ProviderQuestion : public std::enable_shared_from_this<ProviderQuestion>
{
public:
    // The recipient of the answer, which is called in its own thread.
    class Receiver
    {
    public:
        virtual void decisionAnswered(quint64 id) = 0;
        virtual void decisionDeferred(quint64 id, QDeadlineTimer deadline) = 0;
        // Called when the provider has returned without an answer, and will answer later.
        virtual void providerReturned(quint64 id) = 0;

    protected:
        ~Receiver() = default;
    };

    struct Details
    {
        quint64 id = 0; // assigned by the receiver
        QZapRequest request;
        QZapCredentials credentials;
        QString userId;           // the proposed one
        bool tellsReturn = false; // whether the receiver is notified of the provider's return
    };

    struct Answer
    {
        QZapReply reply;
        bool isProviderBroken = false;
    };

    // What has happened before the receiver was first notified.
    struct Standing
    {
        std::optional<Answer> answer;
        QDeadlineTimer deadline = QDeadlineTimer(QDeadlineTimer::Forever);
        bool hasReturned = false; // whether the provider has returned and will answer later
    };

    // The invoker must belong to the receiver.
    ProviderQuestion(std::shared_ptr<WeakInvoker> invoker, Receiver *receiver, Details details);

    QZapRequest request() const { return m_request; }
    QString userId() const { return m_userId; }
    QZapCredentials credentials() const; // null after the answer
    bool isPending() const;

    // Returns whether this was the first answer, and was in time.
    bool answer(const QZapReply &reply) { return answer(Phase::Open, {reply, false}); }
    bool defer(std::chrono::milliseconds limit);
    template <typename Result>
    bool resolve(const QFuture<Result> &future)
    {
        return startResolving([future](QObject *context, const auto &answer) {
            whenFinished(future, context,
                         [answer](const QFuture<Result> &finished) { answer(replyOf(finished)); });
        });
    }
    // Call this when the last handle was destroyed.
    void abandon();
    // Call this when the provider was asked, and has returned or thrown.
    void providerReturned(bool hasThrown);

    // Called by the receiver. Returns what has happened until now; later events are notified.
    Standing startTelling();
    // Returns the answer about which the receiver was notified.
    Answer takeAnswer();
    // Called in the receiver's thread. From now on, answers have no effect, and no future is
    // watched. Returns false if there already is an answer.
    bool expire();

private:
    enum class Phase { Open, Resolving, Answered, Over };
    using Answering = std::function<void(const QZapReply &)>;

    // Calls the function with the finished future, in the context's thread, and only while the
    // context exists: QFuture::then() would assert that it does.
    template <typename Result, typename Function>
    static void whenFinished(const QFuture<Result> &future, QObject *context, Function function)
    {
        auto *watcher = new QFutureWatcher<Result>(context); // deleted with the context
        QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                         [watcher, run = std::move(function)] {
                             takeOver();
                             run(watcher->future());
                         });
        watcher->setFuture(future);
    }

    template <typename Result>
    static QZapReply replyOf(const QFuture<Result> &future)
    {
        try {
            QFuture<Result> finished = future;
            finished.waitForFinished(); // rethrows its exception
            if (!finished.isCanceled() && finished.resultCount() > 0)
                return toReply(finished.result());
            return QZapReply::retryLater(
                QStringLiteral("The credentials provider's future has no result"));
        } catch (...) {
            return QZapReply::retryLater(
                QStringLiteral("The credentials provider's future ended with an exception"));
        }
    }
    static QZapReply toReply(const QZapReply &reply) { return reply; }
    static QZapReply toReply(bool isAccepted);

    bool answer(Phase from, Answer answer);
    bool startResolving(std::function<void(QObject *, const Answering &)> watch);
    // Called in the receiver's thread.
    void watch(const std::function<void(QObject *, const Answering &)> &watch);

    const std::shared_ptr<WeakInvoker> m_invoker;
    Receiver *const m_receiver;
    const quint64 m_id;
    const QZapRequest m_request;
    const QString m_userId;
    const bool m_tellsReturn;

    mutable QMutex m_mutex;
    QZapCredentials m_credentials;
    Phase m_phase = Phase::Open;
    bool m_isDeferred = false;
    bool m_hasReturned = false;
    bool m_isTelling = false;
    QDeadlineTimer m_deadline = QDeadlineTimer(QDeadlineTimer::Forever);
    Answer m_answer;
    QPointer<QObject> m_watch; // of a future, in the receiver's thread
};

} // namespace QZap::Internal

#endif // QZAP_PROVIDERS_PROVIDERQUESTION_H
