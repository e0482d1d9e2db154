// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/qzapauthenticator_p.h"

#include <algorithm>
#include <chrono>
#include <limits>

using namespace QZap::Internal;

// QZapAuthenticator's limits, and the counters of what became of requests.

/*!
    \property QZapAuthenticator::maximumHeldConnections
    \brief the number of connections that temporary answers may hold at a time

    Default: a quarter of the soft limit of file descriptors that was in force at construction.

    A temporary answer is sent with status 300, which holds the connection until the server socket's
    \c ZMQ_HANDSHAKE_IVL. Each is counted for 30 seconds. Beyond the maximum the answer is sent with
    a status that disconnects the peer at once and lets it try again, so that held connections do
   not use up all descriptors. \c 0 holds none. A negative value is refused with ConfigurationError.
*/
int QZapAuthenticator::maximumHeldConnections() const
{
    Q_D(const QZapAuthenticator);
    return d->policy.limits.heldConnections;
}

void QZapAuthenticator::setMaximumHeldConnections(int maximum)
{
    Q_D(QZapAuthenticator);
    d->setLimit(&Limits::heldConnections, maximum, "maximumHeldConnections", 0,
                &QZapAuthenticator::maximumHeldConnectionsChanged);
}

/*!
    \property QZapAuthenticator::decisionTimeout
    \brief how long a decision may take that needs more than a look-up, in milliseconds

    Default: 5000. Such are a password that is checked against a hash, and what a
    QZapCredentialsProvider defers without a limit of its own. Past the timeout the peer gets a
    temporary answer. It does not run while a domain's files are being loaded: the peer waits for
    them. A value below 1 is refused with ConfigurationError; a change holds for the
    next request.
*/
int QZapAuthenticator::decisionTimeout() const
{
    Q_D(const QZapAuthenticator);
    return d->policy.limits.decisionTimeout;
}

void QZapAuthenticator::setDecisionTimeout(int milliseconds)
{
    Q_D(QZapAuthenticator);
    d->setLimit(&Limits::decisionTimeout, milliseconds, "decisionTimeout", 1,
                &QZapAuthenticator::decisionTimeoutChanged);
}

/*!
    \overload

    Sets the timeout to \a timeout.
*/
void QZapAuthenticator::setDecisionTimeout(std::chrono::milliseconds timeout)
{
    constexpr std::chrono::milliseconds::rep Most = std::numeric_limits<int>::max();
    setDecisionTimeout(
        static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(timeout.count(), -1, Most)));
}

/*!
    \property QZapAuthenticator::maximumPendingDecisions
    \brief how many requests may wait for an answer at a time

    Default: 10000. Requests wait for a domain's files to be loaded, and for a password's hash. A
    request beyond the maximum gets a temporary answer at once. A negative value is refused with
    ConfigurationError.

    \sa pendingCount
*/
int QZapAuthenticator::maximumPendingDecisions() const
{
    Q_D(const QZapAuthenticator);
    return d->policy.limits.pendingDecisions;
}

void QZapAuthenticator::setMaximumPendingDecisions(int maximum)
{
    Q_D(QZapAuthenticator);
    d->setLimit(&Limits::pendingDecisions, maximum, "maximumPendingDecisions", 0,
                &QZapAuthenticator::maximumPendingDecisionsChanged);
}

/*!
    \property QZapAuthenticator::maximumPendingPerAddress
    \brief how many requests of one address may wait for an answer at a time

    Default: 64. IPv6 addresses are counted by their network of 64 bits, of which a peer can use any
    address. A request beyond the maximum gets a temporary answer at once, so that one peer cannot
    keep the others waiting. A negative value is refused with ConfigurationError.
*/
int QZapAuthenticator::maximumPendingPerAddress() const
{
    Q_D(const QZapAuthenticator);
    return d->policy.limits.pendingPerAddress;
}

void QZapAuthenticator::setMaximumPendingPerAddress(int maximum)
{
    Q_D(QZapAuthenticator);
    d->setLimit(&Limits::pendingPerAddress, maximum, "maximumPendingPerAddress", 0,
                &QZapAuthenticator::maximumPendingPerAddressChanged);
}

/*!
    \property QZapAuthenticator::acceptedCount
    \brief the number of requests that were answered by letting the peer in
*/
qint64 QZapAuthenticator::acceptedCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().accepted;
}

/*!
    \property QZapAuthenticator::rejectedCount
    \brief the number of requests that were refused for good
*/
qint64 QZapAuthenticator::rejectedCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().rejected;
}

/*!
    \property QZapAuthenticator::temporaryCount
    \brief the number of requests that got a temporary answer
*/
qint64 QZapAuthenticator::temporaryCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().temporary;
}

/*!
    \property QZapAuthenticator::droppedCount
    \brief the number of messages that were not answered

    Those are no requests of RFC 27, which libzmq does not send, or were waiting for a decision when
    the same sender asked anew. Both come from a socket in the same process.
*/
qint64 QZapAuthenticator::droppedCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().dropped;
}

/*!
    \property QZapAuthenticator::unreportedCount
    \brief the number of decisions that no signal and no log has told of

    Decisions never wait for those who listen. Where slots are slower than peers come for so long
    that 10,000 decisions are waiting to be told, what comes on top is decided and counted only, and
    the log says so.
*/
qint64 QZapAuthenticator::unreportedCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().unreported;
}

/*!
    \property QZapAuthenticator::pendingCount
    \brief how many requests wait for an answer right now
*/
qint64 QZapAuthenticator::pendingCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().pending;
}
