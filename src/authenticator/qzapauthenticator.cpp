// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/qzapauthenticator_p.h"

#include "base/secret.h"
#include "base/tsanhandover.h"
#include "base/weakinvoker.h"
#include "protocol/requestencoder.h"
#include "protocol/z85.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>

#include <utility>

using namespace QZap::Internal;

/*!
    \class QZapAuthenticator
    \inmodule QZap
    \inheaderfile QZap/QZapAuthenticator
    \brief The QZapAuthenticator class decides on the Qt event loop which ZeroMQ peers get in.

    Whenever a peer connects to a server socket that asks for authentication, libzmq sends a request
    over ZAP, the ZeroMQ Authentication Protocol
    (\l{https://rfc.zeromq.org/spec/27/}{RFC 27}), to a handler in the same process. The
    authenticator is that handler, for all server sockets of one ZeroMQ context:

    \snippet gettingstarted.cpp server

    A request has to pass the address lists (\l allowedAddresses, \l deniedAddresses) and then the
    domain of its mechanism (\l domains); else it is refused. A QZapCredentialsProvider can veto
   what the domain says, or decide where that has nothing to say (setCredentialsProvider()). An
   authenticator for which nothing has been configured lets in peers of the NULL and GSSAPI
   mechanisms, and nobody else: see \l{How QZap Works}.

    Each decision is counted and reported by the signals decided(), and authenticated() or
    rejected(). They are emitted from the event loop after the reply went to libzmq, in the order of
    the replies, and never from inside a call to this class.

    \section1 Threads

    The authenticator answers on the event loop of the thread that it lives in, or on a private one
    (\l workerThread). All of its functions are to be called in the thread that it lives in. It can
    be moved to another thread while it is stopped.

    \section1 Temporary answers

    A refusal that is the peer's own fault is final: ZeroMQ's own clients do not try again. Where
   the cause is with the server (\l lockdown, stop(), a domain that is not ready), the peer gets a
    temporary answer instead, and comes back. See \l maximumHeldConnections for how it is sent.

    \section1 Safety

    Make server sockets with \l{QZap::secureCurve}{QZap::secureCurve()} and its like: with nobody to
    answer, before start() and after stop(), such a socket lets nobody in.

    \sa {Security and limitations}
*/

/*!
    \enum QZapAuthenticator::Error

    What went wrong, in errorOccurred().

    \value NoError             Nothing.
    \value AddressInUseError   Another handler holds the ZeroMQ context.
    \value ContextError        The ZeroMQ context cannot be used, or was terminated.
    \value ConfigurationError  A value cannot be: nothing of it was taken over.
    \value FileError           A file could not be read, or is wrong in part.
    \value ProviderError       A credentials provider broke its contract.
*/

/*!
    \enum QZapAuthenticator::Encoding

    How text stands on the wire.

    \value Utf8    UTF-8, as RFC 27 has it.
    \value Latin1  ISO 8859-1, for peers and servers that have always used it.
*/

/*!
    \fn void QZapAuthenticator::decided(const QZapRequest &request, const QZapReply &reply)

    Emitted for each \a request that was answered, with the \a reply. The counters are up to date.
    It comes before authenticated() and rejected().
*/

/*!
    \fn void QZapAuthenticator::authenticated(const QString &userId, const QZapRequest &request)

    Emitted when the peer of \a request was let in as \a userId.
*/

/*!
    \fn void QZapAuthenticator::rejected(const QString &userId, const QString &reason, const
   QZapRequest &request)

    Emitted when the peer of \a request was not let in because of \a reason, for good or for the
   time being. \a userId is whom it proved or claimed to be, empty where that is nobody: it is not
   to be trusted.
*/

/*!
    \fn void QZapAuthenticator::errorOccurred(QZapAuthenticator::Error error, const QString
   &message)

    Emitted when \a error occurred, at once and from inside the call that caused it, if any.
    \a message says for a person what is wrong, where and what to do. It never contains a secret.
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
    \c{zmq::context_t}, with \a parent. The context stays the caller's and must outlive the
    authenticator, or at least its stop().
*/

/*!
    Stops and destroys the authenticator. No signal is emitted. Secured server sockets let nobody in
    from now on.
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
    Makes \a context, a ZeroMQ context's handle, the one to answer for, and returns \c true.

    Returns \c false with a warning, and changes nothing, while the authenticator is running or
   where \a context is no context. The context stays the caller's.
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
    \brief whether requests are answered on a private thread

    Default: \c false, and they are answered on the event loop of the thread that the authenticator
    lives in. With \c true, start() starts a thread for it, and stop() ends that: a GUI thread that
   is busy then delays no handshake that needs no credentials provider from it. Files of keys and
   passwords are watched and read in other threads either way.

    Everything else stays as it is: functions are to be called in the authenticator's thread, what
   is configured holds for the next request when the call returns, and signals are emitted in the
    authenticator's thread, from its event loop. Providers are asked in the threads they live in.
    Only curveUserId() is called on the private thread.

    Signals of decisions and counters are emitted at once if nothing was decided in the last 2 ms.
    While requests keep coming, they are emitted every 2 ms, so up to 2 ms later than the decision:
    the authenticator's thread is not woken for each of them. Their order stays, and counters are
    exact whenever they are read.

    To be set while stopped: otherwise there is a warning, and nothing changes.

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
    Binds the handler's endpoint and answers from now on. Requests that libzmq has sent before are
    answered too. Returns \c true on success, and if the authenticator is running already.

    Returns \c false, with errorOccurred(), in these cases:
    \list
    \li AddressInUseError: another handler holds the context.
    \li ContextError: the context has been terminated, or has no socket left, or the process has too
        few descriptors or threads left for the first socket of a context or for \l workerThread.
    \li ConfigurationError: an assignment or a call that configures was refused while the
        authenticator was stopped, and has not been made validly or been reset since; two domains
        have one name and mechanism; or the thread has no event loop. Until then evaluate() and
        handleZapMessage() give temporary answers.
    \endlist

    On the wrong thread: a warning, and nothing is done.
*/
bool QZapAuthenticator::start()
{
    Q_D(QZapAuthenticator);
    if (!d->isOwnThread("start"))
        return false;
    if (isRunning())
        return true;
    if (const Problem problem = d->configurationProblem())
        return d->fail(Error::ConfigurationError, problem);
    if (!QAbstractEventDispatcher::instance()) {
        return d->fail(Error::ConfigurationError,
                       QStringLiteral("The thread has no Qt event loop to answer on"));
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
    Gives requests that have arrived a temporary answer, then unbinds and closes the socket. start()
    right after it always works. Their signals follow in the next turn of the event loop.

    Server sockets that were secured with \l{QZap::secureCurve}{QZap::secureCurve()} and its like
    let nobody in while the authenticator is stopped; connections that were let in before stay. On
    the wrong thread: a warning, and nothing is done.
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
    \brief whether everyone is turned away for the time being

    Default: \c false. While it is set, the authenticator stays bound and gives every peer a
    temporary answer; connections that were let in before stay.
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
    \property QZapAuthenticator::encoding
    \brief the encoding of addresses, user names, principals and user ids on the wire

    Default: Utf8. A request whose user name or principal does not decode, or holds NUL or another
    control character, is refused, and so is one whose domain does. Domains are UTF-8 and passwords
    are bytes, whatever the encoding.
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
    \property QZapAuthenticator::loggingCategory
    \brief the name of the QLoggingCategory that decisions are logged to

    Default: \c qzap. Acceptances are logged at debug level, which is off unless it is turned on by
    \c{QT_LOGGING_RULES} or QLoggingCategory::setFilterRules(); refusals and errors at info level,
    refusals at most ten a second, with the number of those left out. Text that peers sent is quoted
    and escaped, and no secret is ever logged. An empty name is refused with ConfigurationError.
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

    Default: NoError, which start() sets again when it succeeds.

    \sa errorOccurred()
*/
QZapAuthenticator::Error QZapAuthenticator::error() const
{
    Q_D(const QZapAuthenticator);
    return d->error;
}

/*!
    \property QZapAuthenticator::errorString
    \brief the last error's message, for a person; empty while there is no error
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

    An answer reaches nobody if the peer is gone, as when a provider takes longer than the server
    socket's \c ZMQ_HANDSHAKE_IVL: no signal and no other counter reports it, and the provider's
    \l{QZapCredentialsProvider::}{expired()} is emitted.

    Other messages are no requests of RFC 27, which libzmq does not send, or were waiting for a
    decision when the same sender asked anew, or come from a sender that does not read its answers.
    These come from a socket in the same process.
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

    Requests that a provider or curveUserId() is asked about in this moment are among them.
*/
qint64 QZapAuthenticator::pendingCount() const
{
    Q_D(const QZapAuthenticator);
    return d->delivery.queue().counts().pending;
}

/*!
    Returns the user id of an accepted peer that holds the CURVE \a publicKey, 32 bytes. It is
    called only for peers that are let in or that a provider is asked about, and only where the
    key's store names no user id.

    The default is the key's Z85 text, 40 characters. An override may return whom the key belongs
    to; an id that is longer than 255 bytes or holds control characters, and an exception, keep the
    peer out.

    With \l workerThread, it is called on the private thread: an override must be thread-safe then,
    and its class must call stop() in its destructor, so that it is not called when it is gone.
*/
QString QZapAuthenticator::curveUserId(const QByteArray &publicKey) const
{
    return QString::fromLatin1(Z85::encode(QByteArrayView(publicKey)));
}

/*!
    Returns what would be answered now to a peer that connects to \a domain from \a address with
    \a credentials: the built-in checks, with no side effect. Nothing is counted or reported. It
    works while the authenticator is stopped, too.
*/
QZapReply QZapAuthenticator::evaluate(const QString &domain, const QString &address,
                                      const QZapCredentials &credentials) const
{
    Q_D(const QZapAuthenticator);
    auto frames = encodeRequest(domain, address, credentials, d->policy.encoding);
    if (!frames)
        return QZapReply::reject(frames.problem().text());
    QZapReply reply = d->evaluate(*frames);
    if (credentials.mechanism() == QZap::Mechanism::Plain)
        wipe(frames->last());
    return reply;
}

/*!
    Decides on \a frames, a raw request from its version frame on
    (\l{https://rfc.zeromq.org/spec/27/}{RFC 27}), and returns the frames of the reply, the version
    frame first. It is counted and reported like a request that came from the socket, and answered
    while the authenticator is stopped, too.

    The future is finished at once unless the request has to wait; then from the event loop, with a
    temporary answer if the authenticator goes.

    Any list of frames is answered. One without a request id cannot be: its future has an empty list
    as result, and it counts as dropped.
*/
QFuture<QByteArrayList> QZapAuthenticator::handleZapMessage(const QByteArrayList &frames)
{
    Q_D(QZapAuthenticator);
    auto promise = std::make_shared<QPromise<QByteArrayList>>();
    promise->start();
    QFuture<QByteArrayList> future = promise->future();
    if (d->engineThread.isActive()) {
        callLater(&d->engine,
                  [engine = &d->engine, frames, promise] { engine->handle(frames, promise); });
    } else {
        d->engine.handle(frames, std::move(promise));
    }
    return future;
}

/*!
    Returns why start() fails with ConfigurationError: what was refused while stopped, two domains
   of one name and mechanism, or what setConfigurationProblem() was given. Empty if it does not.
*/
QString QZapAuthenticator::configurationProblem() const
{
    Q_D(const QZapAuthenticator);
    return d->configurationProblem().text();
}

/*!
    Has start() fail with ConfigurationError because of \a problem until that is set to an empty
    text. For subclasses whose own configuration can be wrong; one that is running goes on.

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
    Makes \a error and \a message the last error and emits errorOccurred(). For subclasses: the
    message is for a person, and must not contain a secret.
*/
void QZapAuthenticator::reportError(Error error, const QString &message)
{
    Q_D(QZapAuthenticator);
    d->fail(error, message);
}

/*!
    Has all requests wait without deadline while \a onHold, which is not the case by default. For
    subclasses that change their configuration by several calls, of which none may decide about a
    peer on its own: with \l workerThread, requests are answered meanwhile.
*/
void QZapAuthenticator::setOnHold(bool onHold)
{
    Q_D(QZapAuthenticator);
    if (d->policy.onHold != onHold)
        d->changePolicy([onHold](Policy &next) { next.onHold = onHold; });
}

/*!
    Sets whether the object is \a beingCreated, which it is not by default. For subclasses that are
    configured step by step, such as QML types: until they are created, a refused assignment or call
    counts as one while stopped, even if start() was called before. If there is any when
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
    ConfigurationError, and leaves the list as it is. For subclasses that cannot tell whether the
    reset was meant: QML resets a property to which a binding assigns \c undefined.
*/
void QZapAuthenticator::refuseReset(const char *property)
{
    Q_D(QZapAuthenticator);
    d->refuse(ConfigurationSubject::property(property),
              QStringLiteral("undefined was assigned while the object was created, and nobody gets "
                             "in until a list is assigned; leave the property out for no list"));
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
