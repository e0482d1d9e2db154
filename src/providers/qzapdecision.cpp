// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapdecision.h>

#include "base/secret.h"
#include "base/text.h"
#include "providers/qzapdecision_p.h"

#include <QtCore/qdebug.h>
#include <QtCore/qscopeguard.h>

using namespace QZap::Internal;

/*!
    \class QZapDecision
    \inmodule QZap
    \inheaderfile QZap/QZapDecision
    \brief The QZapDecision class asks whether to let a peer in, and accepts the answer.

    A QZapCredentialsProvider gets one decision for each request. It answers by accept(), reject(),
    retryLater() or resolve(), or calls defer() and answers later. The first answer takes effect;
    each of these functions returns whether its answer did. Every request gets exactly one answer,
    whatever a provider does: if the last copy of a decision is destroyed without an answer, or the
    decision takes longer than QZapAuthenticator::decisionTimeout or the limit passed to defer(),
    the peer gets a temporary answer.

    Before an accepted peer is let in, address lists, lockdown, domain and credentials are checked
    again: a late acceptance cannot override a revocation.

    Decisions are handles that can be copied and kept. All functions are thread-safe. A handle may
    outlive its provider and its authenticator; its answers then have no effect.

    \sa QZapCredentialsProvider
*/

/*!
    \property QZapDecision::request
    \brief the request to decide about
*/

/*!
    \property QZapDecision::userId
    \brief the user id that the peer gets unless accept() sets a different one
*/

/*!
    \property QZapDecision::pending
    \brief whether the decision can still be answered
*/

/*!
    Constructs a null decision, which cannot be answered.
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
    Destroys the handle. If it is the last handle of an unanswered decision, the peer gets a
    temporary answer.
*/
QZapDecision::~QZapDecision() = default;

/*!
    \fn void QZapDecision::swap(QZapDecision &other)

    Swaps this handle with \a other. Never fails.
*/

/*!
    \fn bool QZapDecision::isNull() const

    Returns whether this is a null decision.
*/

QZapRequest QZapDecision::request() const
{
    return d ? d->question->request() : QZapRequest();
}

/*!
    Returns the peer's credentials. They contain the password of a PLAIN peer: handle them with
    care. Once the decision is made, returns null credentials.

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
    Returns whether the peer sent \a password. It is compared in UTF-8, and in constant time for
    passwords of the same length. Always returns \c false for mechanisms other than PLAIN, for an
    empty password, and once the decision is made.
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
    Lets the peer in with its current \l userId. Returns whether this answer takes effect.

    If the rules have given the peer another user id when the answer arrives, the peer gets a
    temporary answer instead, and the provider is asked about that user id when the peer tries
    again.
*/
bool QZapDecision::accept() const
{
    return accept(QString(), {});
}

/*!
    \overload

    Lets the peer in as \a userId, or with its current \l userId if that is empty. If \a userId is
    longer than 255 bytes in UTF-8 or contains control characters, the peer is not let in and gets
    an internal error.
*/
bool QZapDecision::accept(const QString &userId) const
{
    return accept(userId, {});
}

/*!
    \overload

    Lets the peer in as \a userId, with \a metadata for the server to read from its messages, in
    addition to the QZapDomain::publishedFields. A value in \a metadata overrides that of a
    published field. If QZapReply::setMetadata() would refuse \a metadata, the peer is not let in
    and gets an internal error.
*/
bool QZapDecision::accept(const QString &userId, const QVariantMap &metadata) const
{
    return d && d->question->answer(QZapReply::accept(userId, metadata));
}

/*!
    Refuses the peer for good, because of \a reason. Returns whether this answer takes effect.

    The reason is reported by signals and in the log, but not to the peer.
*/
bool QZapDecision::reject(const QString &reason) const
{
    return d && d->question->answer(QZapReply::reject(reason));
}

/*!
    Gives the peer a temporary answer because of \a reason, after which it may try again. Returns
    whether this answer takes effect.
*/
bool QZapDecision::retryLater(const QString &reason) const
{
    return d && d->question->answer(QZapReply::retryLater(reason));
}

/*!
    Leaves the answer to \a future: \c true accepts, \c false rejects. Returns whether this takes
    effect; if so, later answers have no effect. If the future is canceled, has no result, ends with
    an exception or is not finished at the deadline, the peer gets a temporary answer.

    The future is watched in the authenticator's thread. Its continuation is not used.
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
    Announces a later answer, and returns whether the decision can still be answered. Keep a copy of
    the handle: when the last one is destroyed, the peer gets a temporary answer.

    QZapAuthenticator::decisionTimeout is the deadline, counted from when the provider was asked.
*/
bool QZapDecision::defer() const
{
    return defer(std::chrono::milliseconds::zero());
}

/*!
    \overload

    Sets the deadline to \a milliseconds from now, instead of QZapAuthenticator::decisionTimeout.
    With 0 or less, the deadline does not change.

    \note libzmq closes an undecided connection after the server socket's \c ZMQ_HANDSHAKE_IVL,
    which the \c{QZap::secure*()} functions, such as \l{QZap::secureCurve}{QZap::secureCurve()}, set
    to 10 seconds. A later answer cannot reach the peer: increase that value, or accept the next
    attempt of the same peer.
*/
bool QZapDecision::defer(int milliseconds) const
{
    return defer(std::chrono::milliseconds(milliseconds));
}

/*!
    \overload

    Sets the deadline to \a limit from now.
*/
bool QZapDecision::defer(std::chrono::milliseconds limit) const
{
    return d && d->question->defer(limit);
}

#ifndef QT_NO_DEBUG_STREAM
/*!
    \relates QZapDecision

    Writes the request of \a decision, and whether it is pending, to \a debug; never a password.
*/
QDebug operator<<(QDebug debug, const QZapDecision &decision)
{
    const QDebugStateSaver saver(debug);
    debug.nospace().noquote() << "QZapDecision(" << decision.request() << ", user id "
                              << quoted(decision.userId())
                              << (decision.isPending() ? ", pending)" : ", decided)");
    return debug;
}
#endif
