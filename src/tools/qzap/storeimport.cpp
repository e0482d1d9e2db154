// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storeimport.h"

#include "sql/database/sqltransaction.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaximumTaken = 1000;

} // namespace

StoreImport::StoreImport(const SqlConnection &connection, CredentialSource *source)
    : m_connection(connection)
    , m_source(source)
    , m_credentials(connection)
{ }

StoreImport::Outcome StoreImport::failed(const Problem &problem)
{
    m_problems = {problem};
    return Outcome::Failed;
}

StoreImport::Outcome StoreImport::run(const QString &domain, FileKind kind, bool replaces)
{
    SqlTransaction transaction(m_connection);
    if (const Problem problem = transaction.begin(SqlTransaction::Kind::Write))
        return failed(problem);
    m_problems = m_source->read([this](const SqlCredential &credential,
                                       bool isLocked) { return take(credential, isLocked); },
                                [&](const QString &user) { return storedHash(domain, user); });
    flush();
    if (m_databaseProblem)
        return failed(m_databaseProblem);
    if (!m_problems.isEmpty())
        return Outcome::BadEntries;
    if (replaces) {
        const Result<qint64> removed = m_credentials.removeOthers(
            domain,
            kind == FileKind::Passwords ? SqlCredential::Kind::Plain : SqlCredential::Kind::Curve,
            m_seen);
        if (!removed)
            return failed(removed.problem());
        m_removed += *removed;
    }
    if (const Problem problem = transaction.commit())
        return failed(problem);
    return Outcome::Imported;
}

Problem StoreImport::take(const SqlCredential &credential, bool isLocked)
{
    // After an error, the database executes no other statement of the transaction.
    if (m_databaseProblem)
        return {};
    const QByteArray id = credential.id.kind == SqlCredential::Kind::Curve
                              ? credential.id.key
                              : credential.id.name.toUtf8();
    const qsizetype count = m_seen.size();
    m_seen.insert(id);
    if (m_seen.size() == count)
        return u"is contained twice; remove one of the two"_s;
    if (!isLocked) {
        m_taken += credential;
        if (m_taken.size() == MaximumTaken)
            flush();
        return {};
    }
    const Result<qint64> removed = m_credentials.remove(credential.id);
    if (!removed)
        m_databaseProblem = removed.problem();
    else
        m_removed += *removed;
    return {};
}

void StoreImport::flush()
{
    if (m_databaseProblem || m_taken.isEmpty())
        return;
    const Result<qint64> changed = m_credentials.upsert(m_taken, SqlCredentials::Enabling::Keep);
    if (!changed)
        m_databaseProblem = changed.problem();
    else
        m_changed += *changed;
    m_taken.clear();
}

QByteArray StoreImport::storedHash(const QString &domain, const QString &user)
{
    if (m_databaseProblem)
        return {};
    const Result<QByteArray> hash = m_credentials.hashOf(domain, user);
    if (!hash)
        m_databaseProblem = hash.problem();
    return hash ? *hash : QByteArray();
}
