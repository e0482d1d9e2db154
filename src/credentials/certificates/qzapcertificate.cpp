// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapcertificate.h>

#include "base/secret.h"
#include "base/utc.h"
#include "credentials/certificates/certificateload.h"
#include "credentials/certificates/certificatewriter.h"
#include "credentials/certificates/expirytime.h"
#include "credentials/files/filereader.h"
#include "protocol/loworderkey.h"
#include "protocol/z85.h"

#include <QtCore/qdebug.h>
#include <QtCore/qloggingcategory.h>

#include <utility>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

/*!
    \class QZapCertificate
    \inmodule QZap
    \inheaderfile QZap/QZapCertificate
    \brief A CURVE key pair, or the public half of one, with metadata about its owner.

    A server that uses the CURVE mechanism and each of its clients have a certificate with a secret
    key. A server recognizes its clients by their public keys, which an authenticator reads from a
    directory of public certificates or from a list of keys.

    \snippet gettingstarted.cpp keys

    writes two files for each: for instance, \c alice.key, which is given to the servers that accept
    Alice, and \c alice.key_secret, which Alice keeps. They have the ZPL format
    (\l{https://rfc.zeromq.org/spec/4/}{RFC 4}) that czmq and pyzmq read and write, with keys as Z85
    text (\l{https://rfc.zeromq.org/spec/32/}{RFC 32}). Their contents are neither signed nor
    encrypted: a secret key is protected by the mode of its file, 0600.

    The class is an implicitly shared value class, and reentrant. Its own memory of a secret key is
    wiped when the last copy is destroyed; byte arrays that secretKeyText() returns belong to the
    caller. A default-constructed certificate is null.

    \sa QZap::secureCurve, QZapCurveDomain, {File Formats}
*/

/*!
    \enum QZapCertificate::SaveOption

    How save() treats existing files.

    \value None A file that exists is an error, and is not changed.
    \value Overwrite A file that exists is replaced; save() describes its owner and mode.
*/

/*!
    \property QZapCertificate::null
    \brief whether this certificate has no key
*/

/*!
    \property QZapCertificate::publicKeyText
    \brief the public key as 40 characters of Z85 text; empty in a null certificate
*/

/*!
    \property QZapCertificate::notAfter
    \brief the time from which the public key is refused, as a QDateTime; null if there is none

    \sa notAfter(), setNotAfter()
*/

namespace {

Q_LOGGING_CATEGORY(lcCertificate, "qzap")

QString notAfterName()
{
    return QString::fromLatin1(NotAfterField);
}

} // namespace

class QZapCertificatePrivate : public QSharedData
{
public:
    CertificateData toFileData() const;

    CertificateData keys; // its metadata is empty, since that is stored as text
    QMap<QString, QString> metadata;
};

CertificateData QZapCertificatePrivate::toFileData() const
{
    CertificateData data = keys;
    data.metadata.reserve(metadata.size());
    for (auto it = metadata.cbegin(); it != metadata.cend(); ++it)
        data.metadata.append({it.key().toUtf8(), it.value().toUtf8()});
    return data;
}

/*!
    Constructs a null certificate.

    \sa isNull(), generate(), load()
*/
QZapCertificate::QZapCertificate() = default;

/*!
    Constructs a copy of \a other, with its secret key if it has one.
*/
QZapCertificate::QZapCertificate(const QZapCertificate &other) = default;

/*!
    \fn QZapCertificate::QZapCertificate(QZapCertificate &&other)

    Moves \a other into this certificate and leaves it null.
*/
QZapCertificate::QZapCertificate(QZapCertificate &&other) noexcept = default;

/*!
    Makes this certificate a copy of \a other.
*/
QZapCertificate &QZapCertificate::operator=(const QZapCertificate &other) = default;

/*!
    \fn QZapCertificate &QZapCertificate::operator=(QZapCertificate &&other)

    Moves \a other into this certificate.
*/
QZapCertificate &QZapCertificate::operator=(QZapCertificate &&other) noexcept = default;

/*!
    Destroys the certificate. The secret key is wiped with the last copy.
*/
QZapCertificate::~QZapCertificate() = default;

/*!
    \fn void QZapCertificate::swap(QZapCertificate &other)

    Exchanges this certificate and \a other; fast and never fails.
*/

/*!
    Returns a certificate with a new key pair, made by libsodium from the system's random numbers.

    It is null only if libsodium cannot be used because there is no source of random numbers. This
    function is thread-safe.
*/
QZapCertificate QZapCertificate::generate()
{
    QZapCertificate result;
    if (!initializeSodium()) {
        qCWarning(lcCertificate, "libsodium cannot be initialized, so no key can be generated");
        return result;
    }
    result.d = new QZapCertificatePrivate;
    CertificateData &keys = result.d->keys;
    keys.secretKey.emplace();
    crypto_box_keypair(reinterpret_cast<uchar *>(keys.publicKey.data()), keys.secretKey->data());
    return result;
}

/*!
    Returns the certificate in \a file, which may have any name: \c name.key and \c name.key_secret
    as QZap and pyzmq write them, \c name and \c name_secret as czmq does, or a public certificate
    among the application's resources (\c{:/name.key}).

    Returns \c std::nullopt, and sets \a errorMessage to a text with the file, the line and the
    problem, if the file does not exist, cannot be read, is not a regular file, is larger than 64
    KiB, does not contain one valid public key, or has a field \c not-after that is not a time. A
    low-order point of Curve25519 is invalid. An expired certificate is loaded like any other; see
    notAfter().

    The certificate is loaded with a warning in the logging category \c qzap if the file's group or
    everyone can read a secret key, write to the file or replace it in its directory, or if the
    secret key does not match the public key. An invalid metadata line is skipped with a warning.
    The secret key of zeros that czmq writes for a certificate without a secret key is ignored.

    The text of the file is wiped from memory. The function blocks while it reads, but not on a
    FIFO, and is thread-safe.
*/
std::optional<QZapCertificate> QZapCertificate::load(const QString &file, QString *errorMessage)
{
    CertificateLoad load = parseCertificateFile(readFile(file, MaximumCertificateSize), file);
    for (const Problem &warning : std::as_const(load.warnings))
        qCWarning(lcCertificate, "%ls", qUtf16Printable(warning.text()));
    if (!isNoProblem(load.errors.value(0), errorMessage))
        return std::nullopt;

    CertificateData &data = *load.certificate;
    QZapCertificate result;
    result.d = new QZapCertificatePrivate;
    for (const CertificateField &field : std::as_const(data.metadata))
        result.d->metadata.insert(QString::fromUtf8(field.name), QString::fromUtf8(field.value));
    data.metadata.clear();
    result.d->keys = std::move(data);
    return result;
}

/*!
    Returns a certificate without a secret key for the public key \a z85.

    Returns \c std::nullopt if \a z85 is not the Z85 text of a key: 40 characters of RFC 32's
    alphabet, in groups with values of at most 32 bits. The low-order points of Curve25519
    (\l{https://www.rfc-editor.org/rfc/rfc7748}{RFC 7748}, section 6.1) are invalid as well: anybody
    can impersonate the holder of such a key.
*/
std::optional<QZapCertificate> QZapCertificate::fromPublicKey(const QByteArray &z85)
{
    if (!Z85::isKey(z85))
        return std::nullopt;
    QZapCertificate result;
    result.d = new QZapCertificatePrivate;
    CertificateData &keys = result.d->keys;
    Z85::decode(z85, keys.publicKey.data());
    if (isLowOrderKey(keys.publicKeyView()))
        return std::nullopt;
    return result;
}

/*!
    Writes the certificate into the existing \a directory: the public key to \c{name.key} with
    mode 0644 less the umask, and, if there is a secret key, both keys to \c{name.key_secret} with
    mode 0600, where \c name stands for \a name. The metadata is written to both files.

    A public certificate that is replaced keeps its owner, group, mode and access control list. The
    secret one has mode 0600 and belongs to the user who saves it, regardless of the file that it
    replaces; if root saves it, it belongs to the owner of \a directory.

    Each file is written completely under another name, synced to the disk and renamed, so that at
    any moment either the old or the new file exists. Both are written before the first is renamed,
    and a failure restores the previous files.

    Returns \c false, and sets \a errorMessage to the reason, if

    \list
    \li the certificate is null;
    \li \a name is empty, starts with a dot, or contains a slash, a backslash or a control
        character;
    \li one of the files exists and \a options lack SaveOption::Overwrite;
    \li a public certificate that is to be replaced cannot keep its owner, group and access control
        list, or root cannot leave the secret one to the owner of \a directory;
    \li one of the files is a symbolic link, or has one in its path, that belongs neither to root,
        nor to the user who saves, nor to the owner of the file or, for a new file, of the directory
        it leads to;
    \li root would leave the secret certificate to the owner of a directory, and a symbolic link of
        another user leads there;
    \li the certificate has no secret key and \c{name.key_secret} contains that of another
        certificate;
    \li metadata that was loaded cannot be written, such as a value with a double quote in it;
    \li a file cannot be written.
    \endlist

    Concurrent calls for one name, even in different processes, wait for each other for at most 2
    seconds. The function blocks until the files are on the disk, and may be called from any thread.
*/
bool QZapCertificate::save(const QString &directory, const QString &name, SaveOptions options,
                           QString *errorMessage) const
{
    const auto existing = options.testFlag(SaveOption::Overwrite) ? FileWriter::Existing::Replace
                                                                  : FileWriter::Existing::Refuse;
    const Problem problem =
        d ? writeCertificate(d->toFileData(), directory, name, existing)
          : Problem(u"a null certificate cannot be saved; generate or load one first"_s);
    return isNoProblem(problem, errorMessage);
}

/*!
    Returns whether this certificate has no key, like a default-constructed one.
*/
bool QZapCertificate::isNull() const
{
    return !d;
}

/*!
    Returns the public key as 32 bytes; empty in a null certificate.
*/
QByteArray QZapCertificate::publicKey() const
{
    return d ? d->keys.publicKeyView().toByteArray() : QByteArray();
}

/*!
    Returns the public key as 40 characters of Z85 text; empty in a null certificate.
*/
QString QZapCertificate::publicKeyText() const
{
    return d ? QString::fromLatin1(Z85::encode(d->keys.publicKeyView())) : QString();
}

/*!
    Returns whether the certificate has a secret key.
*/
bool QZapCertificate::hasSecretKey() const
{
    return d && d->keys.secretKey;
}

/*!
    Returns the secret key as 40 characters of Z85 text, as libzmq's \c ZMQ_CURVE_SECRETKEY expects
    it; empty if there is none.

    The caller should wipe the byte array after use (by \c fill(), before it is copied or goes out
    of scope). \l{QZap::secureCurve}{QZap::secureCurve()} sets a server's keys without it.
*/
QByteArray QZapCertificate::secretKeyText() const
{
    return hasSecretKey() ? Z85::encode(d->keys.secretKey->view()) : QByteArray();
}

/*!
    Returns the metadata fields about the certificate's owner, by name. Empty by default.

    \sa setMetadata()
*/
QMap<QString, QString> QZapCertificate::metadata() const
{
    return d ? d->metadata : QMap<QString, QString>();
}

/*!
    Sets the metadata field \a name to \a value, replacing an earlier value. Metadata is not secret:
    save() also writes it to the public certificate.

    Returns \c false, changes nothing and sets \a errorMessage to the reason if czmq or pyzmq would
    not read the same field: a \a name that is empty, longer than 255 characters, contains
    characters other than \c{A-Z a-z 0-9 $ _ @ . & + / -}, starts or ends with a slash, or starts
    with \c public-key or \c secret-key; a \a value with a control character or a double quote in
    it, or one so long that its line would exceed 1024 bytes. A null certificate has no metadata.

    The value of \c not-after must be a time with an offset from UTC, such as
    \c{2027-01-31T00:00:00Z}, and no other spelling of this name is a valid \a name; see
    setNotAfter().
*/
bool QZapCertificate::setMetadata(const QString &name, const QString &value, QString *errorMessage)
{
    Problem problem;
    if (!d)
        problem = u"a null certificate has no metadata; generate or load one first"_s;
    else if (!name.isValidUtf16() || !value.isValidUtf16())
        problem = u"metadata must be valid Unicode text"_s;
    else
        problem = metadataProblem(name.toUtf8(), value.toUtf8());
    if (!isNoProblem(problem, errorMessage))
        return false;
    d->metadata.insert(name, value);
    return true;
}

/*!
    Returns the time from which the public key is refused, in UTC; \c std::nullopt if the
    certificate does not expire, which is the default.

    Authenticators refuse the key from that moment on, with status 400 and the reason \e {The key
    has expired}. They compare it with the clock of the system at each decision: a clock that is set
    back makes the key valid again. Nothing else checks it; in particular, an expired certificate
    can be loaded, saved, and given to a socket.

    \since QZap 0.1
    \sa setNotAfter(), metadata(), {File Formats}
*/
std::optional<QDateTime> QZapCertificate::notAfter() const
{
    if (!d || !d->metadata.contains(notAfterName()))
        return std::nullopt;
    const Result<qint64> time =
        expiryTimeOf(NotAfterField, d->metadata.value(notAfterName()).toUtf8());
    return time ? std::optional(utcTime(*time)) : std::nullopt;
}

QVariant QZapCertificate::notAfterVariant() const
{
    const std::optional<QDateTime> time = notAfter();
    return time ? QVariant(*time) : QVariant::fromValue(nullptr);
}

/*!
    Sets the time from which the public key is refused to \a time, or removes it if that is
    \c std::nullopt. It is stored as the metadata field \c not-after, in UTC and without fractions
    of a second, and becomes effective for an authenticator when save() has written it into the
    authenticator's key directory.

    Returns \c false, changes nothing and sets \a errorMessage to the reason if \a time is invalid,
    or its year in UTC is not between 1 and 9999, or the certificate is null.

    \since QZap 0.1
    \sa notAfter(), setMetadata()
*/
bool QZapCertificate::setNotAfter(const std::optional<QDateTime> &time, QString *errorMessage)
{
    const QByteArray text = time && time->isValid() ? expiryText(time->toMSecsSinceEpoch()) : "";
    Problem problem;
    if (!d)
        problem = u"a null certificate has no time of expiry; generate or load one first"_s;
    else if (time && text.isEmpty())
        problem = u"the time of expiry is invalid, or its year is not between 1 and 9999"_s;
    if (!isNoProblem(problem, errorMessage))
        return false;
    if (time)
        d->metadata.insert(notAfterName(), QString::fromLatin1(text));
    else
        d->metadata.remove(notAfterName());
    return true;
}

/*!
    \fn bool QZapCertificate::operator==(const QZapCertificate &lhs, const QZapCertificate &rhs)

    Returns whether \a lhs and \a rhs have the same keys and the same metadata. Secret keys are
    compared in constant time.
*/

/*!
    \fn bool QZapCertificate::operator!=(const QZapCertificate &lhs, const QZapCertificate &rhs)

    Returns whether \a lhs and \a rhs differ in a key or in metadata.
*/

bool QZapCertificate::equals(const QZapCertificate &other) const
{
    if (d == other.d)
        return true;
    if (!d || !other.d || hasSecretKey() != other.hasSecretKey()
        || d->keys.publicKey != other.d->keys.publicKey || d->metadata != other.d->metadata) {
        return false;
    }
    return !hasSecretKey()
           || equalSecrets(d->keys.secretKey->view(), other.d->keys.secretKey->view());
}

#ifndef QT_NO_DEBUG_STREAM
/*!
    \relates QZapCertificate

    Writes the public key of \a certificate, and whether it has a secret key, to \a debug. The
    secret key is never written.
*/
QDebug operator<<(QDebug debug, const QZapCertificate &certificate)
{
    const QDebugStateSaver saver(debug);
    debug.nospace().noquote() << "QZapCertificate(";
    if (certificate.isNull())
        debug << "null";
    else
        debug << certificate.publicKeyText()
              << (certificate.hasSecretKey() ? ", with secret key" : ", public");
    debug << ')';
    return debug;
}
#endif
