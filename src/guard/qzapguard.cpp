// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/qzapguard_p.h"

#include "authenticator/qzapauthenticator_p.h"
#include "sessions/qzapsession_p.h"

#include <algorithm>
#include <limits>

using namespace QZap::Internal;

/*!
    \class QZapGuard
    \inmodule QZap
    \inheaderfile QZap/QZapGuard
    \since 0.1
    \brief The QZapGuard class makes the decisions of an authenticator hold for as long as a
    connection lives.

    libzmq asks an authenticator once for each connection, and never again: a peer whose key is
    removed stays connected. With a guard on the server's socket, the peer loses access at once:
    from the moment that the change returns, isAuthorized() is \c false for each of its messages,
    and its connection is ended.

    \snippet liveconnections.cpp receive

    Ask about each message before it is processed. A message that was sent before a peer was revoked
    can be read after that; isAuthorized() refuses it.

    While an authenticator has a guard, libzmq attaches a \e session to each message of the peers
    that it has accepted since. Peers that were connected before have no session, and are not
    authorized: create the guard before the socket is bound.

    \section1 What Ends a Session

    The guard applies the current policy, and only a definite refusal ends a session:

    \list
        \li the peer's key, user or principal is removed, or has expired;
        \li the user's password entry, a published field, or the user id that the store gives has
            changed;
        \li the address lists refuse the peer;
        \li the domain, or its provider, is removed, or a published field was added that was not
            sent;
        \li QZapAuthenticator::revoke() or \l {QZapAuthenticator::}{revokeAll()}.
    \endlist

    Whatever gives new peers a temporary answer leaves sessions alone: credentials that are loading,
    unreadable or being written, a configuration that is held or invalid, overload, a locked-out
    address, a provider that was destroyed or is set later. Meanwhile, keys expire at the time that
    was known last. Stopping and starting the authenticator ends no session.

    A session that has ended remains so, even if its peer would be accepted again: it has to
    reconnect. The memory for that is bounded. If more than 65,536 sessions have ended that are far
    from each other in the order of their connections, the oldest sessions count as ended. Changes
    that follow one another before the event loop runs count as one, unless isAuthorized() is called
    between them: a key that is removed and added again at once ends no session.
    QZapAuthenticator::revoke() always does.

    Lockdown ends no session either; see \l enforcesLockdown. After the destruction of the
    authenticator, nobody is authorized, and nobody is disconnected.

    \section1 Which Peers Are Disconnected

    On sockets of the types ROUTER, PULL, REP, PAIR and XPUB, over TCP and IPC, exactly the
    connections of ended sessions are ended (\l disconnectRevokedPeers), if the guard has seen one
    of their messages. Connections that have not sent anything, among them all of PUSH and PUB,
    cannot be told apart: if one of them may be that of a peer that is refused now, all of them are
    ended once (\l silentPeerPolicy), and those who are still accepted connect again. To spare
    subscribers that, use XPUB instead of PUB, and ask about each subscription.

    This needs Linux. Elsewhere, and for other types of sockets, \l canDisconnect is \c false, and
    isAuthorized() works all the same.

    \section1 Threads

    Create, configure and destroy the guard in the thread that uses the socket, with an event loop;
    a thread without one calls sweep() regularly. If the event loop ends, the guard continues with
    the next one of its thread. session(), isAuthorized(), userId() and field() can be called in any
    thread. Destroy the guard, or call clearSocket(), before the socket is closed.

    If many sessions end at once, their peers are not authorized from that moment on, and the rest
    is spread over the turns of the event loop: each ends some connections and emits some of the
    signals, for about a millisecond, or longer if the turns take long.

    The guard uses the socket's monitor: do not start another one. Messages that have passed a
    forwarder such as \c zmq_proxy(), or an \c inproc connection, have no session.

    \sa QZapSession, QZapAuthenticator::revoke(), {Live connections}
*/

/*!
    \enum QZapGuard::SilentPeerPolicy

    What to do with connections that have not sent anything when peers may have to be disconnected.

    \value Disconnect  End them all. Those who are still accepted connect again.
    \value Keep        Leave them alone. A peer that only receives then stays until it disconnects.
*/

/*!
    \fn void QZapGuard::revoked(const QZapSession &session, const QString &reason)

    Emitted from the event loop when \a session has ended, for \a reason. Its peer has been
    disconnected, if that is possible.
*/

/*!
    \fn void QZapGuard::disconnected(const QZapSession &session)

    Emitted from the event loop when the connection of \a session has ended, for whatever cause.
*/

/*!
    \fn void QZapGuard::unauthorized(const QString &reason)

    Emitted from the event loop when isAuthorized() was \c false for \a reason, at most once a
    second. It is not emitted for a message that an XPUB socket makes itself: the unsubscription
    from a topic whose last subscriber has disconnected.
*/

/*!
    \fn void QZapGuard::errorOccurred(const QString &message)

    Emitted when setSocket() has failed, the guard has lost the socket's monitor, or the system has
    refused ten times to end a connection. \a message says what is wrong and what to do.
*/

/*!
    \fn template <typename S> bool QZapGuard::setSocket(S &&socket)

    Sets \a socket, anything that has cppzmq's \c handle(): a \c{zmq::socket_t} or
    \c{zmq::socket_ref}. Returns whether the socket is guarded.
*/

/*!
    \fn template <typename M> QZapSession QZapGuard::session(M &&message) const

    Returns the session of \a message, anything that has cppzmq's \c handle() of a message.
*/

/*!
    \fn template <typename M> bool QZapGuard::isAuthorized(M &&message) const

    Returns whether \a message, anything that has cppzmq's \c handle() of a message, is authorized.
*/

/*!
    \fn template <typename M> QString QZapGuard::userId(M &&message) const

    Returns the user id of \a message, anything that has cppzmq's \c handle() of a message.
*/

/*!
    \fn template <typename M> QString QZapGuard::field(M &&message, const QString &name) const

    Returns the published field \a name of \a message, anything that has cppzmq's \c handle() of a
    message.
*/

/*!
    Constructs a guard with \a parent. It authorizes nobody until it has an \l authenticator.
*/
QZapGuard::QZapGuard(QObject *parent)
    : QObject(parent)
    , d_ptr(std::make_unique<QZapGuardPrivate>(this))
{ }

/*!
    Constructs a guard of \a authenticator with \a parent.
*/
QZapGuard::QZapGuard(QZapAuthenticator *authenticator, QObject *parent)
    : QZapGuard(parent)
{
    setAuthenticator(authenticator);
}

/*!
    Destroys the guard. The socket's connections remain, and no longer end with their sessions.
*/
QZapGuard::~QZapGuard() = default;

/*!
    \property QZapGuard::authenticator
    \brief whose decisions the guard enforces

    Default: \c nullptr. A socket can have one that lives in another thread. Another value ends the
    sessions of the former authenticator. Becomes \c nullptr when the authenticator is destroyed.

    Set it before the socket is bound: peers without a session are not authorized.
*/
QZapAuthenticator *QZapGuard::authenticator() const
{
    Q_D(const QZapGuard);
    return d->authenticator;
}

void QZapGuard::setAuthenticator(QZapAuthenticator *authenticator)
{
    Q_D(QZapGuard);
    if (!d->isOwnThread("setAuthenticator") || d->authenticator == authenticator)
        return;
    d->authenticator = authenticator;
    d->setCore(authenticator ? QZapAuthenticatorPrivate::get(authenticator)->sessions : nullptr);
    Q_EMIT authenticatorChanged();
}

/*!
    Sets the \a socket whose peers are guarded: the handle of a server socket that was configured
    with one of the \c{QZap::secure*()} functions, and that was not bound or connected yet. Sets
    \c ZMQ_XPUB_VERBOSE on an XPUB socket, so that each subscriber is known.

    Returns \c false if the socket was bound or connected, has no enforced ZAP domain, or has a
    guard or QZapSocketMonitor, if the guard has a socket, or if no descriptors are left;
    errorString() says why, and the guard has no socket. Do not bind the socket then.

    Must be called in the guard's thread, which must be that of the socket.

    \sa clearSocket()
*/
bool QZapGuard::setSocket(void *socket)
{
    Q_D(QZapGuard);
    if (!d->isOwnThread("setSocket"))
        return false;
    if (const Problem problem = d->setSocket(socket)) {
        d->fail(problem);
        return false;
    }
    d->errorString.clear();
    Q_EMIT canDisconnectChanged();
    return true;
}

/*!
    Releases the socket. Its connections remain, and no longer end with their sessions. Call it, or
    destroy the guard, before the socket is closed.
*/
void QZapGuard::clearSocket()
{
    Q_D(QZapGuard);
    if (!d->isOwnThread("clearSocket") || !d->connections.isOpen())
        return;
    d->clearSocket();
    Q_EMIT canDisconnectChanged();
}

/*!
    \property QZapGuard::disconnectRevokedPeers
    \brief whether the connection of a session is ended when the session ends

    Default: \c true. Otherwise, messages of these peers are only not authorized, and the program
    can end a connection with disconnectPeer().
*/
bool QZapGuard::disconnectsRevokedPeers() const
{
    Q_D(const QZapGuard);
    return d->cuts.isEnabled();
}

void QZapGuard::setDisconnectRevokedPeers(bool disconnect)
{
    Q_D(QZapGuard);
    if (d->cuts.isEnabled() == disconnect)
        return;
    d->cuts.setEnabled(disconnect);
    Q_EMIT disconnectRevokedPeersChanged();
}

/*!
    \property QZapGuard::enforcesLockdown
    \brief whether nobody is authorized while QZapAuthenticator::lockdown is set

    Default: \c false. Either way, lockdown ends no session.
*/
bool QZapGuard::enforcesLockdown() const
{
    Q_D(const QZapGuard);
    return d->sessions.enforcesLockdown();
}

void QZapGuard::setEnforcesLockdown(bool enforces)
{
    Q_D(QZapGuard);
    if (d->sessions.enforcesLockdown() == enforces)
        return;
    d->sessions.setEnforcingLockdown(enforces);
    Q_EMIT enforcesLockdownChanged();
}

/*!
    \property QZapGuard::silentPeerPolicy
    \brief what happens to connections that have not sent anything if the rules have become narrower

    Default: QZapGuard::SilentPeerPolicy::Disconnect. All of them are ended, at most once within
    \l silentSweepInterval:

    \list
        \li if a key or user is removed or replaced that the authenticator has accepted for the
            domain and mechanism of the socket;
        \li after QZapAuthenticator::revoke() of such a user, and after
            \l {QZapAuthenticator::}{revokeAll()};
        \li if the domain is closed, publishes other fields, or otherwise lets in fewer peers;
        \li when a key of the domain expires.
    \endlist

    If the address rules refuse a peer that was allowed before, only connections from such addresses
    are ended. A change that only lets more peers in, or that concerns users and addresses of which
    nobody has connected, ends none.

    Which users were accepted is recorded in a table of fixed size: if tens of thousands have
    connected, a user can be taken for another one, and connections are ended unnecessarily.

    \sa silentSweepInterval, silentDisconnectionCount
*/
QZapGuard::SilentPeerPolicy QZapGuard::silentPeerPolicy() const
{
    Q_D(const QZapGuard);
    return d->silentPeerPolicy;
}

void QZapGuard::setSilentPeerPolicy(SilentPeerPolicy policy)
{
    Q_D(QZapGuard);
    if (d->silentPeerPolicy == policy)
        return;
    d->silentPeerPolicy = policy;
    Q_EMIT silentPeerPolicyChanged();
}

/*!
    \property QZapGuard::silentSweepInterval
    \brief the time between two disconnections of silent peers, at least, in milliseconds

    Default: 1000. The first happens at once. Negative values count as 0.
*/
int QZapGuard::silentSweepInterval() const
{
    Q_D(const QZapGuard);
    return static_cast<int>(d->silentSweep.interval().count());
}

void QZapGuard::setSilentSweepInterval(int milliseconds)
{
    Q_D(QZapGuard);
    const std::chrono::milliseconds interval(qMax(milliseconds, 0));
    if (d->silentSweep.interval() == interval)
        return;
    d->setSweepInterval(interval);
    Q_EMIT silentSweepIntervalChanged();
}

/*!
    \overload

    Sets the interval to \a interval.
*/
void QZapGuard::setSilentSweepInterval(std::chrono::milliseconds interval)
{
    setSilentSweepInterval(
        static_cast<int>(std::clamp<qint64>(interval.count(), 0, std::numeric_limits<int>::max())));
}

/*!
    \property QZapGuard::canDisconnect
    \brief whether the connections of the socket can be ended

    \c true on Linux for sockets of the types ROUTER, PULL, REP, PAIR, XPUB, PUSH and PUB. It
    becomes \c false if the guard has lost the socket's monitor.
*/
bool QZapGuard::canDisconnect() const
{
    Q_D(const QZapGuard);
    return d->connections.canDisconnect();
}

/*!
    \property QZapGuard::connectionCount
    \brief the number of connections whose session is known
*/
qint64 QZapGuard::connectionCount() const
{
    Q_D(const QZapGuard);
    return d->connectionCount;
}

/*!
    \property QZapGuard::revokedCount
    \brief the number of ended sessions of which this guard had seen a message
*/
qint64 QZapGuard::revokedCount() const
{
    Q_D(const QZapGuard);
    return d->revokedCount;
}

/*!
    \property QZapGuard::silentDisconnectionCount
    \brief the number of connections that were ended without having sent anything

    See \l silentPeerPolicy. Most of them are those of peers that are still accepted, and connect
    again.
*/
qint64 QZapGuard::silentDisconnectionCount() const
{
    Q_D(const QZapGuard);
    return d->silentDisconnectionCount;
}

/*!
    \property QZapGuard::errorString
    \brief the last message of errorOccurred(); empty after setSocket() has succeeded
*/
QString QZapGuard::errorString() const
{
    Q_D(const QZapGuard);
    return d->errorString;
}

/*!
    Ends the connection of \a session. The session does not end: its peer may connect again.

    Returns \c false if it has no connection any more, if it is not certain which connection it has,
    or if \l canDisconnect is \c false. Must be called in the guard's thread.

    \sa QZapAuthenticator::revoke()
*/
bool QZapGuard::disconnectPeer(const QZapSession &session)
{
    Q_D(QZapGuard);
    if (!d->isOwnThread("disconnectPeer") || session.isNull() || !d->core)
        return false;
    const auto &record = QZapSessionPrivate::recordOf(session);
    if (record->authenticator != d->core->id())
        return false;
    const ConnectionTable::Connection *const connection =
        d->connections.table().findSession(record->number);
    return connection
           && d->connections.cut(connection->descriptor, QDeadlineTimer(QDeadlineTimer::Forever))
                  == GuardedConnections::Cut::Ended;
}

/*!
    Does at once what the guard otherwise does from the event loop: finds out which sessions have
    ended, ends connections, and emits revoked(), disconnected(), errorOccurred() and the signals of
    the properties. Call it regularly, for example each second, in a thread without an event loop.
    isAuthorized() does not depend on it.

    Must be called in the guard's thread.
*/
void QZapGuard::sweep()
{
    Q_D(QZapGuard);
    if (d->isOwnThread("sweep"))
        d->reviewNow();
}
