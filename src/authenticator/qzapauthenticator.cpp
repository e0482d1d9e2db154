// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/qzapauthenticator_p.h"

#include "base/tsanhandover.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qpointer.h>

using namespace QZap::Internal;

/*!
    \class QZapAuthenticator
    \inmodule QZap
    \inheaderfile QZap/QZapAuthenticator
    \brief The QZapAuthenticator class decides on the Qt event loop which ZeroMQ peers are accepted.

    Whenever a peer connects to a server socket that asks for authentication, libzmq sends a request
    over ZAP, the ZeroMQ Authentication Protocol (\l{https://rfc.zeromq.org/spec/27/}{RFC 27}), to a
    handler in the same process. The authenticator is that handler, for all server sockets of one
    ZeroMQ context:

    \snippet gettingstarted.cpp server

    A request has to pass the address lists (\l allowedAddresses, \l deniedAddresses) and then the
    domain of its mechanism (\l domains); otherwise it is refused. A QZapCredentialsProvider can
    veto a peer that the domain accepts, or decide alone if the domain has no credentials
    (setCredentialsProvider()). An authenticator without any configuration lets in peers of the NULL
    and GSSAPI mechanisms, and nobody else: see \l{How QZap Works}.

    Each decision is counted and reported by the signals decided(), and authenticated() or
    rejected(). They are emitted from the event loop after the reply has been sent to libzmq, in the
    order of the replies, and never during a call to this class.

    \section1 Threads

    The authenticator answers on the event loop of the thread that it lives in, or on a private one
    (\l workerThread). All of its functions must be called in the thread that it lives in. It can be
    moved to another thread while it is stopped, but not by code that it calls, such as a slot of
    QZapCredentialsProvider, curveUserId() or a continuation of authenticate().

    \section1 Temporary answers

    A refusal that is the peer's own fault is final: ZeroMQ's own clients do not try again. If the
    cause lies with the server (\l lockdown, stop(), a domain that is not ready), the peer gets a
    temporary answer instead, and tries again. See \l maximumHeldConnections for how it is sent.

    \section1 Safety

    Configure server sockets with the \c{QZap::secure*()} functions, such as
    \l{QZap::secureCurve}{QZap::secureCurve()}: while nobody answers, before start() and after
    stop(), such a socket lets nobody in (except with GSSAPI: see
    \l{QZap::secureGssapi}{QZap::secureGssapi()}).

    \sa {Security and limitations}
*/

/*!
    \enum QZapAuthenticator::Error

    The errors that errorOccurred() reports.

    \value NoError             No error occurred.
    \value AddressInUseError   Another handler holds the ZeroMQ context.
    \value ContextError        The ZeroMQ context cannot be used, or was terminated.
    \value ConfigurationError  A value is invalid; no part of it was applied.
    \value FileError           A file could not be read, or contains errors.
    \value ProviderError       A credentials provider broke its contract.
*/

/*!
    \enum QZapAuthenticator::Encoding

    The encoding of text in requests and replies.

    \value Utf8    UTF-8, as specified by RFC 27.
    \value Latin1  ISO 8859-1, for existing peers and servers that use it.
*/

/*!
    Constructs an authenticator on \l{QZap::defaultContext}{QZap::defaultContext()} with \a parent.
    It is stopped.
*/
QZapAuthenticator::QZapAuthenticator(QObject *parent)
    : QObject(parent)
    , d_ptr(std::make_unique<QZapAuthenticatorPrivate>(this))
{ }

/*!
    \fn template <typename C> QZapAuthenticator::QZapAuthenticator(C &&context, QObject *parent)

    Constructs an authenticator on \a context, anything that has cppzmq's \c handle() such as a
    \c{zmq::context_t}, with \a parent. The caller keeps ownership of the context, which must
    outlive the authenticator, or at least its call to stop().
*/

/*!
    Stops and destroys the authenticator. No signal is emitted. From then on, secured server sockets
    let nobody in.
*/
QZapAuthenticator::~QZapAuthenticator()
{
    Q_D(QZapAuthenticator);
    d->isRunning = false;
    d->engineThread.shutDown();
    d->engine.shutDown();
    const QList<QZapDomain *> domains = d->registry.domains();
    for (QZapDomain *domain : domains)
        QZapDomainPrivate::get(domain)->setObserver(nullptr);
}

/*!
    Returns the ZeroMQ context whose server sockets ask this authenticator: the one that was set, or
    \l{QZap::defaultContext}{QZap::defaultContext()}.
*/
void *QZapAuthenticator::context() const
{
    Q_D(const QZapAuthenticator);
    return d->context ? d->context : QZap::defaultContext();
}

/*!
    Sets \a context, a ZeroMQ context's handle, as the context whose requests are answered, and
    returns \c true.

    Returns \c false with a warning, and changes nothing, while the authenticator is running, or if
    \a context is not a valid context. The caller keeps ownership of the context.
*/
bool QZapAuthenticator::setContext(void *context)
{
    Q_D(QZapAuthenticator);
    if (isRunning()) {
        qWarning("QZapAuthenticator::setContext: stop the authenticator first");
        return false;
    }
    if (!ZapSocket::isUsableContext(context)) {
        qWarning("QZapAuthenticator::setContext: the context is not usable");
        return false;
    }
    d->context = context;
    return true;
}

/*!
    \fn template <typename C> bool QZapAuthenticator::setContext(C &&context)
    \overload

    Takes anything that has cppzmq's \c handle() for \a context, such as a \c{zmq::context_t}.
*/

/*!
    \property QZapAuthenticator::running
    \brief whether the authenticator is bound and answers

    Default: \c false. Setting it is the same as start() and stop().
*/
bool QZapAuthenticator::isRunning() const
{
    Q_D(const QZapAuthenticator);
    return d->isRunning;
}

void QZapAuthenticator::setRunning(bool running)
{
    if (running)
        start();
    else
        stop();
}

/*!
    \property QZapAuthenticator::workerThread
    \brief whether requests are answered in a private thread

    Default: \c false; requests are answered on the event loop of the thread that the authenticator
    lives in. If \c true, start() starts a thread for them, and stop() ends it; see start() for its
    use in slots. A busy GUI thread then delays only handshakes that need a credentials provider in
    that thread. Files of keys and passwords are watched and read in other threads in both cases.

    Everything else is unchanged: functions must be called in the authenticator's thread, a change
    of the configuration applies to the next request when the call returns, and signals are emitted
    in the authenticator's thread, from its event loop. Providers are asked in the threads they live
    in. Only curveUserId() is called in the private thread.

    Signals of decisions and counters are emitted at once if nothing was decided in the last 2 ms.
    While requests keep arriving, they are emitted every 2 ms, that is, up to 2 ms after the
    decision, so that the authenticator's thread is not woken for each of them. Their order is kept,
    and counters are exact whenever they are read.

    The property can only be set while the authenticator is stopped. Otherwise a warning is printed,
    and nothing changes.

    \sa unreportedCount
*/
bool QZapAuthenticator::usesWorkerThread() const
{
    Q_D(const QZapAuthenticator);
    return d->usesWorkerThread;
}

void QZapAuthenticator::setWorkerThread(bool workerThread)
{
    Q_D(QZapAuthenticator);
    if (d->usesWorkerThread == workerThread)
        return;
    if (d->isRunning) {
        qWarning("QZapAuthenticator::setWorkerThread: stop the authenticator first");
        return;
    }
    d->usesWorkerThread = workerThread;
    Q_EMIT workerThreadChanged();
}

/*!
    Binds the handler's endpoint and starts to answer. Requests that libzmq has sent before are
    answered too. Returns \c true on success, and if the authenticator is already running.

    Returns \c false, with errorOccurred(), in these cases:
    \list
    \li AddressInUseError: another handler holds the context.
    \li ContextError: the context has been terminated, or has reached its limit of sockets, or the
        process has too few descriptors or threads left for the first socket of a context or for
        \l workerThread.
    \li ConfigurationError: an assignment or a \c configure call was refused while the authenticator
        was stopped, and has since been neither repeated with valid arguments nor reset; two domains
        have the same name and mechanism; or the thread has no event loop. Except in the last case,
        evaluate() and handleZapMessage() give temporary answers until the problem is corrected.
    \endlist

    The function may be called by code that the authenticator itself calls, such as a slot of
    QZapCredentialsProvider, curveUserId() or a continuation of authenticate(). With
    \l workerThread, the authenticator's thread then answers until that code has returned to the
    event loop, and the private thread from then on.

    If called in the wrong thread, the function prints a warning and does nothing.
*/
bool QZapAuthenticator::start()
{
    Q_D(QZapAuthenticator);
    if (!d->isOwnThread("start"))
        return false;
    if (isRunning())
        return true;
    d->startReminder->disarm();
    if (const Problem problem = d->configurationProblem())
        return d->fail(Error::ConfigurationError, problem);
    if (!QAbstractEventDispatcher::instance()) {
        return d->fail(Error::ConfigurationError,
                       QStringLiteral("The thread has no Qt event loop"));
    }
    if (const ZapSocket::Opening opening = d->startEngine(); !opening.isOpen()) {
        const bool isInUse = opening.error == ZapSocket::OpenError::AddressInUse;
        return d->fail(isInUse ? Error::AddressInUseError : Error::ContextError, opening.problem);
    }
    const QPointer<QZapAuthenticator> guard(this);
    d->clearError();
    if (guard)
        Q_EMIT runningChanged();
    return true;
}

/*!
    Gives requests that have arrived a temporary answer, then unbinds and closes the socket. A
    subsequent start() does not fail because of the previous one. The signals of these requests are
    emitted in the next turn of the event loop.

    Server sockets that were secured by the \c{QZap::secure*()} functions, such as
    \l{QZap::secureCurve}{QZap::secureCurve()}, let nobody in while the authenticator is stopped
    (except with GSSAPI). Established connections remain. If called in the wrong thread, the
    function prints a warning and does nothing.
*/
void QZapAuthenticator::stop()
{
    Q_D(QZapAuthenticator);
    if (!d->isOwnThread("stop") || !isRunning())
        return;
    const QPointer<QZapAuthenticator> guard(this);
    d->stopEngine();
    if (guard)
        Q_EMIT runningChanged();
}

/*!
    \property QZapAuthenticator::lockdown
    \brief whether all peers are turned away for now

    Default: \c false. While it is set, the authenticator stays bound and gives every peer a
    temporary answer. Established connections remain.
*/
bool QZapAuthenticator::isLockdown() const
{
    Q_D(const QZapAuthenticator);
    return d->policy.lockdown;
}

void QZapAuthenticator::setLockdown(bool lockdown)
{
    Q_D(QZapAuthenticator);
    if (d->policy.lockdown == lockdown)
        return;
    d->changePolicy([lockdown](Policy &next) { next.lockdown = lockdown; });
    Q_EMIT lockdownChanged();
}

/*!
    \property QZapAuthenticator::reportOnly
    \brief whether peers that the rules refuse are let in, and only reported

    Default: \c false. It shows who would be refused before a rule is turned on: set the rule and
    this property, and look at rejected() or QZapActivityModel until all peers that should be
    accepted are. While it is set, peers are let in that

    \list
        \li the address lists refuse,
        \li the credentials of a domain do not contain: an unknown key, user or principal, or
        \li a credentials provider rejects.
    \endlist

    Such a peer has no user id, and each published field is empty. It is reported as refused:
    rejected() is emitted, and QZapReply::isEnforced() is \c false. It is counted by
    \l unenforcedCount, and by no other counter. Peers that are accepted get their usual reply.

    Everything else remains refused: wrong passwords, expired keys, mechanisms that are not
    configured, NULL in a domain that does not accept it, closed names, malformed requests, and all
    temporary answers, among them those of \l lockdown and an invalid configuration.

    \section1 Security

    The rules have no effect while the property is set; only sockets whose peers may all get in
    should be bound. A peer can find out whether a user exists: an unknown user gets in, and a known
    one with a wrong password does not. A warning is logged whenever it is set.
    QZapDomain::reportOnly does the same for a single domain.

    \sa QZapDomain::reportOnly
*/
bool QZapAuthenticator::isReportOnly() const
{
    Q_D(const QZapAuthenticator);
    return d->policy.reportOnly;
}

void QZapAuthenticator::setReportOnly(bool reportOnly)
{
    Q_D(QZapAuthenticator);
    if (d->policy.reportOnly == reportOnly)
        return;
    d->changePolicy([reportOnly](Policy &next) { next.reportOnly = reportOnly; });
    const QPointer<QZapAuthenticator> guard(this);
    if (reportOnly) {
        d->delivery.log().warn(QStringLiteral(
            "reportOnly is set: peers that the address lists, the domains or the credentials "
            "providers refuse are let in"));
    }
    if (guard)
        Q_EMIT reportOnlyChanged();
}

/*!
    \property QZapAuthenticator::lockout
    \brief the settings and the state of the lockout of addresses after wrong passwords

    Off by default: see QZapLockout. The object belongs to the authenticator, and is destroyed with
    it.
*/
QZapLockout *QZapAuthenticator::lockout() const
{
    Q_D(const QZapAuthenticator);
    return d->publicLockout.get();
}

/*!
    \property QZapAuthenticator::encoding
    \brief the encoding of addresses, user names, principals and user ids in requests and replies

    Default: Utf8. A request is refused if its user name, principal or domain cannot be decoded, or
    contains NUL or another control character. Domains are always UTF-8, and passwords are bytes.
*/
QZapAuthenticator::Encoding QZapAuthenticator::encoding() const
{
    Q_D(const QZapAuthenticator);
    return d->policy.encoding == TextEncoding::Latin1 ? Encoding::Latin1 : Encoding::Utf8;
}

void QZapAuthenticator::setEncoding(Encoding encoding)
{
    Q_D(QZapAuthenticator);
    if (encoding == this->encoding())
        return;
    d->changePolicy([encoding](Policy &next) {
        next.encoding = encoding == Encoding::Latin1 ? TextEncoding::Latin1 : TextEncoding::Utf8;
    });
    Q_EMIT encodingChanged();
}

/*!
    \reimp
*/
bool QZapAuthenticator::event(QEvent *event)
{
    takeOver();
    if (event->type() == QEvent::ThreadChange && isRunning()) {
        qWarning("QZapAuthenticator: moved to another thread while running; it is stopped");
        stop();
    }
    return QObject::event(event);
}
