// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_CREDENTIALSOURCE_H
#define QZAP_TOOLS_CREDENTIALSOURCE_H

#include "base/problem.h"
#include "credentials/certificates/certificatefile.h"
#include "credentials/files/fileload.h"
#include "filekind.h"
#include "sql/database/sqlcredential.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <functional>

// Reads the keys or users of a key directory, a certificate, a key list or a password file as
// entries of a database.
class CredentialSource
{
public:
    struct Settings
    {
        QString domain;
        QString userIdField; // of certificates and key lists
        int hashMemory = 0;  // MiB, for passwords that are not hashed
    };

    // An entry is taken or, for a user who is locked out, must not exist. Returns why it cannot be
    // taken.
    using Take = std::function<QZap::Internal::Problem(const QZap::Internal::SqlCredential &,
                                                       bool isLocked)>;

    // Returns the hash that is stored for a user; empty if there is none.
    using HashOf = std::function<QByteArray(const QString &user)>;

    // The kind must be that of the path.
    CredentialSource(const QString &path, FileKind kind, const Settings &settings);

    // Calls take() with each entry. Returns the problems of those that cannot be used. The stored
    // hash of a password that has not changed is used again: another one would end the sessions of
    // its user.
    [[nodiscard]] QList<QZap::Internal::Problem> read(const Take &take, const HashOf &hashOf);

private:
    using Problem = QZap::Internal::Problem;
    using SqlCredential = QZap::Internal::SqlCredential;

    void readDirectory();
    void readCertificate(const QZap::Internal::FileRead &read, const QString &file);
    void readKeyList(QByteArrayView contents);
    void readPasswords(QByteArrayView contents);
    QByteArray hashOf(const QString &user, QByteArrayView password) const;
    // Takes the entry after the checks of a store.
    void takeKey(SqlCredential credential, const QString &file, int line);
    void takeUser(SqlCredential credential, bool isLocked, int line);
    void report(const Problem &problem);

    const QString m_path;
    const FileKind m_kind;
    const Settings m_settings;
    Take m_take;
    HashOf m_hashOf;
    QZap::Internal::ProblemList m_problems;
};

#endif // QZAP_TOOLS_CREDENTIALSOURCE_H
