// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapdecision.h>

#include "base/secret.h"
#include "providers/qzapdecision_p.h"

#include <QtCore/qdebug.h>
#include <QtCore/qscopeguard.h>

using namespace QZap::Internal;

/*!
    \class QZapDecision
    \inmodule QZap
    \inheaderfile QZap/QZapDecision
    \brief The QZapDecision class is the question whether one peer may come in, and takes the
   answer.

    A QZapCredentialsProvider is given one for each request. It answers by accept(), reject(),
    retryLater() or resolve(), or calls defer() and answers later. The first answer counts; each of
    these functions returns whether its own did. One request gets exactly one answer, whatever a
    provider does: a decision whose last copy goes unanswered, and one that takes longer than
    QZapAuthenticator::decisionTimeout, or than the limit given to defer(), is answered temporarily.

    An acceptance lets the peer in only if address lists, lockdown, domain and store, looked at once
    more, still do: one that comes late cannot outlive a revocation.

    Decisions are handles that can be copied and kept. All functions are thread-safe. The handle may
    outlive its provider and its authenticator: nothing that is done to it counts then.

    \sa QZapCredentialsProvider
*/

/*!
    \property QZapDecision::request
    \brief what was asked
*/

/*!
    \property QZapDecision::userId
    \brief the user id that the peer has if accept() names no other
*/

/*!
    \property QZapDecision::pending
    \brief whether an answer would still count
*/

/*!
    Constructs a null decision, which takes no answer.
*/
QZapDecision::QZapDecision() = default;

/*!
    Constructs a copy of \a other: another handle of the same decision.
*/
QZapDecision::QZapDecision(const QZapDecision &other) = default;

/*!
    Move-constructs a decision from \a other, which is null afterwards.
*/
QZapDecision::QZapDecision(QZapDecision &&other) noexcept = default;

/*!
    Makes this a handle of the same decision as \a other.
*/
QZapDecision &QZapDecision::operator=(const QZapDecision &other) = default;

/*!
    Moves \a other into this handle.
*/
QZapDecision &QZapDecision::operator=(QZapDecision &&other) noexcept = default;

/*!
    Destroys the handle. The last one of a decision that nobody has answered gives the peer a
    temporary answer.
*/
QZapDecision::~QZapDecision() = default;

/*!
    \fn void QZapDecision::swap(QZapDecision &other)

    Swaps this handle with \a other. Never fails.
*/

/*!
    \fn bool QZapDecision::isNull() const

    Returns whether this is no handle of any decision.
*/

QZapRequest QZapDecision::request() const
{
    return d ? d->question->request() : QZapRequest();
}

/*!
    Returns what the peer showed: a PLAIN peer's password among it, so handle it with care. Null
    credentials once the decision is made: they are not kept.

    Not available to QML, where checkPassword() is.
*/
QZapCredentials QZapDecision::credentials() const
{
    return d ? d->question->credentials() : QZapCredentials();
}

QString QZapDecision::userId() const
{
    return d ? d->question->userId() : QString();
}

bool QZapDecision::isPending() const
{
    return d && d->question->isPending();
}

/*!
    Returns whether the peer showed \a password, compared in UTF-8 and in constant time for one
    length. Always \c false for another mechanism than PLAIN, for an empty password, and once the
    decision is made.
*/
bool QZapDecision::checkPassword(const QString &password) const
{
    QByteArray shown = credentials().password();
    QByteArray expected = password.toUtf8();
    const auto wiping = qScopeGuard([&] {
        wipe(shown);
        wipe(expected);
    });
    return !shown.isEmpty() && equalSecrets(shown, expected);
}

/*!
    Lets the peer in, with the \l userId that it has already. Returns whether this answer counts.
*/
bool QZapDecision::accept() const
{
    return accept(QString(), {});
}

/*!
    \overload

    Lets the peer in as \a userId. One that is empty leaves the \l userId that it has already; one
    that is longer than 255 bytes in UTF-8 or holds control characters lets nobody in: the peer gets
    an internal error.
*/
bool QZapDecision::accept(const QString &userId) const
{
    return accept(userId, {});
}

/*!
    \overload

    Lets the peer in as \a userId, with \a metadata for the server to read from its messages, on top
    of the QZapDomain::publishedFields: a value given here counts before that of a published field.
    Metadata that QZapReply::setMetadata() would refuse lets nobody in: the peer gets an internal
    error.
*/
bool QZapDecision::accept(const QString &userId, const QVariantMap &metadata) const
{
    return d && d->question->answer(QZapReply::accept(userId, metadata));
}

/*!
    Refuses the peer for good, because of \a reason. Returns whether this answer counts.

    The reason is told to slots and to the log, not to the peer.
*/
bool QZapDecision::reject(const QString &reason) const
{
    return d && d->question->answer(QZapReply::reject(reason));
}

/*!
    Gives the peer a temporary answer, after which it may come again, because of \a reason. Returns
    whether this answer counts.
*/
bool QZapDecision::retryLater(const QString &reason) const
{
    return d && d->question->answer(QZapReply::retryLater(reason));
}

/*!
    Leaves the answer to \a future: \c true accepts, \c false rejects. Returns whether this answer
    counts; no other does from then on. A future that is cancelled, has no result or ends with an
    exception is a temporary answer, and so is one that is not finished at the deadline.

    The future is watched in the authenticator's thread, and its continuation is not used.
*/
bool QZapDecision::resolve(const QFuture<bool> &future) const
{
    return d && d->question->resolve(future);
}

/*!
    \overload

    Leaves the answer to the reply of \a future. An accepted peer keeps its \l userId if the reply
    has none.
*/
bool QZapDecision::resolve(const QFuture<QZapReply> &future) const
{
    return d && d->question->resolve(future);
}

/*!
    Says that the answer comes later, and returns whether it would still count. Keep a copy of the
    handle: when the last one goes, the answer is a temporary one.

    QZapAuthenticator::decisionTimeout is the deadline, counted from when the provider was asked.
*/
bool QZapDecision::defer() const
{
    return defer(std::chrono::milliseconds::zero());
}

/*!
    \overload

    The answer has \a milliseconds from now on, in place of QZapAuthenticator::decisionTimeout. 0 or
    less leaves that deadline as it is.

    \note libzmq closes a connection that is not decided after the server socket's
    \c ZMQ_HANDSHAKE_IVL, which the functions \l{QZap::secureCurve}{QZap::secureCurve()} and its
   like set to 10 seconds. An answer that comes later cannot reach it: raise that value, or let the
   next attempt of the same peer in.
*/
bool QZapDecision::defer(int milliseconds) const
{
    return defer(std::chrono::milliseconds(milliseconds));
}

/*!
    \overload

    The answer has the time \a limit from now on.
*/
bool QZapDecision::defer(std::chrono::milliseconds limit) const
{
    return d && d->question->defer(limit);
}

#ifndef QT_NO_DEBUG_STREAM
/*!
    \relates QZapDecision

    Writes what was asked, and whether \a decision is pending, to \a debug; never a password.
*/
QDebug operator<<(QDebug debug, const QZapDecision &decision)
{
    const QDebugStateSaver saver(debug);
    debug.nospace() << "QZapDecision(" << decision.request() << ", user id " << decision.userId()
                    << (decision.isPending() ? ", pending)" : ", decided)");
    return debug;
}
#endif
