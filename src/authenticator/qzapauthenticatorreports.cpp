// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// What QZapAuthenticator reports: its signals for decisions and errors, its log, the last error,
// and its counters.

#include "authenticator/qzapauthenticator_p.h"

using namespace QZap::Internal;

/*!
    \fn void QZapAuthenticator::decided(const QZapRequest &request, const QZapReply &reply)

    Emitted for each \a request that was answered, with the \a reply. The counters are up to date.
    It is emitted before authenticated() and rejected().
*/

/*!
    \fn void QZapAuthenticator::authenticated(const QString &userId, const QZapRequest &request)

    Emitted when the peer of \a request was let in as \a userId.
*/

/*!
    \fn void QZapAuthenticator::rejected(const QString &userId, const QString &reason, const
    QZapRequest &request)

    Emitted when the peer of \a request was refused, or told to try later, because of \a reason.
    \a userId is the user id that the peer proved or claimed, or empty. It must not be trusted.
*/

/*!
    \fn void QZapAuthenticator::errorOccurred(QZapAuthenticator::Error error, const QString
    &message)

    Emitted when \a error occurred, immediately and during the call that caused it, if any.
    \a message describes what is wrong, where, and what to do. It never contains a secret.
*/

/*!
    \property QZapAuthenticator::loggingCategory
    \brief the name of the QLoggingCategory that decisions are logged to

    Default: \c qzap. Acceptances are logged at debug level, which is disabled by default and can be
    enabled by \c{QT_LOGGING_RULES} or QLoggingCategory::setFilterRules(). Refusals are logged at
    info level; at most ten refusals are logged per second, with the number of those omitted. A
    ConfigurationError is logged as a warning, once for as long as start() would fail with it, and
    every other error at info level. QML types print ConfigurationErrors as warnings of the document
    instead.

    Text from peers is quoted and escaped, and secrets are never logged. An empty name is refused
    with ConfigurationError.
*/
QString QZapAuthenticator::loggingCategory() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.log().category().name();
}

void QZapAuthenticator::setLoggingCategory(const QString &category)
{
    Q_D(QZapAuthenticator);
    const auto subject = ConfigurationSubject::property("loggingCategory");
    if (category.isEmpty()) {
        d->refuse(subject, QStringLiteral("the category's name is empty"));
        return;
    }
    d->accept(subject);
    if (category == loggingCategory())
        return;
    d->delivery.log().category().setName(category);
    Q_EMIT loggingCategoryChanged();
}

/*!
    \property QZapAuthenticator::error
    \brief the last error

    Default: NoError. start() resets it to NoError when it succeeds.

    \sa errorOccurred()
*/
QZapAuthenticator::Error QZapAuthenticator::error() const
{
    Q_D(const QZapAuthenticator);
    return d->error;
}

/*!
    \property QZapAuthenticator::errorString
    \brief the message of the last error; empty if there is no error
*/
QString QZapAuthenticator::errorString() const
{
    Q_D(const QZapAuthenticator);
    return d->errorString;
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
    \property QZapAuthenticator::unenforcedCount
    \brief how many peers were refused, but let in because of reportOnly

    They do not count as accepted or rejected. The counter is never reset.
*/
qint64 QZapAuthenticator::unenforcedCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().unenforced;
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
    \brief the number of messages that were not answered, or whose answer reached nobody

    An answer reaches nobody if the peer has disconnected, for example because a provider took
    longer than the server socket's \c ZMQ_HANDSHAKE_IVL. No signal and no other counter reports it,
    and the provider's \l{QZapCredentialsProvider::}{expired()} is emitted.

    The other messages come from sockets in the same process: they are not requests as defined by
    RFC 27 (libzmq does not send such messages), were waiting for a decision when the same sender
    asked again, or come from a sender that does not read its answers.
*/
qint64 QZapAuthenticator::droppedCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().dropped;
}

/*!
    \property QZapAuthenticator::unreportedCount
    \brief the number of decisions that were not reported by signals and in the log

    Decisions never wait for slots. If slots are so slow that 10,000 decisions are waiting to be
    reported, further ones are only counted, and a message is logged.
*/
qint64 QZapAuthenticator::unreportedCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().unreported;
}

/*!
    \property QZapAuthenticator::pendingCount
    \brief how many requests wait for an answer right now

    This includes requests that a provider or curveUserId() is currently asked about.
*/
qint64 QZapAuthenticator::pendingCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().pending;
}

/*!
    \reimp
*/
void QZapAuthenticator::connectNotify(const QMetaMethod &signal)
{
    Q_D(QZapAuthenticator);
    d->signalListeners.add(signal);
    QObject::connectNotify(signal);
}

/*!
    \reimp
*/
void QZapAuthenticator::disconnectNotify(const QMetaMethod &signal)
{
    Q_D(QZapAuthenticator);
    d->signalListeners.markOutdated();
    d->schedule.request();
    QObject::disconnectNotify(signal);
}
