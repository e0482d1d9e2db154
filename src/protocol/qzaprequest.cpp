// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/qzaprequest_p.h"

#include "base/text.h"
#include "base/utc.h"
#include "protocol/z85.h"

#include <QtCore/qdebug.h>

#include <algorithm>

using namespace QZap::Internal;

/*!
    \class QZapRequest
    \inmodule QZap
    \inheaderfile QZap/QZapRequest
    \brief The QZapRequest class describes a request to authenticate a peer.

    A request contains what libzmq reports to an authenticator about a new connection
    (\l{https://rfc.zeromq.org/spec/27/}{RFC 27}, section "The ZAP request"). Requests are created
    by QZapAuthenticator and passed to its signals. They are implicitly shared values, and
    reentrant.

    A request never contains a secret: a PLAIN password is not part of it.

    \sa QZapAuthenticator::decided(), QZapReply
*/

/*!
    \property QZapRequest::domain
    \brief the domain of the server socket, empty if it has none

    Default: empty.
*/

/*!
    \property QZapRequest::address
    \brief the address that the peer connects from, without a port

    An IPv4 or IPv6 address as text, the latter with its zone if it has one;
    \c{localhost:UID:GID:PID} for a peer on an IPC socket; empty if the operating system did not
    report it. Default: empty.
*/

/*!
    \property QZapRequest::identity
    \brief the routing id of the \e{server} socket

    libzmq sends the identity of the socket that the peer connected to, not the peer's. Default:
    empty.
*/

/*!
    \property QZapRequest::mechanism
    \brief the security mechanism that the peer used

    Default: QZap::Mechanism::Unknown, which is also the value for a mechanism that no RFC defines.
*/

/*!
    \property QZapRequest::userName
    \brief the PLAIN user name that the peer claims, empty for the other mechanisms

    The name is a claim until the request has been accepted.
*/

/*!
    \property QZapRequest::publicKeyText
    \brief the CURVE public key of the peer as 40 Z85 characters, empty for the other mechanisms

    libzmq sends the request only after the peer has proved that it holds the secret key.
*/

/*!
    \property QZapRequest::principal
    \brief the GSSAPI principal of the peer, empty for the other mechanisms
*/

/*!
    \property QZapRequest::timestamp
    \brief the time at which the request was received, in UTC, to the millisecond

    Invalid in a default-constructed request.
*/

/*!
    Constructs an empty request of mechanism QZap::Mechanism::Unknown.
*/
QZapRequest::QZapRequest() = default;

/*!
    Constructs a copy of \a other.
*/
QZapRequest::QZapRequest(const QZapRequest &other) = default;

/*!
    Move-constructs a request from \a other, which is empty afterwards.
*/
QZapRequest::QZapRequest(QZapRequest &&other) noexcept = default;

/*!
    Makes this request a copy of \a other.
*/
QZapRequest &QZapRequest::operator=(const QZapRequest &other) = default;

/*!
    Moves \a other into this request.
*/
QZapRequest &QZapRequest::operator=(QZapRequest &&other) noexcept = default;

/*!
    Destroys the request.
*/
QZapRequest::~QZapRequest() = default;

/*!
    \fn void QZapRequest::swap(QZapRequest &other)

    Swaps this request with \a other. Never fails.
*/

QZapRequest QZapRequestPrivate::create(const Request &request, qint64 timestamp)
{
    QZapRequest result;
    assign(&result, request, timestamp);
    return result;
}

void QZapRequestPrivate::assign(QZapRequest *target, const Request &request, qint64 timestamp)
{
    if (!target->d || target->d->ref.loadAcquire() != 1)
        target->d = new QZapRequestPrivate;
    QZapRequestPrivate *d = target->d.data();
    const std::array<QByteArrayView, PartCount> parts{
        request.domain, request.address, request.identity, request.name, request.publicKey};
    qsizetype size = 0;
    for (size_t i = 0; i < parts.size(); ++i) {
        size += parts[i].size();
        d->ends[i] = size;
    }
    d->bytes.resize(size);
    char *at = d->bytes.data();
    for (const QByteArrayView part : parts)
        at = std::copy(part.begin(), part.end(), at);
    d->timestamp = timestamp;
    d->mechanism = request.mechanism;
}

void QZapRequestPrivate::recycle(QZapRequest *request)
{
    const QZapRequestPrivate *const d = std::as_const(*request).d.constData();
    if (d && (d->ref.loadRelaxed() != 1 || d->bytes.capacity() > InlineSize))
        request->d.reset();
}

QString QZapRequest::domain() const
{
    return d ? QString::fromUtf8(d->part(QZapRequestPrivate::Domain)) : QString();
}

QString QZapRequest::address() const
{
    return d ? QString::fromUtf8(d->part(QZapRequestPrivate::Address)) : QString();
}

QByteArray QZapRequest::identity() const
{
    return d ? d->part(QZapRequestPrivate::Identity).toByteArray() : QByteArray();
}

QZap::Mechanism QZapRequest::mechanism() const
{
    return d ? d->mechanism : QZap::Mechanism::Unknown;
}

QString QZapRequest::userName() const
{
    return mechanism() == QZap::Mechanism::Plain
               ? QString::fromUtf8(d->part(QZapRequestPrivate::Name))
               : QString();
}

QString QZapRequest::publicKeyText() const
{
    return mechanism() == QZap::Mechanism::Curve
               ? QString::fromLatin1(Z85::encode(d->part(QZapRequestPrivate::PublicKey)))
               : QString();
}

QString QZapRequest::principal() const
{
    return mechanism() == QZap::Mechanism::Gssapi
               ? QString::fromUtf8(d->part(QZapRequestPrivate::Name))
               : QString();
}

QDateTime QZapRequest::timestamp() const
{
    return d ? utcTime(d->timestamp) : QDateTime();
}

#ifndef QT_NO_DEBUG_STREAM
/*!
    \relates QZapRequest

    Writes \a request to \a debug, with text from the peer quoted and escaped.
*/
QDebug operator<<(QDebug debug, const QZapRequest &request)
{
    const QDebugStateSaver saver(debug);
    debug.nospace().noquote() << "QZapRequest(" << request.mechanism() << ", domain "
                              << quoted(request.domain()) << ", from " << quoted(request.address());
    switch (request.mechanism()) {
    case QZap::Mechanism::Plain:
        debug << ", user " << quoted(request.userName());
        break;
    case QZap::Mechanism::Curve:
        debug << ", key " << quoted(request.publicKeyText());
        break;
    case QZap::Mechanism::Gssapi:
        debug << ", principal " << quoted(request.principal());
        break;
    case QZap::Mechanism::Unknown:
    case QZap::Mechanism::Null:
        break;
    }
    return debug << ')';
}
#endif
