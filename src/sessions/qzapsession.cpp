// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/qzapsession_p.h"

using namespace QZap::Internal;

/*!
    \class QZapSession
    \inmodule QZap
    \inheaderfile QZap/QZapSession
    \since 0.1
    \brief The QZapSession class describes the peer that has sent a message.

    QZapGuard::session() returns the session of a message: what the authenticator has decided about
    the connection that the message has come by. All messages of a connection have the same session.
    Whether the peer is still authorized is not part of the session: ask QZapGuard::isAuthorized().

    A session is \l null if no decision of the guard's authenticator stands for the message. Nothing
    in a session is a mere claim of the peer.

    Sessions are implicitly shared values. They can be copied to other threads, and outlive the
    connection, the guard and the authenticator.
*/

/*!
    \property QZapSession::null
    \brief whether there is no session
*/

/*!
    \property QZapSession::fields
    \brief the fields that the authenticator has published for the peer, by name

    See QZapDomain::publishedFields.
*/

/*!
    Constructs a null session.
*/
QZapSession::QZapSession() = default;

/*!
    Constructs a copy of \a other.
*/
QZapSession::QZapSession(const QZapSession &other) = default;

/*!
    Move-constructs a session from \a other, which is null then.
*/
QZapSession::QZapSession(QZapSession &&other) noexcept = default;

/*!
    Makes this session a copy of \a other.
*/
QZapSession &QZapSession::operator=(const QZapSession &other) = default;

/*!
    Moves \a other into this session.
*/
QZapSession &QZapSession::operator=(QZapSession &&other) noexcept = default;

/*!
    Destroys the session.
*/
QZapSession::~QZapSession() = default;

/*!
    \fn void QZapSession::swap(QZapSession &other)

    Swaps this session with \a other. Never fails.
*/

/*!
    \property QZapSession::number
    \brief the number of the session, from 1, in the order in which the decisions began; 0 if the
    session is null

    No two sessions of an authenticator have the same number.
*/
quint64 QZapSession::number() const
{
    return d ? d->number : 0;
}

/*!
    \property QZapSession::userId
    \brief the user id of the peer

    Empty if the session is null, or the peer was let in only because of
    QZapAuthenticator::reportOnly or QZapDomain::reportOnly.
*/
QString QZapSession::userId() const
{
    return d ? QString::fromUtf8(d->userId) : QString();
}

/*!
    Returns the value of the published field \a name, or an empty text. Upper and lower case differ.
*/
QString QZapSession::field(const QString &name) const
{
    return d ? d->fields.value(name).toString() : QString();
}

QVariantMap QZapSession::fields() const
{
    return d ? d->fields : QVariantMap();
}

/*!
    \property QZapSession::address
    \brief the peer's address, as QZapRequest::address has it
*/
QString QZapSession::address() const
{
    return d ? QString::fromUtf8(d->address) : QString();
}

/*!
    \property QZapSession::domain
    \brief the domain of the server socket
*/
QString QZapSession::domain() const
{
    return d ? QString::fromUtf8(d->domain) : QString();
}

/*!
    \property QZapSession::mechanism
    \brief the mechanism by which the peer was accepted
*/
QZap::Mechanism QZapSession::mechanism() const
{
    return d ? d->mechanism : QZap::Mechanism::Unknown;
}

/*!
    \property QZapSession::since
    \brief when the peer was accepted
*/
QDateTime QZapSession::since() const
{
    return d ? QDateTime::fromMSecsSinceEpoch(d->since) : QDateTime();
}

/*!
    \fn bool QZapSession::operator==(const QZapSession &lhs, const QZapSession &rhs)

    Returns whether \a lhs and \a rhs are the same session, or both null.
*/

/*!
    \fn bool QZapSession::operator!=(const QZapSession &lhs, const QZapSession &rhs)

    Returns whether \a lhs and \a rhs are different sessions.
*/

bool QZapSession::isSameAs(const QZapSession &other) const
{
    return d == other.d || (d && other.d && d->head == other.d->head);
}
