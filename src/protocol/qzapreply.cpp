// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/qzapreply_p.h"

#include "base/text.h"
#include "protocol/metadata.h"

#include <QtCore/qdebug.h>

using namespace QZap::Internal;

QZapReply QZapReplyPrivate::unenforced(const QString &reason)
{
    QZapReply reply = QZapReply::reject(reason);
    reply.d->isEnforced = false;
    return reply;
}

/*!
    \class QZapReply
    \inmodule QZap
    \inheaderfile QZap/QZapReply
    \brief The QZapReply class is an answer to an authentication request.

    Replies are created only by the functions accept(), reject(), retryLater() and internalError().
    A default-constructed reply is a rejection. They are implicitly shared values, and reentrant.

    The \l statusText never leaves the process: libzmq does not send it to the peer
    (\l{https://rfc.zeromq.org/spec/27/}{RFC 27}, section "The ZAP reply").

    \sa QZapAuthenticator::decided(), QZapRequest, {What a Status Means}
*/

/*!
    \property QZapReply::status
    \brief the status of RFC 27

    Default: QZap::Status::AuthenticationFailure. A temporary answer always has
    QZap::Status::TemporaryError here, regardless of the status code that is sent to libzmq.
*/

/*!
    \property QZapReply::statusText
    \brief the reason for the answer, for the administrators of the server
*/

/*!
    \property QZapReply::userId
    \brief the user id of the peer: the \c User-Id that the server reads from each of its messages

    Empty unless the \l status is QZap::Status::Success.
*/

/*!
    \property QZapReply::metadata
    \brief the fields that the server can read from each of the peer's messages, by name
*/

/*!
    \property QZapReply::enforced
    \brief whether a refusal keeps the peer out

    \c false if the peer was refused, but let in because of QZapAuthenticator::reportOnly or
    QZapDomain::reportOnly. The \l status and \l statusText are those of the refusal.
*/

/*!
    Constructs a rejection.
*/
QZapReply::QZapReply()
    : QZapReply(QZap::Status::AuthenticationFailure, QStringLiteral("No decision was made"))
{ }

QZapReply::QZapReply(QZap::Status status, const QString &statusText)
    : d(new QZapReplyPrivate)
{
    d->status = status;
    d->statusText = statusText;
}

/*!
    Constructs a copy of \a other.
*/
QZapReply::QZapReply(const QZapReply &other) = default;

/*!
    Move-constructs a reply from \a other, which can then only be destroyed or assigned to.
*/
QZapReply::QZapReply(QZapReply &&other) noexcept = default;

/*!
    Makes this reply a copy of \a other.
*/
QZapReply &QZapReply::operator=(const QZapReply &other) = default;

/*!
    Moves \a other into this reply.
*/
QZapReply &QZapReply::operator=(QZapReply &&other) noexcept = default;

/*!
    Destroys the reply.
*/
QZapReply::~QZapReply() = default;

/*!
    \fn void QZapReply::swap(QZapReply &other)

    Swaps this reply with \a other. Never fails.
*/

/*!
    Returns a reply that lets the peer in as \a userId, with \a metadata.

    If the id is longer than 255 bytes in UTF-8 or contains control characters, or if setMetadata()
    would refuse the metadata, the result is an internalError() with the reason: the peer is not let
    in.
*/
QZapReply QZapReply::accept(const QString &userId, const QVariantMap &metadata)
{
    const QByteArray utf8 = userId.toUtf8();
    if (utf8.size() > MaximumTextSize)
        return internalError(QStringLiteral("The user id is longer than 255 bytes"));
    if (!isCleanText(utf8) || !userId.isValidUtf16())
        return internalError(QStringLiteral("The user id cannot be encoded or contains control "
                                            "characters"));
    QZapReply reply(QZap::Status::Success, QStringLiteral("OK"));
    reply.d->userId = userId;
    QString error;
    if (!reply.setMetadata(metadata, &error))
        return internalError(QStringLiteral("The reply cannot be sent: ") + error);
    return reply;
}

/*!
    Returns a reply that refuses the peer for good because of \a reason: status 400. ZeroMQ's own
    clients do not try again.
*/
QZapReply QZapReply::reject(const QString &reason)
{
    return {QZap::Status::AuthenticationFailure, reason};
}

/*!
    Returns a temporary answer because of \a reason: the peer is not let in and may try again. Use
    it if the cause lies with the server.
*/
QZapReply QZapReply::retryLater(const QString &reason)
{
    return {QZap::Status::TemporaryError, reason};
}

/*!
    Returns a reply that refuses the peer because of a fault of the server, \a reason: status 500.
    ZeroMQ's own clients do not try again; use retryLater() to let them.
*/
QZapReply QZapReply::internalError(const QString &reason)
{
    return {QZap::Status::InternalError, reason};
}

QZap::Status QZapReply::status() const
{
    return d ? d->status : QZap::Status::AuthenticationFailure;
}

QString QZapReply::statusText() const
{
    return d ? d->statusText : QString();
}

QString QZapReply::userId() const
{
    return d ? d->userId : QString();
}

QVariantMap QZapReply::metadata() const
{
    return d ? d->metadata : QVariantMap();
}

bool QZapReply::isEnforced() const
{
    return !d || d->isEnforced;
}

/*!
    Sets the metadata of the reply to \a metadata and returns \c true.

    Values are sent as text in UTF-8, a QByteArray as it is. Returns \c false, leaves the reply
    unchanged and sets \a errorMessage to the reason if a name is empty, longer than 255 bytes,
    contains characters other than letters, digits and \c{-_.+}, occurs twice in different case, or
    is one of libzmq's own (\c User-Id, \c Identity, \c Socket-Type, \c Routing-Id, \c Peer-Address,
    \c __fd) or \c QZap-Session; if a value is not text or contains NUL; or if the metadata exceeds
    64 KiB.
*/
bool QZapReply::setMetadata(const QVariantMap &metadata, QString *errorMessage)
{
    if (!isNoProblem(encodeMetadata(metadata).problem(), errorMessage))
        return false;
    if (!d)
        *this = QZapReply();
    d->metadata = metadata;
    return true;
}

#ifndef QT_NO_DEBUG_STREAM
/*!
    \relates QZapReply

    Writes \a reply to \a debug.
*/
QDebug operator<<(QDebug debug, const QZapReply &reply)
{
    const QDebugStateSaver saver(debug);
    debug.nospace().noquote() << "QZapReply(" << reply.status() << ", "
                              << quoted(reply.statusText());
    if (!reply.isEnforced())
        debug << ", not enforced";
    if (!reply.userId().isEmpty())
        debug << ", user id " << quoted(reply.userId());
    return debug << ')';
}
#endif
