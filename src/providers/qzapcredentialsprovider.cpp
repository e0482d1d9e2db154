// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapcredentialsprovider.h>

#include "providers/qzapcredentialsprovider_p.h"

/*!
    \class QZapCredentialsProvider
    \inmodule QZap
    \inheaderfile QZap/QZapCredentialsProvider
    \brief The QZapCredentialsProvider class lets your own code decide about peers.

    A provider is set for a domain by QZapAuthenticator::setCredentialsProvider() or as
    QZapDomain::credentialsProvider. It is asked about each peer that passes the domain's own
    checks, and so can veto peers that a key list or password file admits. If the domain has no
    credentials for the peer's mechanism, it is asked about each well-formed request, and decides
    alone. It is never asked about a peer that is turned away by lockdown, address lists or the
    domain.

    \snippet providers.cpp veto

    Connect to authenticating(), or reimplement authenticate(). One of the functions of QZapDecision
    must be called before the slot or function returns:

    \list
    \li accept(), reject() and retryLater() answer at once;
    \li resolve() leaves the answer to a QFuture;
    \li defer() announces a later answer.
    \endlist

    If a provider returns without calling any of them, or throws, the peer gets a temporary answer,
    and QZapAuthenticator::errorOccurred() and a warning report it the first time. The same happens
    with a queued connection, since the decision is not deferred in time.

    The provider may live in a different thread than its authenticator, is asked in its own thread,
    and can serve several authenticators and domains. They do not own it. Once it is destroyed, the
    peers that it would be asked about get temporary answers until another provider, or \nullptr, is
    set.
*/

/*!
    Constructs a provider with \a parent.
*/
QZapCredentialsProvider::QZapCredentialsProvider(QObject *parent)
    : QObject(parent)
    , d_ptr(std::make_unique<QZapCredentialsProviderPrivate>(this))
{ }

/*!
    Destroys the provider. Decisions that it has deferred can still be answered, but do not let the
    peer in.
*/
QZapCredentialsProvider::~QZapCredentialsProvider()
{
    Q_D(QZapCredentialsProvider);
    d->link->close();
}

/*!
    Called in the provider's thread to ask for a \a decision about one peer. This implementation
    emits authenticating().

    Reimplementations must call one of the answering functions of \a decision, or defer() it.
*/
void QZapCredentialsProvider::authenticate(const QZapDecision &decision)
{
    Q_EMIT authenticating(decision);
}

/*!
    \fn void QZapCredentialsProvider::authenticating(const QZapDecision &decision)

    Emitted in the provider's thread to ask for a \a decision about one peer.
*/

/*!
    \fn void QZapCredentialsProvider::expired(const QZapDecision &decision, const QString &why)

    Emitted in the provider's thread, from its event loop, when \a decision was pending and can no
    longer be answered, or when the answer did not reach the peer. \a why is the reason: the
    deadline has passed, the authenticator was stopped, or the peer has asked again or disconnected.
    Not emitted for a decision that the provider has not been asked about yet.
*/
