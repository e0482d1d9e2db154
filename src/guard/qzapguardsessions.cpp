// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// The functions of QZapGuard that tell who has sent a message, and whether that peer is authorized.

#include "guard/qzapguard_p.h"

#include "sessions/qzapsession_p.h"

using namespace QZap::Internal;

/*!
    Returns the session of \a message, which may be any frame of a message that the socket has
    received, except the routing id that a ROUTER socket puts before it: libzmq attaches no session
    to it if the program has asked for the socket's events, as \c zmq_poll() and QZapSocketNotifier
    do. The session is null if no decision of the authenticator stands for the message: it came by
    \c inproc, from a peer that connected before the guard was created, or through a socket of
    another domain or mechanism.

    Pass only messages of the guard's socket. libzmq does not tell by which of several sockets of
    one domain and mechanism a message came.

    Call it before the message is moved, sent on, or copied to other memory: only messages that
    libzmq has received have a session. The session does not tell whether the peer is still
    authorized. Can be called in any thread.

    \sa isAuthorized()
*/
QZapSession QZapGuard::session(const zmq_msg_t *message) const
{
    using Wanted = GuardedSessions::Wanted;
    return QZapSessionPrivate::create(
        d_ptr->sessions.check(message, Wanted::SessionAndAuthorization).session);
}

/*!
    Returns whether the peer that has sent \a message is authorized at this moment. If the policy
    has not changed since the last message of the peer, this is a comparison.

    A message without a session, or with a forged one, is not authorized. Neither is the
    unsubscription that an XPUB socket makes itself when the last subscriber of a topic has
    disconnected. Can be called in any thread.

    \sa session(), unauthorized()
*/
bool QZapGuard::isAuthorized(const zmq_msg_t *message) const
{
    const auto answer = d_ptr->sessions.check(message, GuardedSessions::Wanted::Authorization);
    if (!answer.isAuthorized)
        d_ptr->reportUnauthorized(answer.reason);
    return answer.isAuthorized;
}

/*!
    Returns the user id of the peer that has sent \a message: that of its session(). Can be called
    in any thread.
*/
QString QZapGuard::userId(const zmq_msg_t *message) const
{
    return session(message).userId();
}

/*!
    Returns the published field \a name of the peer that has sent \a message: that of its session(),
    never what the peer itself claims. Can be called in any thread.
*/
QString QZapGuard::field(const zmq_msg_t *message, const QString &name) const
{
    return session(message).field(name);
}

/*!
    \overload

    Returns whether the peer of \a session is authorized at this moment. Can be called in any
    thread.
*/
bool QZapGuard::isAuthorized(const QZapSession &session) const
{
    if (session.isNull()) {
        d_ptr->reportUnauthorized("The session is null");
        return false;
    }
    const auto answer = d_ptr->sessions.check(QZapSessionPrivate::recordOf(session));
    if (!answer.isAuthorized)
        d_ptr->reportUnauthorized(answer.reason);
    return answer.isAuthorized;
}
