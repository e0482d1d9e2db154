// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/feeds/storeentry.h"

#include "base/text.h"
#include "credentials/certificates/expirytime.h"
#include "credentials/hashing/passwordhash.h"
#include "credentials/keys/keyfieldencoder.h"
#include "credentials/stores/passwordstore.h"
#include "protocol/loworderkey.h"
#include "protocol/metadata.h"
#include "protocol/z85.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

// As in a line of a key list.
constexpr qsizetype MaximumFields = 64;

Result<QByteArray> keyBytes(const QByteArray &publicKey)
{
    if (publicKey.size() == CurveKeySize)
        return publicKey;
    if (publicKey.size() != CurveKeyTextSize) {
        return Problem(u"the public key has %1 bytes instead of %2, or of %3 as Z85 text"_s
                           .arg(publicKey.size())
                           .arg(CurveKeySize)
                           .arg(CurveKeyTextSize));
    }
    QByteArray bytes(CurveKeySize, Qt::Uninitialized);
    if (!Z85::decode(publicKey, bytes.data()))
        return Problem(u"the public key is not Z85 text"_s);
    return bytes;
}

Problem userIdProblem(const QString &userId, QByteArrayView utf8, QByteArrayView key)
{
    if (utf8.size() > MaximumTextSize) {
        return u"the user id has %1 bytes instead of at most %2"_s.arg(utf8.size())
            .arg(MaximumTextSize);
    }
    if (!userId.isValidUtf16() || !isCleanText(utf8))
        return u"the user id is not valid text or contains control characters"_s;
    if (utf8 == "anonymous")
        return u"the user id \"anonymous\" stands for peers without credentials"_s;
    if (Z85::isKey(utf8) && utf8 != Z85::encode(key))
        return u"the user id is itself a key"_s;
    return {};
}

Problem userNameProblem(const QString &name, QByteArrayView utf8)
{
    if (!name.isValidUtf16())
        return u"the user name is not valid text"_s;
    return PasswordStore::userNameProblem(utf8);
}

Problem fieldProblem(QByteArrayView name, QByteArrayView value)
{
    const QString quotedName = quoted(QString::fromUtf8(name));
    if (resemblesNotAfter(name)) {
        return u"the field %1 does not restrict an entry; pass the time of expiry as notAfter"_s
            .arg(quotedName);
    }
    if (value.size() > MaximumFieldSize) {
        return u"the field %1 has %2 bytes instead of at most %3"_s.arg(
            quotedName, QString::number(value.size()), QString::number(MaximumFieldSize));
    }
    if (!isCleanText(value)) {
        return u"the field %1 is not valid text or contains control characters"_s.arg(quotedName);
    }
    return {};
}

} // namespace

Result<StoreEntry> StoreEntry::ofKey(const QByteArray &publicKey, const QString &userId,
                                     const QVariantMap &fields, const Time &notAfter)
{
    Result<QByteArray> key = keyBytes(publicKey);
    if (!key)
        return key.problem();
    if (isLowOrderKey(*key)) {
        return Problem(u"the key is a low-order point of Curve25519, which anybody can "
                       u"impersonate"_s);
    }
    StoreEntry entry(StoreRecord::Kind::Key, *std::move(key));
    entry.m_value = userId.toUtf8();
    Problem problem = userIdProblem(userId, entry.m_value, entry.m_name);
    if (!problem)
        problem = entry.setDetails(fields, notAfter);
    if (problem)
        return problem;
    return entry;
}

Result<StoreEntry> StoreEntry::ofUser(const QString &name, const QByteArray &hash,
                                      const QVariantMap &fields, const Time &notAfter)
{
    StoreEntry entry(StoreRecord::Kind::User, name.toUtf8());
    entry.m_value = QByteArray(hash.constData(), hash.size());
    Problem problem = userNameProblem(name, entry.m_name);
    if (!problem && !PasswordHash::isHash(hash))
        problem = u"the password is not hashed; pass a result of QZapPasswordFile::hash()"_s;
    if (!problem)
        problem = PasswordHash::problemOf(hash, DefaultMaximumHashMemory);
    if (!problem)
        problem = entry.setDetails(fields, notAfter);
    if (problem)
        return problem;
    return entry;
}

Result<StoreEntry> StoreEntry::ofRemovedKey(const QByteArray &publicKey)
{
    Result<QByteArray> key = keyBytes(publicKey);
    if (!key)
        return key.problem();
    return StoreEntry(StoreRecord::Kind::RemovedKey, *std::move(key));
}

Result<StoreEntry> StoreEntry::ofRemovedUser(const QString &name)
{
    StoreEntry entry(StoreRecord::Kind::RemovedUser, name.toUtf8());
    if (Problem problem = userNameProblem(name, entry.m_name))
        return problem;
    return entry;
}

QString StoreEntry::nameOfKey(const QByteArray &publicKey)
{
    const Result<QByteArray> key = keyBytes(publicKey);
    return key ? u"key %1"_s.arg(QString::fromLatin1(Z85::encode(*key))) : u"invalid key"_s;
}

QString StoreEntry::nameOfUser(const QString &name)
{
    constexpr qsizetype LongestName = 255;
    return u"user %1"_s.arg(quoted(name.left(LongestName)));
}

Problem StoreEntry::setDetails(const QVariantMap &fields, const Time &notAfter)
{
    Problem problem = setFields(fields);
    return problem ? problem : setNotAfter(notAfter);
}

Problem StoreEntry::setFields(const QVariantMap &fields)
{
    if (fields.isEmpty())
        return {};
    if (fields.size() > MaximumFields)
        return u"the entry has %1 fields instead of at most %2"_s.arg(fields.size())
            .arg(MaximumFields);
    Result<QByteArray> encoded = encodeMetadata(fields);
    if (!encoded)
        return encoded.problem();
    Problem problem;
    visitMetadata(*encoded, [&problem](QByteArrayView name, QByteArrayView value) {
        if (!problem)
            problem = fieldProblem(name, value);
    });
    m_fields = *std::move(encoded);
    return problem;
}

Problem StoreEntry::setNotAfter(const Time &notAfter)
{
    if (!notAfter)
        return {};
    if (!notAfter->isValid())
        return u"the time of expiry is invalid"_s;
    // The largest value means that the entry never expires.
    m_notAfter = std::min(notAfter->toMSecsSinceEpoch(), KeyStore::Never - 1);
    return {};
}

} // namespace QZap::Internal
