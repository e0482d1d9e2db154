// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "configurationfile.h"

#include "endpoint.h"

#include <QZap/qzap.h>

#include <QtCore/qfileinfo.h>
#include <QtCore/qsettings.h>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace {

// The directory of the secrets that systemd's LoadCredential= passes to a service.
constexpr QLatin1StringView CredentialsDirectory{"${CREDENTIALS_DIRECTORY}/"};

constexpr int MaximumMilliseconds = 24 * 60 * 60 * 1000;
constexpr qsizetype MaximumDomainSize = 255; // bytes
constexpr int MaximumCount = 10'000'000;

// Returns "[section] key" for "section/key".
QString nameOf(const QString &key)
{
    const qsizetype slash = key.indexOf(u'/');
    if (slash < 0)
        return u"%1, which is in no section"_s.arg(key);
    return u"[%1] %2"_s.arg(key.first(slash), key.sliced(slash + 1));
}

} // namespace

ConfigurationFile::ConfigurationFile(const QString &fileName)
    : m_fileName(fileName)
    , m_directory(QFileInfo(fileName).absoluteDir())
{ }

std::optional<Failure> ConfigurationFile::read()
{
    if (load()) {
        readGateway();
        readCredentials();
        readRequests();
        readPublications();
        readObservers();
        checkKeys();
        if (!m_options.requests.isUsed() && !m_options.publications.isUsed()
            && m_problems.isEmpty())
            m_problems +=
                u"%1: neither [requests] nor [publications] has an endpoint"_s.arg(m_fileName);
    }
    if (m_problems.isEmpty())
        return std::nullopt;
    return Failure{ExitCode::Configuration, m_problems.join(u'\n')};
}

bool ConfigurationFile::load()
{
    const QFileInfo info(m_fileName);
    if (!info.isFile() || !info.isReadable()) {
        m_problems += u"%1: %2"_s.arg(m_fileName, info.exists() ? u"cannot be read as a file"_s
                                                                : u"does not exist"_s);
        return false;
    }
    const QSettings settings(m_fileName, QSettings::IniFormat);
    const QStringList keys = settings.allKeys(); // reads all sections
    if (settings.status() != QSettings::NoError) {
        m_problems +=
            u"%1: is not an INI file: each line is a [section], key=value or ; comment"_s.arg(
                m_fileName);
        return false;
    }
    for (const QString &key : keys)
        m_values.insert(key, settings.value(key));
    return true;
}

void ConfigurationFile::readGateway()
{
    m_options.domain = required(u"gateway/domain"_s);
    if (m_options.domain == QZap::AnyDomain)
        report(u"gateway/domain"_s, u"* stands for all domains: the sockets need a name"_s);
    if (m_options.domain.toUtf8().size() > MaximumDomainSize)
        report(u"gateway/domain"_s, u"has more than %1 bytes"_s.arg(MaximumDomainSize));
    m_options.serverCertificate = existingFile(u"gateway/server-certificate"_s);
    m_options.allowedAddresses = texts(u"gateway/allowed-addresses"_s);
    m_options.deniedAddresses = texts(u"gateway/denied-addresses"_s);
    if (isSet(u"gateway/allowed-addresses"_s) && isSet(u"gateway/denied-addresses"_s))
        report(u"gateway/denied-addresses"_s, u"excludes allowed-addresses: set one of them"_s);
    m_options.stopTimeout = time(u"gateway/stop-timeout"_s, m_options.stopTimeout, 0);
}

void ConfigurationFile::readCredentials()
{
    GatewayOptions::Credentials &credentials = m_options.credentials;
    const QString keysKey = u"credentials/keys"_s;
    const bool hasFiles = isSet(keysKey);
    const bool hasDatabase = isSet(u"credentials/driver"_s);
    credentials.keys = path(keysKey);
    credentials.userIdField = text(u"credentials/user-id-field"_s);
    readSqlCredentials();
    if (hasFiles == hasDatabase) {
        report(keysKey, u"set either this or driver, which says where the clients' keys are"_s);
    } else if (hasFiles && !credentials.keys.isEmpty() && !QFileInfo::exists(credentials.keys)) {
        report(keysKey, u"%1 does not exist"_s.arg(credentials.keys));
    }
    if (hasDatabase && isSet(u"credentials/user-id-field"_s))
        report(u"credentials/user-id-field"_s, u"is for keys in files: a database has user ids"_s);
}

void ConfigurationFile::readSqlCredentials()
{
    GatewayOptions::Credentials &credentials = m_options.credentials;
    const QString driverKey = u"credentials/driver"_s;
    credentials.driver = text(driverKey);
    credentials.connection = text(u"credentials/connection"_s);
    credentials.domain = text(u"credentials/domain"_s);
    credentials.notifyChannel = text(u"credentials/notify-channel"_s);
    credentials.pollInterval = time(u"credentials/poll-interval"_s, credentials.pollInterval, 10);
    credentials.staleTime = time(u"credentials/stale-time"_s, credentials.staleTime, 1000);
    if (!isSet(driverKey)) {
        for (const QString &name : {u"connection"_s, u"domain"_s, u"notify-channel"_s,
                                    u"poll-interval"_s, u"stale-time"_s}) {
            const QString key = u"credentials/"_s + name;
            if (isSet(key))
                report(key, u"is for keys in a database: set driver as well, or remove it"_s);
        }
        return;
    }
#ifdef GATEWAY_HAS_SQL
    if (credentials.driver != "QPSQL"_L1 && credentials.driver != "QSQLITE"_L1)
        report(driverKey, u"'%1' is neither QPSQL nor QSQLITE"_s.arg(credentials.driver));
    if (credentials.domain.isEmpty()) // the domain of the sockets
        credentials.domain = m_options.domain;
    if (required(u"credentials/connection"_s).isEmpty())
        return;
    if (credentials.driver == "QSQLITE"_L1)
        credentials.connection = existingFile(u"credentials/connection"_s);
#else
    report(driverKey, u"this program was built without the library QZap::Sql: set keys instead"_s);
#endif
}

void ConfigurationFile::readRequests()
{
    GatewayOptions::Requests &requests = m_options.requests;
    readFront(u"requests"_s, &requests);
    requests.maximumPending =
        number(u"requests/maximum-pending"_s, requests.maximumPending, 1, MaximumCount);
    requests.maximumPendingPerClient = number(u"requests/maximum-pending-per-client"_s,
                                              requests.maximumPendingPerClient, 1, MaximumCount);
    requests.timeout = time(u"requests/timeout"_s, requests.timeout, 100);
}

void ConfigurationFile::readPublications()
{
    GatewayOptions::Publications &publications = m_options.publications;
    readFront(u"publications"_s, &publications);
    publications.topics = texts(u"publications/topics"_s);
    publications.maximumSubscriptions = number(u"publications/maximum-subscriptions"_s,
                                               publications.maximumSubscriptions, 1, MaximumCount);
}

void ConfigurationFile::readObservers()
{
    const QString fileKey = u"audit/file"_s;
    m_options.auditFile = text(fileKey) == u'-' ? u"-"_s : path(fileKey);
    const QString folder = QFileInfo(m_options.auditFile).path();
    if (!m_options.auditFile.isEmpty() && !QFileInfo(folder).isDir())
        report(fileKey, u"the directory %1 does not exist"_s.arg(folder));
    m_options.auditMaximumSize = number(u"audit/maximum-size"_s, m_options.auditMaximumSize, 0,
                                        std::numeric_limits<int>::max());
    m_options.auditMaximumFiles =
        number(u"audit/maximum-files"_s, m_options.auditMaximumFiles, 1, 1000);
    m_options.metricsPort = number(u"metrics/port"_s, m_options.metricsPort, 0, 65535);
}

void ConfigurationFile::readFront(const QString &section, GatewayOptions::Front *front)
{
    const bool isUsed =
        std::any_of(m_values.keyBegin(), m_values.keyEnd(),
                    [&](const QString &key) { return key.startsWith(section + u'/'); });
    if (isUsed) {
        front->endpoint = required(section + u"/endpoint"_s);
        front->backend = required(section + u"/backend"_s);
    } else { // known all the same
        (void)text(section + u"/endpoint"_s);
        (void)text(section + u"/backend"_s);
    }
    front->highWaterMark =
        number(section + u"/high-water-mark"_s, front->highWaterMark, 1, MaximumCount);
    front->maximumMessageSize =
        number(section + u"/maximum-message-size"_s, front->maximumMessageSize, 256, 1 << 30);
    checkEndpoint(section + u"/endpoint"_s);
    checkEndpoint(section + u"/backend"_s);
    checkBackend(section);
}

void ConfigurationFile::checkEndpoint(const QString &key)
{
    if (const QString endpoint = text(key); !endpoint.isEmpty()) {
        if (const QString problem = Endpoint(endpoint).problem(); !problem.isEmpty())
            report(key, problem);
    }
}

// Whoever connects to a back end receives requests of clients, or publishes to them.
void ConfigurationFile::checkBackend(const QString &section)
{
    const bool mayBeRemote = flag(section + u"/allow-remote-backend"_s);
    const QString key = section + u"/backend"_s;
    const QString endpoint = text(key);
    if (endpoint.isEmpty() || !Endpoint(endpoint).problem().isEmpty())
        return;
    if (!mayBeRemote && !Endpoint(endpoint).isLocal()) {
        report(key,
               u"%1 can be reached from other computers, where anybody could take the clients' "
               "requests or publish to them: use ipc:// or a loopback address, or set "
               "allow-remote-backend=true if the network protects it"_s.arg(endpoint));
    }
    if (endpoint == text(section + u"/endpoint"_s) && !endpoint.endsWith(":*"_L1))
        report(key, u"%1 is the endpoint of the clients as well"_s.arg(endpoint));
}

// A misspelt key would be a setting that does nothing.
void ConfigurationFile::checkKeys()
{
    QStringList unknown = m_values.keys();
    unknown.sort();
    for (const QString &key : std::as_const(unknown)) {
        if (m_known.contains(key))
            continue;
        const QString section = key.section(u'/', 0, 0) + u'/';
        QStringList names;
        for (const QString &known : std::as_const(m_known)) {
            if (known.startsWith(section) && !names.contains(known.section(u'/', 1)))
                names += known.section(u'/', 1);
        }
        report(key, names.isEmpty()
                        ? u"there is no such section: there are [gateway], "
                          "[credentials], [requests], [publications], [audit] and "
                          "[metrics]"_s
                        : u"there is no such key; the section has "_s + names.join(u", "_s));
    }
}

QString ConfigurationFile::text(const QString &key)
{
    if (!m_known.contains(key))
        m_known += key;
    const QVariant value = m_values.value(key);
    if (value.typeId() == QMetaType::QStringList) {
        report(key, u"has several values, separated by commas: it needs one, in double quotes if "
                    "it contains commas"_s);
        return {};
    }
    QString text = value.toString();
    if (isSet(key) && text.isEmpty())
        report(key, u"is empty: set it, or remove the line"_s);
    if (text.contains(QChar(u'\0')))
        report(key, u"contains a NUL"_s);
    return text;
}

QString ConfigurationFile::required(const QString &key)
{
    QString value = text(key);
    if (!isSet(key))
        report(key, u"is missing"_s);
    return value;
}

QStringList ConfigurationFile::texts(const QString &key)
{
    m_known += key;
    QStringList values = m_values.value(key).toStringList();
    if (isSet(key) && (values.isEmpty() || values.contains(QString())))
        report(key, u"has an empty value: remove it, or the line"_s);
    return values;
}

// A relative path starts at the directory of the file.
QString ConfigurationFile::path(const QString &key)
{
    QString value = text(key);
    if (value.isEmpty())
        return {};
    if (!value.startsWith(CredentialsDirectory))
        return QDir::cleanPath(m_directory.absoluteFilePath(value));
    const QString directory = qEnvironmentVariable("CREDENTIALS_DIRECTORY");
    if (directory.isEmpty()) {
        report(key, u"systemd has set no CREDENTIALS_DIRECTORY: see LoadCredential= in "
                    "systemd.exec(5)"_s);
        return {};
    }
    return QDir(directory).filePath(value.sliced(CredentialsDirectory.size()));
}

QString ConfigurationFile::existingFile(const QString &key)
{
    (void)required(key);
    QString file = path(key);
    if (!file.isEmpty() && !QFileInfo(file).isFile())
        report(key, u"the file %1 does not exist"_s.arg(file));
    return file;
}

int ConfigurationFile::number(const QString &key, int defaultValue, int minimum, int maximum)
{
    const QString value = text(key);
    if (value.isEmpty())
        return defaultValue;
    bool isNumber = false;
    const int result = value.toInt(&isNumber);
    if (isNumber && result >= minimum && result <= maximum)
        return result;
    report(key, u"'%1' is not a number from %2 to %3"_s.arg(value, QString::number(minimum),
                                                            QString::number(maximum)));
    return defaultValue;
}

std::chrono::milliseconds
ConfigurationFile::time(const QString &key, std::chrono::milliseconds defaultValue, int minimum)
{
    return std::chrono::milliseconds(
        number(key, static_cast<int>(defaultValue.count()), minimum, MaximumMilliseconds));
}

bool ConfigurationFile::flag(const QString &key)
{
    const QString value = text(key);
    if (!value.isEmpty() && value != "true"_L1 && value != "false"_L1)
        report(key, u"'%1' is neither true nor false"_s.arg(value));
    return value == "true"_L1;
}

void ConfigurationFile::report(const QString &key, const QString &what)
{
    const QString problem = u"%1: %2: %3"_s.arg(m_fileName, nameOf(key), what);
    if (!m_problems.contains(problem))
        m_problems += problem;
}
