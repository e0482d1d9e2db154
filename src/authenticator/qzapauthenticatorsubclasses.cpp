// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// The functions of QZapAuthenticator that subclasses call or override.

#include "authenticator/qzapauthenticator_p.h"

#include "protocol/z85.h"

#include <QtCore/qpointer.h>

#include <utility>

using namespace QZap::Internal;

/*!
    Returns the user id of an accepted peer that holds the CURVE \a publicKey, 32 bytes. It is
    called only for peers that are let in or that a provider is asked about, and only if neither the
    certificate nor the key list contains a user id.

    The default is the key's Z85 text, 40 characters. An override may return the owner of the key.
    If it throws an exception, or the id is longer than 255 bytes or contains control characters,
    the peer is not let in.

    With \l workerThread, it is called in the private thread: the override must be thread-safe, and
    its class must call stop() in its destructor, so that it is not called during destruction.
*/
QString QZapAuthenticator::curveUserId(const QByteArray &publicKey) const
{
    return QString::fromLatin1(Z85::encode(QByteArrayView(publicKey)));
}

/*!
    Returns the problem in the configuration that makes start() fail: a setting that was refused
    while stopped, two domains of the same name and mechanism, or the argument of
    setConfigurationProblem(). Returns an empty string if there is no such problem; start() can
    still fail for other reasons.
*/
QString QZapAuthenticator::configurationProblem() const
{
    Q_D(const QZapAuthenticator);
    return d->configurationProblem().text();
}

/*!
    Makes start() fail with ConfigurationError because of \a problem until that is set to an empty
    text. For subclasses whose own configuration can be invalid. A running authenticator is not
    affected.

    \sa reportError()
*/
void QZapAuthenticator::setConfigurationProblem(const QString &problem)
{
    Q_D(QZapAuthenticator);
    if (problem.isEmpty()) {
        d->accept({});
    } else {
        d->refusals.add({}, problem);
        d->updateMisconfigured();
    }
}

/*!
    Makes \a error and \a message the last error and emits errorOccurred(). For subclasses. The
    message must not contain a secret.
*/
void QZapAuthenticator::reportError(Error error, const QString &message)
{
    Q_D(QZapAuthenticator);
    d->fail(error, message);
}

/*!
    Sets whether each ConfigurationError is \a logged, which is the case by default. For subclasses
    that print them themselves, such as QML types, which name the file and line of the document.

    \sa errorOccurred(), loggingCategory
*/
void QZapAuthenticator::setConfigurationErrorsLogged(bool logged)
{
    Q_D(QZapAuthenticator);
    d->logsConfigurationErrors = logged;
}

/*!
    Makes all requests wait without a deadline while \a onHold is \c true. Default: \c false. For
    subclasses that change their configuration by several calls, so that no peer is decided about
    between them: with \l workerThread, requests would be answered meanwhile.
*/
void QZapAuthenticator::setOnHold(bool onHold)
{
    Q_D(QZapAuthenticator);
    if (d->policy.onHold != onHold)
        d->changePolicy([onHold](Policy &next) { next.onHold = onHold; });
}

/*!
    Sets whether the object is \a beingCreated. Default: \c false. For subclasses that are
    configured step by step, such as QML types: until they are created, a refused assignment or call
    has the same effect as while stopped, even if start() was called before. If there was one when
    \a beingCreated is set to \c false, the authenticator is stopped with ConfigurationError.

    \sa setOnHold(), setConfigurationProblem()
*/
void QZapAuthenticator::setBeingCreated(bool beingCreated)
{
    Q_D(QZapAuthenticator);
    if (std::exchange(d->isBeingCreated, beingCreated) == beingCreated || beingCreated)
        return;
    const Problem problem = d->configurationProblem();
    if (!d->isRunning || !problem)
        return;
    const QPointer<QZapAuthenticator> guard(this);
    stop();
    if (guard)
        d->fail(Error::ConfigurationError, problem);
}

/*!
    Refuses a reset of \a property, \c allowedAddresses or \c deniedAddresses, with
    ConfigurationError, and leaves the list as it is. For subclasses that cannot know whether the
    reset was intended: QML resets a property if a binding assigns \c undefined to it.
*/
void QZapAuthenticator::refuseReset(const char *property)
{
    Q_D(QZapAuthenticator);
    d->refuse(ConfigurationSubject::property(property),
              QStringLiteral("undefined was assigned while the object was created, and nobody gets "
                             "in until a list is assigned; omit the property to set no list"));
}
