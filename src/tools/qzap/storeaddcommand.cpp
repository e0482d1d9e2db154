// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storeaddcommand.h"

#include "passwordinput.h"
#include "storeoptions.h"

#include <QZap/qzappasswordfile.h>

#include "base/text.h"
#include "credentials/feeds/storeentry.h"
#include "credentials/stores/passwordstore.h"
#include "sql/database/sqlcredentials.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

StoreAddCommand::StoreAddCommand()
    : StoreCommand(
        u"add"_s, u"Add a key or a user to a database, or replace it."_s,
        u"The password of a user is asked for twice on a terminal; otherwise it is the "
        "first line of standard input. An argon2id hash of it is stored. An entry that "
        "was disabled is enabled again.\n\n"
        "Exit codes: 0 done, 2 wrong arguments, or a password that cannot be used, 3 the "
        "database cannot be opened or changed."_s,
        Access::ReadWrite)
    , m_domain(u"domain"_s, u"The domain that the entry belongs to. Required."_s, u"DOMAIN"_s)
    , m_key(u"key"_s, u"The public key of a CURVE client, in Z85."_s, u"KEY"_s)
    , m_user(u"user"_s, u"The name of a PLAIN user."_s, u"NAME"_s)
    , m_userId(u"user-id"_s, u"The user id of the key."_s, u"ID"_s)
    , m_field(u"field"_s, u"A field of the entry; can be given more than once."_s, u"NAME=VALUE"_s)
    , m_notAfter(
          u"not-after"_s,
          u"The time from which the entry is refused, such as 2027-01-31T00:00:00Z. Default: it "
          "does not expire."_s,
          u"TIME"_s)
    , m_memory(
          u"memory"_s,
          u"The memory in MiB that it takes to compute or check the hash, 1 to %1. Default: %1."_s
              .arg(StoreOptions::MaximumMemory),
          u"MIB"_s)
{
    addSingleOptions({m_domain, m_key, m_user, m_userId, m_notAfter, m_memory});
    addOptions({m_field});
}

Problem StoreAddCommand::problemOfOptions()
{
    Problem problem = setId();
    if (!problem)
        problem = setDetails();
    if (!problem)
        problem = problemOfEntry();
    return problem;
}

Problem StoreAddCommand::setId()
{
    if (!isSet(m_domain))
        return u"--domain is missing."_s;
    if (isSet(m_key) == isSet(m_user))
        return u"Give either --key or --user."_s;
    m_credential.id.domain = value(m_domain);
    if (isSet(m_user)) {
        if (isSet(m_userId))
            return u"--user-id cannot be used with --user: the user id is the name."_s;
        m_credential.id.kind = SqlCredential::Kind::Plain;
        m_credential.id.name = value(m_user);
        return {};
    }
    if (isSet(m_memory))
        return u"--memory cannot be used with --key, which has no password."_s;
    const Result<QByteArray> key = StoreOptions::keyOf(value(m_key));
    if (!key)
        return u"--key: %1."_s.arg(key.problem().text());
    m_credential.id.key = *key;
    m_credential.userId = value(m_userId);
    return {};
}

Problem StoreAddCommand::setDetails()
{
    const Result<QVariantMap> fields = StoreOptions::fieldsOf(values(m_field));
    if (!fields)
        return u"--field: %1."_s.arg(fields.problem().text());
    m_credential.fields = QJsonObject::fromVariantMap(*fields);
    if (isSet(m_notAfter)) {
        const Result<QDateTime> time = StoreOptions::timeOf(value(m_notAfter));
        if (!time)
            return u"--not-after: %1."_s.arg(time.problem().text());
        m_credential.notAfter = *time;
    }
    const Result<int> memory =
        isSet(m_memory) ? StoreOptions::memoryOf(value(m_memory)) : StoreOptions::MaximumMemory;
    if (!memory)
        return u"--memory: %1."_s.arg(memory.problem().text());
    m_hashMemory = *memory;
    return {};
}

Problem StoreAddCommand::problemOfEntry() const
{
    if (value(m_domain).toUtf8().size() > MaximumTextSize)
        return u"--domain: the name has more than %1 bytes."_s.arg(MaximumTextSize);
    const QVariantMap fields = m_credential.fields.toVariantMap();
    // The checks of a store that reads the entry. A user has no hash yet.
    const bool isKey = m_credential.id.kind == SqlCredential::Kind::Curve;
    Problem problem;
    if (!isKey)
        problem = PasswordStore::userNameProblem(m_credential.id.name.toUtf8());
    if (problem)
        return u"--user: %1."_s.arg(problem.text());
    const QByteArray anyKey(CurveKeySize, 'x');
    const Result<StoreEntry> entry = StoreEntry::ofKey(
        isKey ? m_credential.id.key : anyKey, m_credential.userId, fields, m_credential.notAfter);
    return entry ? Problem() : Problem(entry.problem().text() + u'.');
}

ExitCode StoreAddCommand::executeOn(const SqlConnection &connection)
{
    if (m_credential.id.kind == SqlCredential::Kind::Plain) {
        PasswordInput input;
        if (const Problem problem = input.read(m_credential.id.name))
            return input.isUnreadable() ? failed(problem.text()) : refused(problem.text());
        // This is a view, since the password is wiped in its original memory.
        m_credential.hash = QZapPasswordFile::hash(
            QByteArray::fromRawData(input.password().data(), input.password().size()),
            m_hashMemory);
        if (m_credential.hash.isEmpty())
            return failed(u"The password cannot be hashed: there is not enough memory."_s);
    }
    SqlCredentials credentials(connection);
    const Result<qint64> changed = credentials.upsert(m_credential);
    return changed ? ExitCode::Done : failed(changed.problem().text());
}
