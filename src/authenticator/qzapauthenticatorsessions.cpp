// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// The functions of QZapAuthenticator that end the sessions of peers that are connected.

#include "authenticator/qzapauthenticator_p.h"

using namespace QZap::Internal;

/*!
    Ends the sessions of all peers with the user id \a userId that were accepted until now: on each
    socket with a QZapGuard of this authenticator, their messages are no longer authorized, and they
    are disconnected. Before the function returns, this is in force.

    The user is not refused from now on: a peer that connects again is authenticated again. To
    refuse a peer for good, remove its credentials, which ends its session as well. The function is
    for domains in which only a QZapCredentialsProvider decides, and for logging a user out
    everywhere. A request that a provider was asked about before the call counts as accepted before
    it.

    It also works while the authenticator is stopped, and holds when it is started again. An empty
    \a userId is refused with a warning: peers of any kind may have none.

    Must be called in the authenticator's thread; elsewhere, it prints a warning and does nothing.

    \since 0.1
    \sa revokeAll(), QZapGuard
*/
void QZapAuthenticator::revoke(const QString &userId)
{
    Q_D(QZapAuthenticator);
    if (!d->isOwnThread("revoke"))
        return;
    if (userId.isEmpty()) {
        qWarning("QZapAuthenticator::revoke: the user id is empty; the call has no effect");
        return;
    }
    d->sessions->revoke(userId.toUtf8());
    d->scheduleReview();
}

/*!
    Ends the sessions of all peers that were accepted until now, as revoke() does for one user id.

    Must be called in the authenticator's thread; elsewhere, it prints a warning and does nothing.

    \since 0.1
    \sa revoke(), lockdown, QZapGuard
*/
void QZapAuthenticator::revokeAll()
{
    Q_D(QZapAuthenticator);
    if (!d->isOwnThread("revokeAll"))
        return;
    d->sessions->revokeAll();
    d->scheduleReview();
}
