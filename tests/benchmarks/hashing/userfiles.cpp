// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "hashing/userfiles.h"

#include <QZap/qzappasswordfile.h>

#include <QtCore/qfile.h>

#include <sodium.h>

namespace {

QByteArray cheapestHash(const QByteArray &password)
{
    QByteArray hash(crypto_pwhash_STRBYTES, '\0');
    if (sodium_init() < 0
        || crypto_pwhash_str(hash.data(), password.constData(),
                             static_cast<unsigned long long>(password.size()),
                             crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN)
               != 0)
        return {};
    return QByteArray(hash.constData()); // up to the NUL
}

// Returns a hash as the library writes it.
QByteArray usualHash(const QString &file, const QByteArray &password)
{
    QZapPasswordFile passwords;
    QFile text(file);
    if (!passwords.setPassword(QStringLiteral("user"), password) || !passwords.save(file)
        || !text.open(QIODevice::ReadOnly))
        return {};
    const QByteArray contents = text.readAll();
    return contents.mid(contents.indexOf("=$") + 1).trimmed();
}

} // namespace

bool UserFiles::create(qint64 users, qint64 coldUsers, QString *errorMessage)
{
    return write(plain(), users, Password, errorMessage)
           && write(hashed(), users, cheapestHash(Password), errorMessage)
           && write(cold(), coldUsers, usualHash(cold(), Password), errorMessage);
}

bool UserFiles::write(const QString &file, qint64 users, const QByteArray &value,
                      QString *errorMessage)
{
    QByteArray text;
    for (qint64 i = 0; i < users; ++i)
        text += UserName + QByteArray::number(i) + '=' + value + '\n';
    QFile out(file);
    if (!value.isEmpty() && out.open(QIODevice::WriteOnly)
        && out.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        && out.write(text) == text.size())
        return true;
    *errorMessage = QStringLiteral("%1 cannot be written: %2").arg(file, out.errorString());
    return false;
}
