// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storelistcommand.h"

#include "console.h"

#include "base/text.h"
#include "protocol/z85.h"
#include "sql/database/sqlcredentials.h"

#include <QtCore/qjsondocument.h>

#include <algorithm>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// Returns a word as it is if it contains only characters that no shell or reader mistakes.
QString word(const QString &text)
{
    const bool isPlain = !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) {
        return c.isLetterOrNumber() || u"._@-+:/*"_s.contains(c);
    });
    return isPlain ? text : quoted(text);
}

QString timeText(const QDateTime &time)
{
    return time.isValid() ? time.toUTC().toString(Qt::ISODate) : u"invalid"_s;
}

bool isKey(const SqlCredential &credential)
{
    return credential.id.kind == SqlCredential::Kind::Curve;
}

QString lineOf(const SqlCredential &credential)
{
    QString line =
        word(credential.id.domain) + u' '
        + (isKey(credential) ? "curve "_L1 + QString::fromLatin1(Z85::encode(credential.id.key))
                             : "plain "_L1 + word(credential.id.name));
    if (!credential.userId.isEmpty())
        line += " user-id="_L1 + word(credential.userId);
    if (credential.notAfter)
        line += " not-after="_L1 + timeText(*credential.notAfter);
    for (auto field = credential.fields.begin(); field != credential.fields.end(); ++field)
        line += u' ' + word(field.key()) + u'=' + word(field.value().toString());
    if (!credential.isEnabled)
        line += " disabled"_L1;
    return line;
}

// One JSON object in a line, which contains no unescaped control characters.
QString jsonOf(const SqlCredential &credential)
{
    QJsonObject object = {{u"domain"_s, credential.id.domain},
                          {u"kind"_s, isKey(credential) ? u"curve"_s : u"plain"_s},
                          {u"enabled"_s, credential.isEnabled}};
    if (isKey(credential)) {
        object.insert(u"key"_s, QString::fromLatin1(Z85::encode(credential.id.key)));
        object.insert(u"userId"_s, credential.userId);
    } else {
        object.insert(u"name"_s, credential.id.name);
    }
    if (!credential.fields.isEmpty())
        object.insert(u"fields"_s, credential.fields);
    if (credential.notAfter)
        object.insert(u"notAfter"_s, timeText(*credential.notAfter));
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

} // namespace

StoreListCommand::StoreListCommand()
    : StoreCommand(u"list"_s, u"List the keys and users of a database."_s,
                   u"Prints each entry in a line: its domain, curve and the key, or plain and the "
                   "user name, and what else is known about it. Hashes of passwords are not "
                   "printed.\n\n"
                   "Exit codes: 0 done, 2 wrong arguments, 3 the database cannot be read."_s,
                   Access::ReadOnly)
    , m_domain(u"domain"_s, u"List this domain only."_s, u"DOMAIN"_s)
    , m_json(u"json"_s, u"Print each entry as a JSON object."_s)
{
    addSingleOptions({m_domain});
    addOptions({m_json});
}

ExitCode StoreListCommand::executeOn(const SqlConnection &connection)
{
    SqlSelection selection;
    if (isSet(m_domain))
        selection.domain = value(m_domain);
    const bool asJson = isSet(m_json);
    const SqlCredentials credentials(connection);
    const Problem problem = credentials.list(selection, [&](const SqlCredential &credential) {
        Console::print(asJson ? jsonOf(credential) : lineOf(credential));
        return true;
    });
    return problem ? failed(problem.text()) : ExitCode::Done;
}
