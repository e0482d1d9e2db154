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
    QZapDomain::credentialsProvider. It is asked about each peer that the domain's own checks let
    through, and so can veto what a key list or password file says. Where the domain has nothing to
    check by, it is asked about each well-formed request, and decides alone. It is never asked about
    a peer that lockdown, address lists or the domain turn away.

    \snippet providers.cpp veto

    Connect to authenticating(), or reimplement authenticate(). One of the functions of QZapDecision
    must be called before that returns:

    \list
    \li accept(), reject() or retryLater() answer at once;
    \li resolve() leaves the answer to a QFuture;
    \li defer() says that the answer comes later.
    \endlist

    A provider that returns without any of them, or throws, is broken: the peer gets a temporary
    answer, and QZapAuthenticator::errorOccurred() and a warning tell of it the first time. So does
    one that is connected by a queued connection and defers nothing: nobody is let in by mistake.

    The provider may live in another thread than its authenticator, is asked in its own, and can
    serve several authenticators and domains. It is not owned by them. Once it is destroyed, the
    peers that it was to be asked about get temporary answers until another one is set, or none.
*/

/*!
    Constructs a provider with \a parent.
*/
QZapCredentialsProvider::QZapCredentialsProvider(QObject *parent)
    : QObject(parent)
    , d_ptr(std::make_unique<QZapCredentialsProviderPrivate>(this))
{ }

/*!
    Destroys the provider. Decisions that it has deferred can still be answered, and let nobody in.
*/
QZapCredentialsProvider::~QZapCredentialsProvider()
{
    Q_D(QZapCredentialsProvider);
    d->link->close();
}

/*!
    Called in the provider's thread to decide about one peer by \a decision. This implementation
    emits authenticating().

    Reimplementations must call one of the answering functions of \a decision, or defer() it.
*/
void QZapCredentialsProvider::authenticate(const QZapDecision &decision)
{
    Q_EMIT authenticating(decision);
}

/*!
    \fn void QZapCredentialsProvider::authenticating(const QZapDecision &decision)

    Emitted in the provider's thread to decide about one peer by \a decision.
*/

/*!
    \fn void QZapCredentialsProvider::expired(const QZapDecision &decision, const QString &why)

    Emitted in the provider's thread, from its event loop, when an answer to \a decision, which was
    pending, does not count any more, or when the answer did not reach the peer; \a why says the
    reason: its deadline has passed, the authenticator has stopped, the peer has asked anew, or is
    gone. Not emitted for a decision that the provider was not asked for yet.
*/
