// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storerevokecommand.h"

#include "console.h"
#include "storeoptions.h"

#include "sql/database/sqlcredentials.h"

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

StoreRevokeCommand::StoreRevokeCommand()
    : StoreCommand(u"revoke"_s, u"Remove a key or a user from a database."_s,
                   u"Servers refuse what is removed once they have read the change, and end its "
                   "connections to guarded sockets.\n\n"
                   "Exit codes: 0 done, 2 wrong arguments, 3 the database cannot be opened or "
                   "changed, or has no such entry."_s,
                   Access::ReadWrite)
    , m_domain(u"domain"_s, u"Revoke in this domain only. Default: in all domains."_s, u"DOMAIN"_s)
    , m_key(u"key"_s, u"The public key, in Z85."_s, u"KEY"_s)
    , m_user(u"user"_s, u"The name of a user."_s, u"NAME"_s)
    , m_userId(u"user-id"_s, u"The user id of keys, or the name of a user."_s, u"ID"_s)
    , m_disable(u"disable"_s, u"Keep the entry, but disabled: imports do not enable it again."_s)
{
    addSingleOptions({m_domain, m_key, m_user, m_userId});
    addOptions({m_disable});
}

Problem StoreRevokeCommand::problemOfOptions()
{
    if (int{isSet(m_key)} + int{isSet(m_user)} + int{isSet(m_userId)} != 1)
        return u"Give one of --key, --user and --user-id."_s;
    if (isSet(m_domain))
        m_selection.domain = value(m_domain);
    if (isSet(m_user))
        m_selection.name = value(m_user);
    if (isSet(m_userId))
        m_selection.userId = value(m_userId);
    if (isSet(m_key)) {
        const Result<QByteArray> key = StoreOptions::keyOf(value(m_key));
        if (!key)
            return u"--key: %1."_s.arg(key.problem().text());
        m_selection.key = *key;
    }
    return {};
}

ExitCode StoreRevokeCommand::executeOn(const SqlConnection &connection)
{
    SqlCredentials credentials(connection);
    const bool disables = isSet(m_disable);
    const Result<qint64> count =
        disables ? credentials.setEnabled(m_selection, false) : credentials.remove(m_selection);
    if (!count)
        return failed(count.problem().text());
    if (*count == 0) {
        return failed(connection.problem(u"has no such entry; qzap store list shows all"_s).text());
    }
    Console::print((*count == 1 ? u"1 entry"_s : u"%1 entries"_s.arg(*count))
                   + (disables ? " disabled"_L1 : " removed"_L1));
    return ExitCode::Done;
}
