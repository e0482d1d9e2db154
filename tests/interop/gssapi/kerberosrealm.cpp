// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "kerberosrealm.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qrandom.h>
#include <QtNetwork/qtcpserver.h>
#include <QtTest/qtest.h>

#ifdef Q_OS_LINUX
#    include <csignal>
#    include <sys/prctl.h>
#endif

using namespace Qt::StringLiterals;

namespace {

constexpr QLatin1StringView Realm{"QZAP.TEST"};
constexpr int ProcessTimeout = 30000; // ms
constexpr int PortAttempts = 10;

// DNS is not used. Only TCP is used, so only one free port is needed.
constexpr char ClientConfiguration[] = R"([libdefaults]
    default_realm = %1
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    qualify_shortname = ""
    udp_preference_limit = 1
[realms]
    %1 = {
        kdc = 127.0.0.1:%2
    }
[domain_realm]
    localhost = %1
[logging]
    default = STDERR
)";

constexpr char ServerConfiguration[] = R"([realms]
    %1 = {
        database_name = %3/principal
        key_stash_file = %3/stash
        acl_file = %3/kadm5.acl
        kdc_listen = ""
        kdc_tcp_listen = 127.0.0.1:%2
    }
)";

bool write(const QString &file, const QString &text)
{
    QFile device(file);
    const QByteArray bytes = text.toUtf8();
    return device.open(QIODevice::WriteOnly) && device.write(bytes) == bytes.size()
           && device.flush();
}

// Returns a port that is free now. Another program may still take it.
quint16 freePort()
{
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
}

} // namespace

QString KerberosRealm::principal(const QString &name)
{
    return name + u'@' + Realm;
}

bool KerberosRealm::start(const QStringList &names)
{
    stop();
    m_directory.emplace();
    if (!m_directory->isValid() || !QDir(m_directory->path()).mkdir(u"tickets"_s))
        return fail(u"no temporary folder: %1"_s.arg(m_directory->errorString()));
    setEnvironment();
    // The port of the KDC is determined last; until then, only the database is needed.
    if (!writeConfiguration(1))
        return false;
    return createDatabase() && addPrincipals(names) && startKdc();
}

void KerberosRealm::stop()
{
    if (m_kdc.state() != QProcess::NotRunning) {
        m_kdc.terminate();
        if (!m_kdc.waitForFinished(ProcessTimeout)) {
            m_kdc.kill();
            m_kdc.waitForFinished();
        }
    }
    for (const auto &[name, value] : std::as_const(m_previousEnvironment)) {
        if (value)
            qputenv(name.constData(), *value);
        else
            qunsetenv(name.constData());
    }
    m_previousEnvironment.clear();
    m_directory.reset();
}

void KerberosRealm::setEnvironment()
{
    // Both ends use one keytab, since libzmq acquires credentials for accepting even in a client.
    // The cache is a folder, so that it can contain the tickets of several clients.
    const std::pair<QByteArray, QString> variables[] = {
        {"KRB5_CONFIG", path(u"krb5.conf"_s)},
        {"KRB5_KDC_PROFILE", path(u"kdc.conf"_s)},
        {"KRB5_KTNAME", "FILE:"_L1 + path(u"keytab"_s)},
        {"KRB5_CLIENT_KTNAME", "FILE:"_L1 + path(u"keytab"_s)},
        {"KRB5CCNAME", "DIR:"_L1 + path(u"tickets"_s)},
        {"KRB5RCACHENAME", "file2:"_L1 + path(u"replays"_s)},
    };
    for (const auto &[name, value] : variables) {
        m_previousEnvironment.append(
            {name, qEnvironmentVariableIsSet(name.constData())
                       ? std::optional<QByteArray>(qgetenv(name.constData()))
                       : std::nullopt});
        qputenv(name.constData(), QFile::encodeName(value));
    }
}

bool KerberosRealm::createDatabase()
{
    const QByteArray password =
        QByteArray::number(QRandomGenerator::system()->generate64(), 16) + '\n';
    return run(QStringLiteral(QZAP_KDB5_UTIL), {u"create"_s, u"-s"_s}, password + password);
}

bool KerberosRealm::addPrincipals(const QStringList &names)
{
    const QString program = QStringLiteral(QZAP_KADMIN_LOCAL);
    for (const QString &name : names) {
        if (!run(program, {u"addprinc"_s, u"-randkey"_s, name})
            || !run(program, {u"ktadd"_s, u"-norandkey"_s, u"-k"_s, path(u"keytab"_s), name})) {
            return false;
        }
    }
    return true;
}

bool KerberosRealm::startKdc()
{
    m_kdc.setProcessChannelMode(QProcess::MergedChannels);
#ifdef Q_OS_LINUX
    // A test that crashes must not leave the KDC running.
    m_kdc.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGTERM); });
#endif
    for (int i = 0; i < PortAttempts; ++i) {
        const quint16 port = freePort();
        if (port != 0 && tryPort(port))
            return true;
    }
    return false;
}

bool KerberosRealm::tryPort(quint16 port)
{
    if (!writeConfiguration(port))
        return false;
    m_kdc.start(QStringLiteral(QZAP_KRB5KDC), {u"-n"_s});
    QByteArray log;
    const bool started = QTest::qWaitFor(
        [&] {
            log += m_kdc.readAll();
            return log.contains("commencing operation") || m_kdc.state() == QProcess::NotRunning;
        },
        ProcessTimeout);
    if (started && m_kdc.state() == QProcess::Running)
        return true;
    m_kdc.kill();
    m_kdc.waitForFinished();
    return fail(
        u"the KDC does not start: %1\n%2"_s.arg(m_kdc.errorString(), QString::fromLocal8Bit(log)));
}

bool KerberosRealm::writeConfiguration(quint16 port)
{
    const auto fill = [&](const char *text) {
        return QString::fromLatin1(text).arg(Realm).arg(port);
    };
    return (write(path(u"krb5.conf"_s), fill(ClientConfiguration))
            && write(path(u"kdc.conf"_s), fill(ServerConfiguration).arg(m_directory->path())))
           || fail(u"the configuration could not be written"_s);
}

bool KerberosRealm::run(const QString &program, const QStringList &arguments,
                        const QByteArray &input)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (process.waitForFinished(ProcessTimeout) && process.exitStatus() == QProcess::NormalExit
        && process.exitCode() == 0) {
        return true;
    }
    return fail(u"%1 %2 failed: %3\n%4"_s.arg(program, arguments.join(u' '), process.errorString(),
                                              QString::fromLocal8Bit(process.readAll())));
}

bool KerberosRealm::fail(const QString &error)
{
    m_errorString = error;
    return false;
}
