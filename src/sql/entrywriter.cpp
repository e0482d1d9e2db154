// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/entrywriter.h"

#include "base/text.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qvariant.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr qsizetype KeySize = 32;
constexpr qsizetype LongestName = 255; // in messages

QString nameOfKey(const QByteArray &key)
{
    return u"key \\x%1"_s.arg(QString::fromLatin1(key.left(2 * KeySize).toHex()));
}

QString nameOfUser(const QString &name)
{
    return u"user %1"_s.arg(quoted(name.left(LongestName)));
}

} // namespace

void EntryWriter::add(const QSqlQuery &row)
{
    ++m_count;
    if (row.value(IsKey).toBool())
        addKey(row);
    else
        addUser(row);
}

void EntryWriter::addKey(const QSqlQuery &row)
{
    const QByteArray key = row.value(Key).toByteArray();
    if (key.size() != KeySize) {
        m_problems.add(nameOfKey(key),
                       u"the key has %1 bytes instead of %2"_s.arg(key.size()).arg(KeySize));
        return;
    }
    QString why;
    bool isAdded = false;
    if (row.value(IsEnabled).toBool()) {
        const Result<QVariantMap> fields = fieldsOf(row.value(Fields));
        const Result<Time> notAfter = timeOf(row.value(NotAfter));
        if (!fields)
            why = fields.problem().what;
        else if (!notAfter)
            why = notAfter.problem().what;
        else if (!m_update.upsertKey(key, row.value(UserId).toString(), *fields, *notAfter))
            why = updateProblem(": "_L1);
        isAdded = why.isEmpty();
    }
    if (!isAdded && m_isChange)
        m_update.removeKey(key);
    if (!why.isEmpty())
        m_problems.add(nameOfKey(key), why);
    else if (!m_problems.isEmpty())
        m_problems.remove(nameOfKey(key));
}

void EntryWriter::addUser(const QSqlQuery &row)
{
    const QString name = row.value(Name).toString();
    QString why;
    bool isAdded = false;
    if (row.value(IsEnabled).toBool()) {
        const Result<QVariantMap> fields = fieldsOf(row.value(Fields));
        const Result<Time> notAfter = timeOf(row.value(NotAfter));
        if (!fields)
            why = fields.problem().what;
        else if (!notAfter)
            why = notAfter.problem().what;
        else if (!m_update.upsertUser(name, row.value(Hash).toByteArray(), *fields, *notAfter))
            why = updateProblem(quoted(name.left(LongestName)) + ": "_L1);
        isAdded = why.isEmpty();
    }
    if (!isAdded && m_isChange)
        m_update.removeUser(name);
    if (!why.isEmpty())
        m_problems.add(nameOfUser(name), why);
    else if (!m_problems.isEmpty())
        m_problems.remove(nameOfUser(name));
}

QString EntryWriter::updateProblem(const QString &nameEnd) const
{
    const QString text = m_update.errorString();
    const qsizetype end = text.indexOf(nameEnd);
    return end < 0 ? text : text.mid(end + nameEnd.size());
}

Result<EntryWriter::Time> EntryWriter::timeOf(const QVariant &value)
{
    if (value.isNull())
        return Time();
    // Qt's driver for PostgreSQL returns positive numbers as unsigned ones.
    if (value.metaType() != QMetaType::fromType<QString>())
        return Time(QDateTime::fromMSecsSinceEpoch(value.toLongLong()));
    const QString text = value.toString().trimmed();
    if (text.compare("infinity"_L1, Qt::CaseInsensitive) == 0)
        return Time();
    // SQLite's own functions write a space instead of the T.
    const QDateTime time =
        QDateTime::fromString(QString(text).replace(u' ', u'T'), Qt::ISODateWithMs);
    if (!time.isValid())
        return Problem(u"not_after is not a time such as 2027-01-31T00:00:00Z"_s);
    if (time.timeSpec() == Qt::LocalTime)
        return Problem(u"not_after has no offset, such as Z or +02:00"_s);
    return Time(time);
}

Result<QVariantMap> EntryWriter::fieldsOf(const QVariant &value)
{
    if (value.isNull())
        return QVariantMap();
    const QJsonDocument document = QJsonDocument::fromJson(value.toString().toUtf8());
    if (!document.isObject())
        return Problem(u"fields is not a JSON object"_s);
    return document.object().toVariantMap();
}

} // namespace QZap::Internal
