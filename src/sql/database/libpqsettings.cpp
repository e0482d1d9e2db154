// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/libpqsettings.h"

#include "base/text.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

bool isSpace(QChar c)
{
    return c == u' ' || (c >= u'\t' && c <= u'\r');
}

// Reads a connection string as libpq does.
class Reader
{
public:
    explicit Reader(QStringView text)
        : m_text(text)
    { }

    bool next()
    {
        skipSpace();
        return m_at < m_text.size();
    }
    Problem read();
    const QString &keyword() const { return m_keyword; }
    const QString &value() const { return m_value; }

private:
    void skipSpace()
    {
        while (m_at < m_text.size() && isSpace(m_text[m_at]))
            ++m_at;
    }
    bool readValue();

    QStringView m_text;
    qsizetype m_at = 0;
    QString m_keyword;
    QString m_value;
};

// A problem never quotes a value, which may be a password.
Problem Reader::read()
{
    m_keyword.clear();
    while (m_at < m_text.size() && m_text[m_at] != u'=' && !isSpace(m_text[m_at]))
        m_keyword += m_text[m_at++];
    skipSpace();
    if (m_keyword.isEmpty() || m_at == m_text.size() || m_text[m_at] != u'=') {
        return u"the connection options have a word without '='; write them as keyword=value, and "
               u"a "
               "value with spaces in single quotes"_s;
    }
    ++m_at;
    skipSpace();
    if (!readValue())
        return u"the value of %1 has no closing quote"_s.arg(quoted(m_keyword));
    return {};
}

bool Reader::readValue()
{
    m_value.clear();
    const bool isQuoted = m_at < m_text.size() && m_text[m_at] == u'\'';
    if (isQuoted)
        ++m_at;
    while (m_at < m_text.size()) {
        if (isQuoted ? m_text[m_at] == u'\'' : isSpace(m_text[m_at])) {
            ++m_at;
            return true;
        }
        if (m_text[m_at] == u'\\' && ++m_at == m_text.size())
            break;
        m_value += m_text[m_at++];
    }
    return !isQuoted;
}

// Accepts the usual form only: libpq reads "127.1" and other names of the address, too.
bool isLoopbackAddress(QStringView host)
{
    if (host == u"::1")
        return true;
    const QList<QStringView> parts = host.split(u'.');
    const auto isByte = [](QStringView part) {
        const bool isNumber = !part.isEmpty() && part.size() <= 3
                              && (part.size() == 1 || part.front() != u'0')
                              && std::all_of(part.begin(), part.end(),
                                             [](QChar c) { return c >= u'0' && c <= u'9'; });
        return isNumber && part.toInt() <= 255;
    };
    return parts.size() == 4 && parts.first() == u"127"
           && std::all_of(parts.begin(), parts.end(), isByte);
}

bool isLocalHost(QStringView host)
{
    // Without a name, libpq uses the Unix socket in its default directory. '@' starts the name of
    // an abstract socket.
    return host.isEmpty() || host.startsWith(u'/') || host.startsWith(u'@') || host == u"localhost"
           || isLoopbackAddress(host);
}

QString quotedValue(const QString &value)
{
    QString result = value;
    result.replace(u'\\', R"(\\)"_L1).replace(u'\'', R"(\')"_L1);
    return u'\'' + result + u'\'';
}

Problem secretProblem(const QString &keyword)
{
    static const QStringList secrets = {u"password"_s, u"sslpassword"_s, u"scram_client_key"_s,
                                        u"scram_server_key"_s, u"oauth_client_secret"_s};
    if (!secrets.contains(keyword))
        return {};
    return u"the connection options contain %1, and others can read them; write it to a file that "
           "only this user can read, and name that with passfile=, PGPASSFILE, or the service of a "
           "PGSERVICEFILE"_s.arg(quoted(keyword));
}

} // namespace

Result<LibpqSettings> LibpqSettings::parse(const QString &text)
{
    if (text.trimmed().startsWith("//"_L1) || text.contains("://"_L1)) {
        return Problem(u"the connection options are a URI; write them as keyword=value, such as "
                       "host=/run/postgresql dbname=fleet"_s);
    }
    LibpqSettings settings;
    Reader reader(text);
    while (reader.next()) {
        if (Problem problem = reader.read())
            return problem;
        if (settings.contains(reader.keyword())) {
            return Problem(
                u"the connection options contain %1 twice"_s.arg(quoted(reader.keyword())));
        }
        settings.m_settings.append({reader.keyword(), reader.value()});
    }
    return settings;
}

Problem LibpqSettings::problem() const
{
    for (const Setting &setting : m_settings) {
        if (Problem problem = secretProblem(setting.keyword))
            return problem;
        // Qt replaces it by a space, which would end the value.
        if (setting.value.contains(u';') || setting.keyword.contains(u';'))
            return u"the value of %1 contains ';'"_s.arg(quoted(setting.keyword));
        // It would replace sslmode.
        if (setting.keyword == "requiressl"_L1)
            return u"requiressl is obsolete; set sslmode instead"_s;
        if (setting.keyword == "dbname"_L1 && setting.value.contains(u'='))
            return u"the value of dbname contains '='; write each setting as keyword=value"_s;
    }
    if (isLocal())
        return {};
    // What a service file contains is unknown, and it precedes the environment.
    const QString mode = usesService() ? value(u"sslmode"_s) : effective(u"sslmode"_s, "PGSSLMODE");
    if (mode != "verify-full"_L1) {
        return u"the server %1 is not certain to be this computer, so the connection needs "
               "sslmode=verify-full, and a root certificate (sslrootcert) that its certificate is "
               "verified with"_s.arg(quoted(databaseText()));
    }
    if (contains(u"gssencmode"_s) && value(u"gssencmode"_s) != "disable"_L1) {
        return u"with gssencmode=%1, the server's certificate may not be verified; remove it"_s.arg(
            value(u"gssencmode"_s));
    }
    return {};
}

bool LibpqSettings::contains(const QString &keyword) const
{
    return std::any_of(m_settings.cbegin(), m_settings.cend(),
                       [&](const Setting &setting) { return setting.keyword == keyword; });
}

QString LibpqSettings::value(const QString &keyword) const
{
    for (const Setting &setting : m_settings) {
        if (setting.keyword == keyword)
            return setting.value;
    }
    return {};
}

void LibpqSettings::setDefault(const QString &keyword, const QString &value)
{
    if (!contains(keyword))
        m_settings.append({keyword, value});
}

QString LibpqSettings::effective(const QString &keyword, const char *variable) const
{
    // An empty value in the text still precedes the environment.
    return contains(keyword) ? value(keyword) : qEnvironmentVariable(variable);
}

bool LibpqSettings::usesService() const
{
    // An empty name is the name of a service, too.
    return contains(u"service"_s) || !qEnvironmentVariableIsEmpty("PGSERVICE");
}

bool LibpqSettings::isLocal() const
{
    if (usesService())
        return false;
    const QStringList hosts = effective(u"host"_s, "PGHOST").split(u',');
    const QStringList addresses = effective(u"hostaddr"_s, "PGHOSTADDR").split(u',');
    for (qsizetype i = 0; i < std::max(hosts.size(), addresses.size()); ++i) {
        // An address precedes the name.
        const QString address = addresses.value(i);
        if (address.isEmpty() ? !isLocalHost(hosts.value(i)) : !isLoopbackAddress(address))
            return false;
    }
    return true;
}

QString LibpqSettings::toString() const
{
    QStringList words;
    for (const Setting &setting : m_settings)
        words += setting.keyword + u'=' + quotedValue(setting.value);
    return words.join(u' ');
}

QString LibpqSettings::databaseText() const
{
    const QString service = effective(u"service"_s, "PGSERVICE");
    const QString database = effective(u"dbname"_s, "PGDATABASE");
    QString host = effective(u"host"_s, "PGHOST");
    if (host.isEmpty())
        host = effective(u"hostaddr"_s, "PGHOSTADDR");
    QString text = u"postgresql"_s;
    if (!database.isEmpty())
        text += u' ' + database;
    if (!service.isEmpty())
        text += " service "_L1 + service;
    if (!host.isEmpty())
        text += " on "_L1 + host;
    return text;
}

} // namespace QZap::Internal
