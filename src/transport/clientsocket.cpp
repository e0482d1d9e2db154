// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzap.h>

#include "base/problem.h"
#include "base/secret.h"
#include "base/text.h"
#include "protocol/loworderkey.h"
#include "protocol/z85.h"
#include "transport/socketoptions.h"

#include <QZap/qzapcertificate.h>

#include <QtCore/qdebug.h>

#include <zmq.h>

#include <array>

using namespace QZap::Internal;

namespace {

// Configures the socket so that no server accepts it and it sends nothing, even if the caller
// ignores the result.
void connectToNobody(void *socket)
{
    char serverKey[CurveKeyTextSize + 1];
    char publicKey[CurveKeyTextSize + 1];
    SecretArray<CurveKeyTextSize + 1> secretKey;
    auto *const secretText = reinterpret_cast<char *>(secretKey.data());
    // The secret key of the server is overwritten by that of the client, so that no server has it.
    if (zmq_curve_keypair(serverKey, secretText) == 0
        && zmq_curve_keypair(publicKey, secretText) == 0
        && setOption(socket, ZMQ_CURVE_PUBLICKEY, QByteArrayView(publicKey, CurveKeyTextSize))
        && setOption(socket, ZMQ_CURVE_SECRETKEY, QByteArrayView(secretText, CurveKeyTextSize))
        && setOption(socket, ZMQ_CURVE_SERVERKEY, QByteArrayView(serverKey, CurveKeyTextSize))) {
        return;
    }
    // libzmq was built without CURVE. Two PLAIN servers never finish a handshake with each other.
    setOption(socket, ZMQ_PLAIN_SERVER, 1);
}

bool refuseClient(void *socket, const char *function, const QString &reason)
{
    qWarning("QZap::%s: %ls. No server will accept the socket at the endpoints that it connects to "
             "from now on.",
             function, qUtf16Printable(reason));
    connectToNobody(socket);
    return false;
}

// Checks the socket, then calls `setMechanism` unless there is a problem with the arguments.
template <typename SetMechanism>
bool configure(void *socket, const char *function, const Problem &problem,
               SetMechanism setMechanism)
{
    const int type = socketType(socket);
    if (type < 0) {
        qWarning("QZap::%s: the socket is not open", function);
        return false;
    }
    if (type == ZMQ_STREAM) {
        qWarning("QZap::%s: a STREAM socket has no security mechanism: it connects without "
                 "credentials and in clear text. Use a socket of another type",
                 function);
        return false;
    }
    const bool wasUnused = isUnused(socket);
    if (problem)
        return refuseClient(socket, function, problem.text());
    if (!setMechanism())
        return refuseClient(socket, function, lastZmqError());
    if (!wasUnused) {
        qWarning("QZap::%s: the socket was already connected or bound. Its existing connections do "
                 "not use these credentials, since connect() copies the options; later ones do. "
                 "Call this function before connect()",
                 function);
    }
    return wasUnused;
}

Problem userProblem(const QString &user)
{
    const QByteArray name = user.toUtf8();
    if (name.isEmpty())
        return QStringLiteral("the user name is empty: pass a name of 1 to 255 bytes");
    if (name.size() > MaximumTextSize)
        return QStringLiteral("the user name is longer than 255 bytes in UTF-8");
    if (!user.isValidUtf16() || !isCleanText(name)) {
        return QStringLiteral(
            "the user name is not valid text or contains control characters or a byte order mark");
    }
    return {};
}

Problem passwordProblem(const QByteArray &password)
{
    if (password.isEmpty())
        return QStringLiteral("the password is empty: pass a password of 1 to 255 bytes");
    if (password.size() > MaximumTextSize)
        return QStringLiteral("the password is longer than 255 bytes");
    return {};
}

Problem curveProblem(const QZapCertificate &client, const QString &serverKey)
{
    if (zmq_has("curve") == 0)
        return QStringLiteral("this libzmq was built without CURVE");
    if (client.isNull())
        return QStringLiteral("the client's certificate is null: load or generate one");
    if (!client.hasSecretKey()) {
        return QStringLiteral("the client's certificate has no secret key: load the client's own "
                              "file, NAME.key_secret");
    }
    std::array<uchar, CurveKeySize> key;
    const QByteArray text = serverKey.toUtf8();
    // Not quoted: it may be a secret key.
    if (!Z85::isKey(text) || !Z85::decode(text, key.data())) {
        return QStringLiteral("the server key is not a key of 40 characters of Z85: pass the "
                              "publicKeyText() of the server's certificate");
    }
    if (isLowOrderKey(QByteArrayView(key.data(), CurveKeySize))) {
        return QStringLiteral("the server key is a low-order point, which protects nothing: pass "
                              "the publicKeyText() of the server's certificate");
    }
    return {};
}

} // namespace

/*!
    Sets \a user and \a password as the PLAIN credentials of \a socket, a ZeroMQ client socket's
    handle.

    Call it before \c connect(), which copies the options. The user name is sent in UTF-8. PLAIN
    sends both in clear text over the network, to whoever answers at the endpoint: use it on a
    trusted network or over IPC, and setCurveClient() elsewhere.

    Returns \c true if the socket connects with these credentials. Returns \c false, with a warning
    that never contains a password, if \a user or \a password is empty or longer than 255 bytes, if
    \a user contains control characters, or if libzmq refuses an option. Everything is checked
    before the first option is set. The socket is then configured so that nothing is sent even if
    the result is ignored: as a CURVE client of a random server key, whose secret key nobody has.
    The handshake with every server fails, and a QZapSocketMonitor reports that.

    Also returns \c false, with a warning, for a socket that was ever connected or bound. Its
    existing connections are unchanged. Those that are established by a later \c connect() use the
    credentials, or reach nobody if an argument is invalid.

    A STREAM socket has no security mechanism: it is refused and unchanged, and so is a handle that
    is not an open socket.

    \c ZMQ_HANDSHAKE_IVL is not changed, unlike with the \c{QZap::secure*()} functions, since a
    client should wait at least as long as its server. If the server sets more than the client's (by
    default 30 seconds) because people decide about its peers, set the client's to as much: a client
    that stops waiting connects again, and the same peer has to be decided about twice.

    \since 0.1
    \sa setCurveClient(), QZapSocketMonitor
*/
bool QZap::setPlainClient(void *socket, const QString &user, const QByteArray &password)
{
    Problem problem = userProblem(user);
    if (!problem)
        problem = passwordProblem(password);
    return configure(socket, "setPlainClient", problem, [socket, &user, &password] {
        return setOption(socket, ZMQ_PLAIN_USERNAME, user.toUtf8())
               && setOption(socket, ZMQ_PLAIN_PASSWORD, password);
    });
}

/*!
    \fn template <typename S> bool QZap::setPlainClient(S &&socket, const QString &user, const
    QByteArray &password)

    \overload

    Takes anything that has cppzmq's \c handle() for \a socket and sets \a user and \a password.
*/

/*!
    Sets the key pair of \a client and the public key \a serverKey, in 40 characters of Z85, as the
    CURVE keys of \a socket, a ZeroMQ client socket's handle.

    The connection is encrypted, and established only with the server that has the secret key of
    \a serverKey: usually the \l{QZapCertificate::}{publicKeyText()} of the server's public
    certificate. A server with a different key closes the connection during the handshake, without
    an answer.

    Returns \c true if the socket connects with these keys. Returns \c false, with a warning that
    never contains a key, if \a client has no secret key, if \a serverKey is not a key in Z85 or is
    a low-order point, with which everyone could decrypt the connection, or if libzmq was built
    without CURVE. For the state of the socket, and for everything else, see setPlainClient().

    \since 0.1
    \sa setPlainClient(), QZapSocketMonitor
*/
bool QZap::setCurveClient(void *socket, const QZapCertificate &client, const QString &serverKey)
{
    return configure(socket, "setCurveClient", curveProblem(client, serverKey),
                     [socket, &client, &serverKey] {
                         QByteArray secretKey = client.secretKeyText();
                         const bool done =
                             setOption(socket, ZMQ_CURVE_PUBLICKEY, client.publicKeyText().toUtf8())
                             && setOption(socket, ZMQ_CURVE_SECRETKEY, secretKey)
                             && setOption(socket, ZMQ_CURVE_SERVERKEY, serverKey.toUtf8());
                         wipe(secretKey);
                         return done;
                     });
}

/*!
    \fn template <typename S> bool QZap::setCurveClient(S &&socket, const QZapCertificate &client,
    const QString &serverKey)

    \overload

    Takes anything that has cppzmq's \c handle() for \a socket and sets the key pair of \a client
    and \a serverKey.
*/
