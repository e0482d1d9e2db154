// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// The functions of QZapAuthenticator that decide on a single request.

#include "authenticator/qzapauthenticator_p.h"

#include "authenticator/postedrequest.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/weakinvoker.h"
#include "protocol/reply.h"
#include "protocol/requestencoder.h"

#include <QtCore/qfuture.h>
#include <QtCore/qpromise.h>

#include <memory>
#include <utility>

using namespace QZap::Internal;

namespace {

template <typename T>
QFuture<T> readyFuture(T value)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 6, 0)
    return QtFuture::makeReadyValueFuture(std::move(value));
#else
    return QtFuture::makeReadyFuture(std::move(value)); // deprecated in later versions
#endif
}

// Returns the reason for the answer to calls that wait when the authenticator is destroyed.
QString destroyedText()
{
    return QStringLiteral("The authenticator was destroyed");
}

QZapReply calledInOtherThread()
{
    return QZapReply::retryLater(
        QStringLiteral("The call was made outside of the authenticator's thread"));
}

// Returns the temporary reply to a request; empty if it cannot be answered.
QByteArrayList temporaryReply(const QByteArrayList &frames)
{
    if (frames.size() < 2)
        return {};
    const QByteArray text = destroyedText().toLatin1();
    return replyFrames(frames.at(1), {statusCode(QZap::Status::TemporaryError), text, {}, {}});
}

// Lets the engine answer a request in its thread. If the engine is destroyed first, the last answer
// is used.
template <typename Answer, typename Handle>
QFuture<Answer> passOn(Engine *engine, bool isInOtherThread, QByteArrayList &&frames,
                       Answer lastAnswer, Handle handle)
{
    auto promise = std::make_shared<QPromise<Answer>>();
    promise->start();
    promise->setProgressRange(0, static_cast<int>(QZap::DecisionStage::Deferred));
    QFuture<Answer> future = promise->future();
    if (!isInOtherThread) {
        handle(engine, std::move(frames), std::move(promise));
        return future;
    }
    const auto request = std::make_shared<PostedRequest<Answer>>(
        std::move(frames), std::move(promise), std::move(lastAnswer));
    callLater(engine, [engine, request, handle] {
        handle(engine, request->takeFrames(), request->takePromise());
    });
    return future;
}

} // namespace

/*!
    Returns the answer that the built-in checks would give now to a peer that connects to \a domain
    from \a address with \a credentials. The function has no side effects: nothing is counted or
    reported. It also works while the authenticator is stopped.

    The function never waits, and is not the whole decision: it does not ask credentials providers,
    which can still refuse a peer that it accepts; and its answer is temporary while the domain is
    loading, if only a provider decides, or if a hash of the password has to be computed. For the
    whole decision, call authenticate(); for the steps that led to the answer, call explain().
    Without an application object, changes of files are not noticed: see \l{Files That Change}.

    Must be called in the authenticator's thread; elsewhere, it prints a warning and returns a
    temporary answer.

    \sa authenticate(), explain()
*/
QZapReply QZapAuthenticator::evaluate(const QString &domain, const QString &address,
                                      const QZapCredentials &credentials) const
{
    Q_D(const QZapAuthenticator);
    if (!d->isOwnThread("evaluate"))
        return calledInOtherThread();
    auto frames = encodeRequest(domain, address, credentials, d->policy.encoding);
    if (!frames)
        return QZapReply::reject(frames.problem().text());
    QZapReply reply = Engine::decision(d->evaluate(*frames));
    if (credentials.mechanism() == QZap::Mechanism::Plain)
        wipe(frames->last());
    return reply;
}

/*!
    Explains the answer that evaluate() gives to a peer that connects to \a domain from \a address
    with \a credentials, for people: one sentence per line, in the order of the checks. It names

    \list
        \li lockdown, a lock of the address (QZapLockout), or what is wrong with the configuration;
        \li the entry of an address list that the address matches;
        \li the domain that applies or, if none does, the most similar name of those that are
            configured;
        \li what is wrong with the domain;
        \li the file and line of the key or user, and when the key expires;
        \li whether a credentials provider is asked next; and
        \li the answer. It does not disclose whether the password of a known user is correct.
    \endlist

    The text is for logs, consoles and administrators, not for programs: its wording changes. It
    contains paths and names of users and domains, but no secrets; text from peers is escaped. The
    function has no side effects and reads no files.

    Must be called in the authenticator's thread; elsewhere, it prints a warning and returns an
    empty text.

    \sa evaluate(), {When Nobody Gets In}
*/
QString QZapAuthenticator::explain(const QString &domain, const QString &address,
                                   const QZapCredentials &credentials) const
{
    Q_D(const QZapAuthenticator);
    if (!d->isOwnThread("explain"))
        return {};
    auto frames = encodeRequest(domain, address, credentials, d->policy.encoding);
    if (!frames)
        return QStringLiteral("Answer: refused. ") + printable(frames.problem().text());
    QString text = d->explain(*frames);
    if (credentials.mechanism() == QZap::Mechanism::Plain)
        wipe(frames->last());
    return text;
}

/*!
    Decides whether a peer may connect to \a domain from \a address with \a credentials, as for a
    request from the socket: credentials providers are asked, hashes are computed, and the request
    waits for a domain that is loading. The decision is counted and reported by signals. It also
    works while the authenticator is stopped. Use it to authenticate other connections by the same
    rules, such as those of an HTTP server.

    The future is finished immediately unless the request has to wait. In that case it is finished
    from the event loop of the authenticator's thread or, with \l workerThread, of the private
    thread. If the authenticator is destroyed first, its result is a temporary answer. Each pending
    call counts for maximumPendingDecisions and maximumPendingPerAddress. Canceling the future does
    not end the decision. Its progress value is a QZap::DecisionStage.

    Credentials that no request can contain are rejected, with the reason, without being counted or
    reported. The user id and the metadata of the result are those that a server would read from the
    peer's messages. Without an application object, changes of files are not noticed: see
    \l{Files That Change}.

    Must be called in the authenticator's thread; elsewhere, it prints a warning, and the result is
    a temporary answer.

    \sa evaluate(), explain(), handleZapMessage()
*/
QFuture<QZapReply> QZapAuthenticator::authenticate(const QString &domain, const QString &address,
                                                   const QZapCredentials &credentials)
{
    Q_D(QZapAuthenticator);
    if (!d->isOwnThread("authenticate"))
        return readyFuture(calledInOtherThread());
    auto frames = encodeRequest(domain, address, credentials, d->policy.encoding);
    if (!frames)
        return readyFuture(QZapReply::reject(frames.problem().text()));
    d->startReminder->disarm();
    return passOn(&d->engine, d->engineThread.hasEngine(), std::move(*frames),
                  QZapReply::retryLater(destroyedText()),
                  [](Engine *engine, QByteArrayList &&request, auto promise) {
                      engine->decide(std::move(request), std::move(promise));
                  });
}

/*!
    Decides on \a frames, a raw request from its version frame on
    (\l{https://rfc.zeromq.org/spec/27/}{RFC 27}), and returns the frames of the reply, the version
    frame first. It is counted and reported like a request from the socket, and answered even while
    the authenticator is stopped.

    The future is finished immediately unless the request has to wait. In that case it is finished
    from the event loop, with a temporary answer if the authenticator is destroyed. Its progress
    value is a QZap::DecisionStage.

    Any list of frames is answered, except one without a request id: its future has an empty list as
    result, and it counts as dropped.

    Must be called in the authenticator's thread; elsewhere, it prints a warning, and the result is
    an empty list.

    \sa authenticate()
*/
QFuture<QByteArrayList> QZapAuthenticator::handleZapMessage(const QByteArrayList &frames)
{
    Q_D(QZapAuthenticator);
    if (!d->isOwnThread("handleZapMessage"))
        return readyFuture(QByteArrayList());
    d->startReminder->disarm();
    return passOn(&d->engine, d->engineThread.hasEngine(), QByteArrayList(frames),
                  temporaryReply(frames),
                  [](Engine *engine, QByteArrayList &&request, auto promise) {
                      engine->handle(std::move(request), std::move(promise));
                  });
}
