// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzap.h>

#include "base/text.h"
#include "protocol/z85.h"
#include "transport/socketoptions.h"
#include "transport/zapsocket.h"

#include <QZap/qzapcertificate.h>

#include <QtCore/qdebug.h>

#include <zmq.h>

#include <mutex>

using namespace QZap::Internal;

/*!
    \namespace QZap
    \inmodule QZap
    \inheaderfile QZap/QZap
    \brief Holds the enumerations of QZap, and the functions that configure the sockets of servers
    and clients.

    Sockets and contexts are passed as handles, as \c{void *}, or as anything that has cppzmq's
    \c handle(): a \c{zmq::socket_t}, \c{zmq::socket_ref} or \c{zmq::context_t}. A pointer to one of
    them is not a handle, and does not compile.

    \sa {Security and limitations}
*/

/*!
    \enum QZap::Mechanism

    The security mechanisms that a peer can use (\l{https://rfc.zeromq.org/spec/27/}{RFC 27},
    section "Mechanism").

    \value Unknown No mechanism, or one that no RFC defines. It is always refused.
    \value Null No credentials: only the address distinguishes peers.
    \value Plain User name and password, sent in clear text.
    \value Curve A CURVE key pair, which libzmq verifies before it asks QZap.
    \value Gssapi   A Kerberos principal.
*/

/*!
    \enum QZap::Status

    The status of a reply (\l{https://rfc.zeromq.org/spec/27/}{RFC 27}, section "Status codes").

    \value Success                The peer is let in.
    \value TemporaryError         The peer is not let in now and may try again.
    \value AuthenticationFailure The peer is refused. ZeroMQ's own clients do not try again.
    \value InternalError The peer is refused because of a fault of the server. ZeroMQ's own clients
                                  do not try again.
*/

/*!
    \enum QZap::DecisionStage

    How far a decision has come that was asked for by QZapAuthenticator::authenticate() or
    QZapAuthenticator::handleZapMessage(): the progress value of their future. A decision can skip
    stages, and never goes back, even if it has to wait for an earlier stage again.

    \value Checking  The request is compared with the rules.
    \value Loading   The request waits for the credentials of its domain, which are being loaded, or
                     for a change of the configuration in QML.
    \value Hashing   The request waits for a check of its password against a hash.
    \value Deferred  A credentials provider was asked, and has deferred its answer.
*/

/*!
    \variable QZap::AnyDomain
    \brief The name \c *, for a domain that applies to every domain name without a domain of its
    own.
*/

/*!
    \variable QZap::CurveAllowAny
    \brief The location \c * of a CURVE domain that lets in every peer with any key.

    Their connections are encrypted, but the peers are unknown.

    \sa QZapAuthenticator::configureCurve()
*/

namespace {

constexpr int DefaultHandshakeInterval = 30000; // ms, libzmq's own
constexpr int SecureHandshakeInterval = 10000;  // ms

std::mutex contextMutex;
void *sharedContext = nullptr;
bool contextUsed = false;

// Sets both options: with only one of them, everyone gets in while no handler answers.
bool setDomain(void *socket, const QByteArray &domain)
{
    if (!setOption(socket, ZMQ_ZAP_DOMAIN, domain) || !setOption(socket, EnforceDomainOption, 1))
        return false;
    const int interval = intOption(socket, ZMQ_HANDSHAKE_IVL, DefaultHandshakeInterval);
    return (interval != 0 && interval != DefaultHandshakeInterval)
           || setOption(socket, ZMQ_HANDSHAKE_IVL, SecureHandshakeInterval);
}

// Configures the socket so that no peer gets in, even if the caller ignores the result.
void closeToAll(void *socket)
{
    char publicKey[CurveKeyTextSize + 1];
    char secretKey[CurveKeyTextSize + 1];
    setDomain(socket, QByteArrayLiteral("qzap-refused"));
    // Nobody knows this key, so no client can even begin a handshake.
    if (zmq_curve_keypair(publicKey, secretKey) == 0 && setOption(socket, ZMQ_CURVE_SERVER, 1)
        && zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secretKey, CurveKeyTextSize) == 0) {
        return;
    }
    setOption(socket, ZMQ_PLAIN_SERVER, 1); // libzmq was built without CURVE
}

bool refuseServer(void *socket, const char *function, const QString &reason)
{
    qWarning(
        "QZap::%s: %ls. The socket lets nobody in at the endpoints that are bound from now on.",
        function, qUtf16Printable(reason));
    closeToAll(socket);
    return false;
}

// Returns why a socket cannot use this domain.
Problem domainProblem(const QString &domain)
{
    const QByteArray name = domain.toUtf8();
    if (name.isEmpty())
        return QStringLiteral("the domain is empty");
    if (domain == QZap::AnyDomain)
        return QStringLiteral(
            "the domain \"*\" stands for all other domains and cannot be that of a socket");
    if (name.size() > MaximumTextSize)
        return QStringLiteral("the domain is longer than 255 bytes");
    if (!domain.isValidUtf16() || !isCleanText(name))
        return QStringLiteral(
            "the domain is not valid text or contains control characters or a byte order mark");
    return {};
}

// Checks the arguments, sets the common options, and calls `setMechanism` for the options of the
// mechanism.
template <typename SetMechanism>
bool secure(void *socket, const char *function, const QString &domain, const Problem &problem,
            SetMechanism setMechanism)
{
    const int type = socketType(socket);
    if (type < 0) {
        qWarning("QZap::%s: the socket is not open", function);
        return false;
    }
    if (type == ZMQ_STREAM) {
        qWarning(
            "QZap::%s: a STREAM socket has no security mechanism: it cannot be secured, and is "
            "open to everyone",
            function);
        return false;
    }
    const bool wasUnused = isUnused(socket);
    for (const Problem &found : {domainProblem(domain), problem}) {
        if (found)
            return refuseServer(socket, function, found.text());
    }
    // The domain is set first, so that the socket is closed if a later step fails.
    if (!setDomain(socket, domain.toUtf8()) || !setMechanism())
        return refuseServer(socket, function, lastZmqError());
    if (!wasUnused) {
        qWarning("QZap::%s: the socket was already bound or connected. Its existing endpoints are "
                 "unchanged, since bind() copies the options; endpoints that are bound from now on "
                 "are secured. Call this function before bind()",
                 function);
    }
    return wasUnused;
}

} // namespace

/*!
    Returns the ZeroMQ context that authenticators use unless they are given another one.

    The context is created at first use unless setDefaultContext() has set one. A context that is
    created here is never terminated, since termination at exit would wait for every socket that is
    still open. Returns null if the process has no descriptor left to create it. This function is
    thread-safe.
*/
void *QZap::defaultContext()
{
    const std::scoped_lock lock(contextMutex);
    contextUsed = true;
    if (!sharedContext)
        sharedContext = zmq_ctx_new();
    return sharedContext;
}

bool QZap::Internal::isDefaultContext(const void *context)
{
    const std::scoped_lock lock(contextMutex);
    return context && context == sharedContext;
}

/*!
    Sets \a context, a ZeroMQ context's handle, as the context that defaultContext() returns.

    Returns \c false with a warning, and changes nothing, after the first use of defaultContext(),
    or if \a context is not a valid context. The caller keeps ownership of the context, and must not
    terminate it before the last authenticator on it has stopped. This function is thread-safe.
*/
bool QZap::setDefaultContext(void *context)
{
    const std::scoped_lock lock(contextMutex);
    if (contextUsed) {
        qWarning("QZap::setDefaultContext: the default context is already in use");
        return false;
    }
    if (!ZapSocket::isUsableContext(context)) {
        qWarning("QZap::setDefaultContext: the context is not usable");
        return false;
    }
    sharedContext = context;
    return true;
}

/*!
    \fn template <typename C> bool QZap::setDefaultContext(C &&context)
    \overload

    Takes anything that has cppzmq's \c handle() for \a context, such as a \c{zmq::context_t}.
*/

/*!
    Secures \a socket, a ZeroMQ server socket's handle, so that peers of the NULL mechanism get in
    only if an authenticator lets them into \a domain.

    Call it before \c bind(), which copies the options. It sets the mechanism, the domain and
    \c ZMQ_ZAP_ENFORCE_DOMAIN together, so that the socket refuses everyone while no authenticator
    answers, and sets a \c ZMQ_HANDSHAKE_IVL that is zero or libzmq's default to 10 seconds. The
    domain is sent in UTF-8.

    Returns \c true if the socket is secured. Returns \c false, with a warning, if \a domain is
    empty, \c *, longer than 255 bytes or contains control characters, or if libzmq refuses an
    option: the socket is then configured so that nobody gets in.

    Also returns \c false, with a warning, for a socket that was ever bound or connected. Its
    existing endpoints are unchanged. Endpoints that are bound afterwards are secured, or closed if
    an argument is invalid.

    A STREAM socket has no security mechanism and is refused. A ROUTER socket with \c ZMQ_ROUTER_RAW
    has none either, but cannot be detected: it is open to everyone.

    The socket must bind: sockets that connect share one path to the authenticator, on which answers
    can reach the wrong peer.
*/
bool QZap::secureNull(void *socket, const QString &domain)
{
    return secure(socket, "secureNull", domain, {},
                  [socket] { return setOption(socket, ZMQ_PLAIN_SERVER, 0); });
}

/*!
    \fn template <typename S> bool QZap::secureNull(S &&socket, const QString &domain)
    \overload

    Takes anything that has cppzmq's \c handle() for \a socket and secures it for \a domain.
*/

/*!
    Secures \a socket, a ZeroMQ server socket's handle, so that peers get in with a user name and
    password that an authenticator accepts in \a domain.

    PLAIN sends both in clear text over the network. Returns whether the socket is secured. For
    everything else, see secureNull().
*/
bool QZap::securePlain(void *socket, const QString &domain)
{
    return secure(socket, "securePlain", domain, {},
                  [socket] { return setOption(socket, ZMQ_PLAIN_SERVER, 1); });
}

/*!
    \fn template <typename S> bool QZap::securePlain(S &&socket, const QString &domain)
    \overload

    Takes anything that has cppzmq's \c handle() for \a socket and secures it for \a domain.
*/

/*!
    Secures \a socket, a ZeroMQ server socket's handle, with the key pair of \a server, so that
    peers get in with a key that an authenticator accepts in \a domain. Peers must know the
    server's public key.

    A certificate without a secret key, or a libzmq without CURVE, is refused like an invalid
    domain. Returns whether the socket is secured. For everything else, see secureNull().
*/
bool QZap::secureCurve(void *socket, const QString &domain, const QZapCertificate &server)
{
    Problem problem;
    if (zmq_has("curve") == 0)
        problem = QStringLiteral("this libzmq was built without CURVE");
    else if (!server.hasSecretKey())
        problem = QStringLiteral("the certificate has no secret key");
    return secure(socket, "secureCurve", domain, problem, [socket, &server] {
        QByteArray key = server.secretKeyText();
        const bool done =
            setOption(socket, ZMQ_CURVE_SERVER, 1) && setOption(socket, ZMQ_CURVE_SECRETKEY, key);
        key.fill('\0');
        return done;
    });
}

/*!
    \fn template <typename S> bool QZap::secureCurve(S &&socket, const QString &domain, const
    QZapCertificate &server)

    \overload

    Takes anything that has cppzmq's \c handle() for \a socket and secures it for \a domain with the
    key pair of \a server.
*/

/*!
    Secures \a socket, a ZeroMQ server socket's handle, so that peers get in with a Kerberos
    principal that an authenticator accepts in \a domain. \a principal is the server's own
    principal; if it is empty, GSSAPI chooses one.

    The principal is a host-based name such as \c{service@host}, unless the socket's
    \c ZMQ_GSSAPI_PRINCIPAL_NAMETYPE sets another type, and its key must be in the keytab that
    \c KRB5_KTNAME names. libzmq does not check either before a peer connects: it then disconnects
    the peer without a request.

    \warning A GSSAPI socket cannot be closed by its options alone: libzmq lets a peer with a valid
    ticket in if no authenticator is running, regardless of the socket's options. Start the
    authenticator before \c bind() and close the socket before the authenticator stops.

    A libzmq without GSSAPI is refused like an invalid domain. Returns whether the socket is
    secured. For everything else, see secureNull().
*/
bool QZap::secureGssapi(void *socket, const QString &domain, const QString &principal)
{
    const QByteArray name = principal.toUtf8();
    Problem problem;
    if (zmq_has("gssapi") == 0)
        problem = QStringLiteral("this libzmq was built without GSSAPI");
    else if (name.size() > MaximumTextSize || !isCleanText(name))
        problem = QStringLiteral("the principal is longer than 255 bytes, is not valid text, or "
                                 "contains control characters or a byte order mark");
    return secure(socket, "secureGssapi", domain, problem, [socket, &name] {
        return setOption(socket, ZMQ_GSSAPI_SERVER, 1)
               && (name.isEmpty() || setOption(socket, ZMQ_GSSAPI_PRINCIPAL, name));
    });
}

/*!
    \fn template <typename S> bool QZap::secureGssapi(S &&socket, const QString &domain, const
    QString &principal)

    \overload

    Takes anything that has cppzmq's \c handle() for \a socket and secures it for \a domain, with
    \a principal as the server's own.
*/
