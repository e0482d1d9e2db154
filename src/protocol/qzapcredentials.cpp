// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapcredentials.h>

#include "base/secret.h"
#include "base/text.h"
#include "protocol/z85.h"

#include <QtCore/qdebug.h>

using namespace QZap::Internal;

class QZapCredentialsPrivate : public QSharedData
{
public:
    QZapCredentialsPrivate(QZap::Mechanism m, const QString &n, const QByteArray &k)
        : mechanism(m)
        , name(n)
        , publicKey(k)
    { }
    ~QZapCredentialsPrivate()
    {
        if (!password.isEmpty())
            wipe(password.data(), static_cast<size_t>(password.size()));
    }
    Q_DISABLE_COPY_MOVE(QZapCredentialsPrivate)

    QZap::Mechanism mechanism;
    QString name;
    QByteArray publicKey;
    QByteArray password;
};

/*!
    \class QZapCredentials
    \inmodule QZap
    \inheaderfile QZap/QZapCredentials
    \brief The QZapCredentials class holds the credentials of a peer.

    Credentials are created by null(), plain(), curve() and gssapi(), one for each mechanism of
    \l{https://rfc.zeromq.org/spec/27/}{RFC 27}. They are implicitly shared values, and reentrant.

    The class keeps its own copy of a password and overwrites it when the last copy of the
    credentials is destroyed. Writing credentials to a QDebug never shows the password.

    \sa QZapAuthenticator::evaluate()
*/

/*!
    Constructs credentials of QZap::Mechanism::Unknown: they let nobody in.
*/
QZapCredentials::QZapCredentials() = default;

/*!
    Constructs a copy of \a other.
*/
QZapCredentials::QZapCredentials(const QZapCredentials &other) = default;

/*!
    Move-constructs credentials from \a other, which are unknown afterwards.
*/
QZapCredentials::QZapCredentials(QZapCredentials &&other) noexcept = default;

/*!
    Makes these credentials a copy of \a other.
*/
QZapCredentials &QZapCredentials::operator=(const QZapCredentials &other) = default;

/*!
    Moves \a other into these credentials.
*/
QZapCredentials &QZapCredentials::operator=(QZapCredentials &&other) noexcept = default;

/*!
    Destroys the credentials. The password is overwritten with the last copy.
*/
QZapCredentials::~QZapCredentials() = default;

/*!
    \fn void QZapCredentials::swap(QZapCredentials &other)

    Swaps these credentials with \a other. Never fails.
*/

/*!
    Returns the empty credentials of a peer of the NULL mechanism.
*/
QZapCredentials QZapCredentials::null()
{
    QZapCredentials result;
    result.d = new QZapCredentialsPrivate(QZap::Mechanism::Null, {}, {});
    return result;
}

/*!
    Returns PLAIN credentials of \a user and \a password. Passwords are compared as bytes. The
    caller should overwrite its own copy of the password.
*/
QZapCredentials QZapCredentials::plain(const QString &user, const QByteArray &password)
{
    QZapCredentials result;
    result.d = new QZapCredentialsPrivate(QZap::Mechanism::Plain, user, {});
    result.d->password = QByteArray(password.constData(), password.size());
    return result;
}

/*!
    Returns CURVE credentials of the public \a key: 32 bytes, or 40 characters of Z85. Any other key
    is stored unchanged and refused by QZapAuthenticator::evaluate(), as are the low-order points of
    Curve25519.
*/
QZapCredentials QZapCredentials::curve(const QByteArray &key)
{
    QByteArray bytes = key;
    if (key.size() == CurveKeyTextSize) {
        QByteArray decoded(CurveKeySize, Qt::Uninitialized);
        if (Z85::decode(key, decoded.data()))
            bytes = decoded;
    }
    QZapCredentials result;
    result.d = new QZapCredentialsPrivate(QZap::Mechanism::Curve, {}, bytes);
    return result;
}

/*!
    Returns GSSAPI credentials of \a principal.
*/
QZapCredentials QZapCredentials::gssapi(const QString &principal)
{
    QZapCredentials result;
    result.d = new QZapCredentialsPrivate(QZap::Mechanism::Gssapi, principal, {});
    return result;
}

/*!
    Returns the mechanism that the credentials are for.
*/
QZap::Mechanism QZapCredentials::mechanism() const
{
    return d ? d->mechanism : QZap::Mechanism::Unknown;
}

/*!
    Returns the PLAIN user name, empty for another mechanism.
*/
QString QZapCredentials::userName() const
{
    return mechanism() == QZap::Mechanism::Plain ? d->name : QString();
}

/*!
    Returns the PLAIN password, empty for another mechanism. The bytes are a copy, which the caller
    should overwrite after use.
*/
QByteArray QZapCredentials::password() const
{
    return d ? QByteArray(d->password.constData(), d->password.size()) : QByteArray();
}

/*!
    Returns the CURVE public key as 32 bytes, empty for another mechanism.
*/
QByteArray QZapCredentials::publicKey() const
{
    return d ? d->publicKey : QByteArray();
}

/*!
    Returns the GSSAPI principal, empty for another mechanism.
*/
QString QZapCredentials::principal() const
{
    return mechanism() == QZap::Mechanism::Gssapi ? d->name : QString();
}

#ifndef QT_NO_DEBUG_STREAM
/*!
    \relates QZapCredentials

    Writes the mechanism and the public part of \a credentials to \a debug, never a password.
*/
QDebug operator<<(QDebug debug, const QZapCredentials &credentials)
{
    const QDebugStateSaver saver(debug);
    debug.nospace().noquote() << "QZapCredentials(" << credentials.mechanism();
    if (credentials.mechanism() == QZap::Mechanism::Plain)
        debug << ", user " << quoted(credentials.userName());
    else if (credentials.mechanism() == QZap::Mechanism::Gssapi)
        debug << ", principal " << quoted(credentials.principal());
    else if (credentials.publicKey().size() == CurveKeySize)
        debug << ", key " << Z85::encode(credentials.publicKey()).constData();
    return debug << ')';
}
#endif
