// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_STOREIMPORT_H
#define QZAP_TOOLS_STOREIMPORT_H

#include "credentialsource.h"
#include "filekind.h"
#include "sql/database/sqlcredentials.h"

#include <QtCore/qset.h>

// Writes what a source contains to a database, in one transaction.
class StoreImport
{
public:
    enum class Outcome { Imported, BadEntries, Failed };

    StoreImport(const QZap::Internal::SqlConnection &connection, CredentialSource *source);

    // If `replaces` is true, entries of the domain and the kind of the source that it does not
    // contain are removed. If an entry cannot be used, nothing changes.
    [[nodiscard]] Outcome run(const QString &domain, FileKind kind, bool replaces);

    // Valid unless everything was imported.
    const QList<QZap::Internal::Problem> &problems() const { return m_problems; }
    qint64 changed() const { return m_changed; }
    qint64 removed() const { return m_removed; }

private:
    using Problem = QZap::Internal::Problem;

    Problem take(const QZap::Internal::SqlCredential &credential, bool isLocked);
    // Writes the entries that were taken.
    void flush();
    QByteArray storedHash(const QString &domain, const QString &user);
    Outcome failed(const Problem &problem);

    const QZap::Internal::SqlConnection &m_connection;
    CredentialSource *m_source;
    QZap::Internal::SqlCredentials m_credentials;
    QSet<QByteArray> m_seen;                      // keys, or names of users
    QList<QZap::Internal::SqlCredential> m_taken; // and not yet written
    QList<Problem> m_problems;
    Problem m_databaseProblem;
    qint64 m_changed = 0;
    qint64 m_removed = 0;
};

#endif // QZAP_TOOLS_STOREIMPORT_H
