// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/sqlcredentials.h"

#include "base/text.h"
#include "base/utc.h"
#include "protocol/z85.h"
#include "sql/database/sqlconnection.h"
#include "sql/database/sqltransaction.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>
#include <QtSql/qsqlerror.h>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

using Kind = SqlCredential::Kind;

constexpr size_t indexOf(Kind kind)
{
    return kind == Kind::Curve ? 0 : 1;
}

QString nameOf(Kind kind)
{
    return kind == Kind::Curve ? u"curve"_s : u"plain"_s;
}

// Returns the column that identifies an entry in its domain.
QString idColumn(Kind kind)
{
    return kind == Kind::Curve ? u"key"_s : u"name"_s;
}

QVariant idValue(const SqlCredential::Id &id)
{
    return id.kind == Kind::Curve ? QVariant(id.key) : QVariant(id.name);
}

// A text with NUL would end there in a statement.
Problem textProblem(const QString &what, const QString &text, bool mayBeEmpty = false)
{
    if (text.contains(QChar::Null))
        return u"%1 contains a NUL character"_s.arg(what);
    if (!text.isValidUtf16())
        return u"%1 is not valid text"_s.arg(what);
    if (text.isEmpty() && !mayBeEmpty)
        return u"%1 is empty"_s.arg(what);
    const qsizetype size = text.toUtf8().size();
    if (size > MaximumTextSize) {
        return u"%1 has %2 bytes instead of at most %3"_s.arg(what, QString::number(size),
                                                              QString::number(MaximumTextSize));
    }
    return {};
}

Problem keyProblem(const QByteArray &key)
{
    if (key.size() == CurveKeySize)
        return {};
    return u"the key has %1 bytes instead of %2"_s.arg(key.size()).arg(CurveKeySize);
}

Problem idProblem(const SqlCredential::Id &id)
{
    Problem problem = textProblem(u"the domain"_s, id.domain);
    if (problem)
        return problem;
    return id.kind == Kind::Curve ? keyProblem(id.key) : textProblem(u"the user name"_s, id.name);
}

Problem fieldsProblem(const QJsonObject &fields)
{
    for (auto field = fields.begin(); field != fields.end(); ++field) {
        if (!field.value().isString())
            return u"the field %1 is not a text"_s.arg(quoted(field.key()));
        if (field.key().contains(QChar::Null) || field.value().toString().contains(QChar::Null))
            return u"the field %1 contains a NUL character"_s.arg(quoted(field.key()));
    }
    return {};
}

Problem detailsProblem(const SqlCredential &credential)
{
    if (credential.id.kind == Kind::Plain) {
        if (!credential.hash.startsWith("$argon2id$") || credential.hash.contains('\0'))
            return u"the password is not an argon2id hash"_s;
        if (!credential.userId.isEmpty())
            return u"the user id of a user is the user name"_s;
    }
    if (credential.notAfter && !credential.notAfter->isValid())
        return u"the time of expiry is invalid"_s;
    Problem problem = textProblem(u"the user id"_s, credential.userId, true);
    return problem ? problem : fieldsProblem(credential.fields);
}

QString upsertStatement(Kind kind, bool enables, bool isPostgreSql, qsizetype rows)
{
    // An entry that does not differ is not written, and does not appear in the feed.
    const QString id = idColumn(kind);
    const QString value = kind == Kind::Curve ? u"user_id"_s : u"hash"_s;
    const QString differs = isPostgreSql ? u" IS DISTINCT FROM "_s : u" IS NOT "_s;
    QStringList differences;
    for (const QString &column : {value, u"fields"_s, u"not_after"_s})
        differences += "c."_L1 + column + differs + "excluded."_L1 + column;
    const QString row = u"(?, '%1', ?, ?, %2)"_s.arg(
        nameOf(kind), isPostgreSql ? u"CAST(? AS jsonb), CAST(? AS timestamptz)"_s : u"?, ?"_s);
    QString statement =
        u"INSERT INTO qzap_credentials AS c (domain, kind, %1, %2, fields, not_after) VALUES "_s
            .arg(id, value)
        + QStringList(rows, row).join(u',')
        + u" ON CONFLICT (domain, %1) DO UPDATE SET %2 = excluded.%2, fields = excluded.fields, "
          "not_after = excluded.not_after"_s.arg(id, value);
    if (enables) {
        statement += ", enabled = excluded.enabled"_L1;
        differences += "c.enabled"_L1 + differs + "excluded.enabled"_L1;
    }
    return statement + " WHERE "_L1 + differences.join(" OR "_L1);
}

// Qt binds a null QString as NULL.
QString textValue(const QString &text)
{
    return text.isNull() ? u""_s : text;
}

QVariant timeValue(const std::optional<QDateTime> &time)
{
    return time ? QVariant(time->toUTC().toString(Qt::ISODateWithMs))
                : QVariant(QMetaType::fromType<QString>());
}

// The conditions of a selection, and their values.
struct Condition
{
    explicit Condition(const SqlSelection &selection);
    QString text() const
    {
        return parts.isEmpty() ? QString() : " WHERE "_L1 + parts.join(" AND "_L1);
    }
    void add(const QString &part, const QVariant &value)
    {
        parts += part;
        values += value;
    }

    QStringList parts;
    QVariantList values;
};

Condition::Condition(const SqlSelection &selection)
{
    if (selection.domain)
        add(u"domain = ?"_s, *selection.domain);
    if (selection.key)
        add(u"key = ?"_s, *selection.key);
    if (selection.name)
        add(u"name = ?"_s, *selection.name);
    if (selection.userId) {
        add(u"(user_id = ? OR name = ?)"_s, *selection.userId);
        values += *selection.userId;
    }
}

Problem selectionProblem(const SqlSelection &selection)
{
    Problem problem;
    if (selection.domain)
        problem = textProblem(u"the domain"_s, *selection.domain);
    if (!problem && selection.key)
        problem = keyProblem(*selection.key);
    if (!problem && selection.name)
        problem = textProblem(u"the user name"_s, *selection.name);
    if (!problem && selection.userId)
        problem = textProblem(u"the user id"_s, *selection.userId);
    return problem;
}

// Milliseconds since 1970. The values of PostgreSQL that are not finite are far in the future or in
// the past.
QString listStatement(bool isPostgreSql)
{
    const QString time = isPostgreSql
                             ? u"CASE WHEN isfinite(not_after) "
                               "THEN CAST(floor(extract(epoch FROM not_after) * 1000) AS bigint) "
                               "WHEN not_after < now() THEN 0 END"_s
                             : u"not_after"_s;
    return u"SELECT domain, kind, key, name, user_id, %1, %2, enabled FROM qzap_credentials"_s.arg(
        isPostgreSql ? u"CAST(fields AS text)"_s : u"fields"_s, time);
}

SqlCredential credentialOf(const QSqlQuery &row, bool isPostgreSql)
{
    SqlCredential credential;
    credential.id.domain = row.value(0).toString();
    credential.id.kind = row.value(1).toString() == "plain"_L1 ? Kind::Plain : Kind::Curve;
    credential.id.key = row.value(2).toByteArray();
    credential.id.name = row.value(3).toString();
    credential.userId = row.value(4).toString();
    credential.fields = QJsonDocument::fromJson(row.value(5).toString().toUtf8()).object();
    if (const QVariant time = row.value(6); !time.isNull()) {
        credential.notAfter = isPostgreSql
                                  ? utcTime(time.toLongLong())
                                  : QDateTime::fromString(time.toString(), Qt::ISODateWithMs);
    }
    credential.isEnabled = row.value(7).toBool();
    return credential;
}

} // namespace

SqlCredentials::SqlCredentials(const SqlConnection &connection)
    : m_connection(connection)
{ }

Result<qint64> SqlCredentials::upsert(const SqlCredential &credential, Enabling enabling)
{
    return upsert(QList<SqlCredential>{credential}, enabling);
}

Result<qint64> SqlCredentials::upsert(const QList<SqlCredential> &credentials, Enabling enabling)
{
    for (const SqlCredential &credential : credentials) {
        Problem problem = idProblem(credential.id);
        if (!problem)
            problem = detailsProblem(credential);
        if (problem)
            return problem;
    }
    qint64 count = 0;
    for (qsizetype i = 0; i < credentials.size();) {
        const bool isBulk = credentials.size() - i >= BulkSize;
        const qsizetype size = isBulk ? BulkSize : 1;
        auto &queries = isBulk ? m_bulkUpserts : m_upserts;
        Result<qint64> changed = upsert(
            &queries[indexOf(credentials.first().id.kind)][enabling == Enabling::Enable ? 1 : 0],
            credentials, i, size, enabling);
        if (!changed)
            return changed;
        count += *changed;
        i += size;
    }
    return count;
}

Result<qint64> SqlCredentials::upsert(std::optional<QSqlQuery> *query,
                                      const QList<SqlCredential> &credentials, qsizetype position,
                                      qsizetype count, Enabling enabling)
{
    const Kind kind = credentials.first().id.kind;
    const Problem problem = prepare(query, [&] {
        return upsertStatement(kind, enabling == Enabling::Enable, m_connection.isPostgreSql(),
                               count);
    });
    if (problem)
        return problem;
    int place = 0;
    for (const SqlCredential &credential : credentials.sliced(position, count)) {
        Q_ASSERT(credential.id.kind == kind);
        (*query)->bindValue(place++, credential.id.domain);
        (*query)->bindValue(place++, idValue(credential.id));
        (*query)->bindValue(place++, kind == Kind::Curve ? textValue(credential.userId)
                                                         : QString::fromLatin1(credential.hash));
        (*query)->bindValue(
            place++,
            QString::fromUtf8(QJsonDocument(credential.fields).toJson(QJsonDocument::Compact)));
        (*query)->bindValue(place++, timeValue(credential.notAfter));
    }
    return changedBy(&**query);
}

Result<qint64> SqlCredentials::remove(const SqlCredential::Id &id)
{
    std::optional<QSqlQuery> *const query = &m_removals[indexOf(id.kind)];
    Problem problem = idProblem(id);
    if (!problem) {
        problem = prepare(query, [&] {
            return u"DELETE FROM qzap_credentials WHERE domain = ? AND %1 = ?"_s.arg(
                idColumn(id.kind));
        });
    }
    if (problem)
        return problem;
    (*query)->bindValue(0, id.domain);
    (*query)->bindValue(1, idValue(id));
    return changedBy(&**query);
}

Result<qint64> SqlCredentials::remove(const SqlSelection &selection)
{
    return change(u"DELETE FROM qzap_credentials"_s, selection);
}

Result<qint64> SqlCredentials::setEnabled(const SqlSelection &selection, bool enabled)
{
    const QString value =
        m_connection.isPostgreSql() ? (enabled ? u"true"_s : u"false"_s) : QString::number(enabled);
    return change(u"UPDATE qzap_credentials SET enabled = "_s + value, selection);
}

Result<qint64> SqlCredentials::change(const QString &start, const SqlSelection &selection)
{
    Problem problem = selectionProblem(selection);
    if (!problem && selection.isEmpty())
        problem = u"no entry is selected"_s;
    if (problem)
        return problem;
    const Condition condition(selection);
    QSqlQuery query(m_connection.database());
    if (!query.prepare(start + condition.text()))
        return m_connection.problemOf(query);
    for (const QVariant &value : condition.values)
        query.addBindValue(value);
    return changedBy(&query);
}

Result<qint64> SqlCredentials::removeOthers(const QString &domain, Kind kind,
                                            const QSet<QByteArray> &keysOrNames)
{
    if (Problem problem = textProblem(u"the domain"_s, domain))
        return problem;
    QSqlQuery query = m_connection.query();
    if (!query.prepare(u"SELECT %1 FROM qzap_credentials WHERE domain = ? AND kind = '%2'"_s.arg(
            idColumn(kind), nameOf(kind)))) {
        return m_connection.problemOf(query);
    }
    query.addBindValue(domain);
    if (!query.exec())
        return m_connection.problemOf(query);
    QList<SqlCredential::Id> others;
    while (query.next()) {
        SqlCredential::Id id = {domain, kind, {}, {}};
        if (kind == Kind::Curve)
            id.key = query.value(0).toByteArray();
        else
            id.name = query.value(0).toString();
        if (!keysOrNames.contains(kind == Kind::Curve ? id.key : id.name.toUtf8()))
            others += id;
    }
    if (query.lastError().isValid())
        return m_connection.problemOf(query);
    query.finish();
    qint64 count = 0;
    for (qsizetype i = 0; i < others.size(); i += BulkSize) {
        Result<qint64> removed =
            removeListed(others.sliced(i, std::min(BulkSize, others.size() - i)));
        if (!removed)
            return removed;
        count += *removed;
    }
    return count;
}

Result<qint64> SqlCredentials::removeListed(const QList<SqlCredential::Id> &ids)
{
    const QStringList places(ids.size(), u"?"_s);
    QSqlQuery query(m_connection.database());
    if (!query.prepare(u"DELETE FROM qzap_credentials WHERE domain = ? AND %1 IN (%2)"_s.arg(
            idColumn(ids.first().kind), places.join(u", "_s)))) {
        return m_connection.problemOf(query);
    }
    query.addBindValue(ids.first().domain);
    for (const SqlCredential::Id &id : ids)
        query.addBindValue(idValue(id));
    return changedBy(&query);
}

Result<QByteArray> SqlCredentials::hashOf(const QString &domain, const QString &name) const
{
    if (Problem problem = idProblem({domain, Kind::Plain, {}, name}))
        return problem;
    QSqlQuery query = m_connection.query();
    if (!query.prepare(u"SELECT hash FROM qzap_credentials WHERE domain = ? AND name = ?"_s))
        return m_connection.problemOf(query);
    query.addBindValue(domain);
    query.addBindValue(name);
    if (!query.exec())
        return m_connection.problemOf(query);
    return query.next() ? query.value(0).toByteArray() : QByteArray();
}

Problem SqlCredentials::list(const SqlSelection &selection,
                             const std::function<bool(const SqlCredential &)> &take) const
{
    if (Problem problem = selectionProblem(selection))
        return problem;
    const bool isPostgreSql = m_connection.isPostgreSql();
    const Condition condition(selection);
    QSqlQuery query = m_connection.query();
    if (!query.prepare(listStatement(isPostgreSql) + condition.text()
                       + " ORDER BY domain, kind, key, name"_L1)) {
        return m_connection.problemOf(query);
    }
    for (const QVariant &value : condition.values)
        query.addBindValue(value);
    if (!query.exec())
        return m_connection.problemOf(query);
    while (query.next()) {
        if (!take(credentialOf(query, isPostgreSql)))
            return {};
    }
    return query.lastError().isValid() ? m_connection.problemOf(query) : Problem();
}

Result<qint64> SqlCredentials::prune(qint64 seconds)
{
    SqlTransaction transaction(m_connection);
    if (Problem problem = transaction.begin(SqlTransaction::Kind::Write))
        return problem;
    Result<qint64> count =
        m_connection.isPostgreSql() ? prunePostgreSql(seconds) : pruneSqlite(seconds);
    if (!count)
        return count;
    if (Problem problem = transaction.commit())
        return problem;
    return count;
}

Result<qint64> SqlCredentials::prunePostgreSql(qint64 seconds)
{
    QSqlQuery query = m_connection.query();
    if (!query.prepare(u"SELECT qzap_prune(make_interval(secs => ?))"_s))
        return m_connection.problemOf(query);
    query.addBindValue(static_cast<double>(seconds));
    if (!query.exec() || !query.next())
        return m_connection.problemOf(query);
    return query.value(0).toLongLong();
}

Result<qint64> SqlCredentials::pruneSqlite(qint64 seconds)
{
    // The mark is set to the last change of that age, and what it covers is removed.
    QSqlQuery mark(m_connection.database());
    if (!mark.prepare(u"UPDATE qzap_meta SET pruned = max(pruned, coalesce((SELECT max(xid) "
                      "FROM qzap_changes WHERE changed_at < strftime('%s', 'now') - ?), 0))"_s)) {
        return m_connection.problemOf(mark);
    }
    mark.addBindValue(seconds);
    if (!mark.exec())
        return m_connection.problemOf(mark);
    QSqlQuery removal(m_connection.database());
    if (!removal.exec(u"DELETE FROM qzap_changes WHERE xid <= (SELECT pruned FROM qzap_meta)"_s))
        return m_connection.problemOf(removal);
    return removal.numRowsAffected();
}

Problem SqlCredentials::prepare(std::optional<QSqlQuery> *query,
                                const std::function<QString()> &statement) const
{
    if (*query)
        return {};
    query->emplace(m_connection.database());
    if ((*query)->prepare(statement()))
        return {};
    Problem problem = m_connection.problemOf(**query);
    query->reset();
    return problem;
}

Result<qint64> SqlCredentials::changedBy(QSqlQuery *query) const
{
    if (!query->exec())
        return m_connection.problemOf(*query);
    const qint64 count = query->numRowsAffected();
    query->finish();
    return count;
}

} // namespace QZap::Internal
