// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gatewaytest.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qstandardpaths.h>
#include <QtNetwork/qtcpserver.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests the configuration file of the example gateway: what is refused, before anything is bound.
class tst_GatewayConfiguration : public GatewayTest
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void refuses_data();
    void refuses();
    void refusesWithoutAFile();
    void reportsAllProblems();
    void refusesEndpointsInUse_data();
    void refusesEndpointsInUse();
    void acceptsRemoteBackEndsIfTold();
    void acceptsTheExample();
    void readsCredentialsOfSystemd();
    void theUnitIsValid();

private:
    void write(const QByteArray &text);
};

void tst_GatewayConfiguration::init()
{
    makeFolder();
}

void tst_GatewayConfiguration::cleanup()
{
    removeFolder();
}

void tst_GatewayConfiguration::write(const QByteArray &text)
{
    QFile file(path(u"gateway.ini"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

void tst_GatewayConfiguration::refuses_data()
{
    QTest::addColumn<QByteArray>("added");
    QTest::addColumn<QString>("said");
    const auto row = [](const char *name, const QByteArray &added, const QString &said) {
        QTest::newRow(name) << added << said;
    };
    row("unknown key", "[requests]\nmaximum-pendign=5",
        u"[requests] maximum-pendign: there is no "
        "such key; the section has endpoint"_s);
    row("unknown section", "[request]\nendpoint=x",
        u"[request] endpoint: there is no such section"_s);
    row("no section", "[General]\ndomain=x", u"domain, which is in no section"_s);
    row("no INI file", "[gateway]\nnonsense", u"is not an INI file"_s);
    row("no domain", "[gateway]\ndomain=", u"[gateway] domain: is empty"_s);
    row("domain *", "[gateway]\ndomain=*", u"[gateway] domain: * stands for all domains"_s);
    row("long domain", "[gateway]\ndomain=" + QByteArray(256, 'd'),
        u"[gateway] domain: has more than 255 bytes"_s);
    row("several domains", "[gateway]\ndomain=a, b", u"[gateway] domain: has several values"_s);
    row("no certificate", "[gateway]\nserver-certificate=other.key_secret",
        u"[gateway] server-certificate: the file"_s);
    row("certificate without a secret key", "[gateway]\nserver-certificate=alice.key",
        u"[gateway] server-certificate: "_s);
    row("no certificate file", "[gateway]\nserver-certificate=gateway.ini",
        u"[gateway] server-certificate: "_s);
    row("no systemd", "[gateway]\nserver-certificate=${CREDENTIALS_DIRECTORY}/gateway.key_secret",
        u"[gateway] server-certificate: systemd has set no CREDENTIALS_DIRECTORY"_s);
    row("bad address", "[gateway]\nallowed-addresses=10.0.0.0/8, here",
        u"[gateway] allowed-addresses: "_s);
    row("bad denied address", "[gateway]\ndenied-addresses=10.0.0.0/99",
        u"[gateway] denied-addresses: "_s);
    row("both lists", "[gateway]\nallowed-addresses=::1\ndenied-addresses=::2",
        u"[gateway] denied-addresses: excludes allowed-addresses"_s);
    row("no keys", "[credentials]\nkeys=nowhere", u"[credentials] keys: "_s);
    row("empty keys", "[credentials]\nkeys=", u"[credentials] keys: is empty"_s);
    row("keys and a database", "[credentials]\ndriver=QSQLITE\nconnection=gateway.ini",
        u"[credentials] keys: set either this or driver"_s);
    row("a connection without a driver", "[credentials]\nconnection=dbname=fleet",
        u"[credentials] connection: is for keys in a database"_s);
    row("no endpoint", "[requests]\nendpoint=", u"[requests] endpoint: is empty"_s);
    row("no back end", "[requests]\nbackend=", u"[requests] backend: is empty"_s);
    row("inproc", "[requests]\nbackend=inproc://x",
        u"[requests] backend: 'inproc://x' is neither"_s);
    row("no port", "[requests]\nendpoint=tcp://127.0.0.1", u"[requests] endpoint: "_s);
    row("bad port", "[requests]\nendpoint=tcp://127.0.0.1:70000",
        u"[requests] endpoint: '70000' is not a port"_s);
    row("bad host", "[requests]\nendpoint=tcp://a b:5555", u"[requests] endpoint: "_s);
    row("IPv6 without brackets", "[requests]\nendpoint=tcp://::1:5555", u"[requests] endpoint: "_s);
    row("relative path", "[publications]\nbackend=ipc://publications",
        u"[publications] backend: 'ipc://publications' is not ipc:// and an absolute path"_s);
    row("abstract path", "[publications]\nbackend=ipc://@publications",
        u"[publications] backend: 'ipc://@publications' is not ipc:// and an absolute path"_s);
    row("no directory", "[publications]\nbackend=ipc:///nowhere/publications",
        u"[publications] backend: the directory /nowhere does not exist"_s);
    row("long path", "[publications]\nbackend=ipc:///" + QByteArray(107, 'x'),
        u"has more than 107 bytes"_s);
    row("a file in place of the socket", "[publications]\nbackend=ipc:///etc/passwd",
        u"[publications] backend: /etc/passwd is not a socket"_s);
    row("remote back end", "[requests]\nbackend=tcp://*:5555",
        u"[requests] backend: tcp://*:5555 can be reached from other computers"_s);
    row("remote address of a back end", "[publications]\nbackend=tcp://192.0.2.1:5555",
        u"[publications] backend: tcp://192.0.2.1:5555 can be reached"_s);
    row("bad flag", "[requests]\nallow-remote-backend=yes",
        u"[requests] allow-remote-backend: 'yes' is neither true nor false"_s);
    row("no number", "[requests]\nhigh-water-mark=many",
        u"[requests] high-water-mark: 'many' is not a number from 1 to"_s);
    row("unlimited", "[requests]\nhigh-water-mark=0", u"[requests] high-water-mark: '0' is not"_s);
    row("small messages", "[requests]\nmaximum-message-size=-1",
        u"[requests] maximum-message-size: '-1' is not"_s);
    row("no timeout", "[requests]\ntimeout=0", u"[requests] timeout: '0' is not"_s);
    row("empty topic", "[publications]\ntopics=news,,x",
        u"[publications] topics: has an empty value"_s);
    row("no directory for the log", "[audit]\nfile=logs/audit.log",
        u"[audit] file: the directory "_s);
    row("bad port for metrics", "[metrics]\nport=65536", u"[metrics] port: '65536' is not"_s);
#ifdef GATEWAY_HAS_SQL
    row("unknown driver", "[credentials]\ndriver=QMYSQL\nconnection=x",
        u"[credentials] driver: 'QMYSQL' is neither QPSQL nor QSQLITE"_s);
    row("no connection", "[credentials]\ndriver=QPSQL", u"[credentials] connection: is missing"_s);
#else
    row("no SQL", "[credentials]\ndriver=QPSQL\nconnection=x",
        u"[credentials] driver: this program was built without the library QZap::Sql"_s);
#endif
}

void tst_GatewayConfiguration::refuses()
{
    QFETCH(const QByteArray, added);
    QFETCH(const QString, said);
    configure(added);
    QCOMPARE(run(), 3);
    QVERIFY2(output().contains(u"gateway.ini: "_s) && output().contains(said),
             qPrintable(output()));
    QVERIFY2(!isReady(), qPrintable(output()));
    QVERIFY(!QFile::exists(path(u"requests"_s))); // nothing was bound
    QVERIFY(!QFile::exists(path(u"publications"_s)));
}

void tst_GatewayConfiguration::refusesWithoutAFile()
{
    QCOMPARE(run(), 3);
    QVERIFY2(output().contains(u"gateway.ini: does not exist"_s), qPrintable(output()));
    QVERIFY(QDir(m_folder->path()).mkdir(u"gateway.ini"_s));
    QCOMPARE(run(), 3);
    QVERIFY2(output().contains(u"gateway.ini: cannot be read"_s), qPrintable(output()));
    QCOMPARE(run({u"other.ini"_s}), 2);
    QCOMPARE(run({u"--unknown"_s}), 2);
}

void tst_GatewayConfiguration::reportsAllProblems()
{
    write("[gateway]\ndomains=fleet\n[requests]\nendpoint=x\n");
    QCOMPARE(run(), 3);
    for (const QString &said :
         {u"[gateway] domain: is missing"_s, u"[gateway] server-certificate: is missing"_s,
          u"[gateway] domains: there is no such key"_s, u"[credentials] keys: set either"_s,
          u"[requests] endpoint: 'x' is neither"_s, u"[requests] backend: is missing"_s}) {
        QVERIFY2(output().contains(said), qPrintable(output()));
    }
    write(minimal());
    QCOMPARE(run(), 3);
    QVERIFY2(output().contains(u"neither [requests] nor [publications] has an endpoint"_s),
             qPrintable(output()));
}

void tst_GatewayConfiguration::refusesEndpointsInUse_data()
{
    QTest::addColumn<QByteArray>("setting");
    QTest::newRow("requests") << "[requests]\nendpoint=tcp://127.0.0.1:"_ba;
    QTest::newRow("publications") << "[publications]\nendpoint=tcp://127.0.0.1:"_ba;
    QTest::newRow("metrics") << "[metrics]\nport="_ba;
}

void tst_GatewayConfiguration::refusesEndpointsInUse()
{
    QFETCH(const QByteArray, setting);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    configure(setting + QByteArray::number(server.serverPort()) + '\n');
    QCOMPARE(run({u"--check"_s}), 0); // binds nothing
    QCOMPARE(run(), 5);
    QVERIFY2(output().contains(QString::number(server.serverPort())), qPrintable(output()));
}

void tst_GatewayConfiguration::acceptsRemoteBackEndsIfTold()
{
    configure("[requests]\nbackend=tcp://*:*\nallow-remote-backend=true\n"
              "[publications]\nbackend=tcp://[::1]:*\n");
    QCOMPARE(run({u"--check"_s}), 0);
    QCOMPARE(output(), QString());
}

void tst_GatewayConfiguration::acceptsTheExample()
{
    QFile example(QStringLiteral(EXAMPLE_DIR "/gateway.ini"));
    QVERIFY(example.open(QIODevice::ReadOnly));
    QByteArray text = example.readAll();
    const QByteArray folder = m_folder->path().toUtf8();
    text.replace("${CREDENTIALS_DIRECTORY}/gateway", "server");
    text.replace("/run/qzap-gateway", folder);
    text.replace("/var/log/qzap-gateway", folder);
    write(text);
    QVERIFY2(run({u"--check"_s}) == 0, qPrintable(output()));
    // Its comments show keys that exist, with valid values.
    QByteArrayList lines = text.split('\n');
    for (QByteArray &line : lines) {
        const bool isAlternative = line.startsWith(";driver=") || line.startsWith(";connection=")
                                   || line.startsWith(";notify-channel=")
                                   || line.startsWith(";denied-") || line.startsWith(";poll-")
                                   || line.startsWith(";stale-") || line.startsWith(";domain=")
                                   || line.startsWith(";topics=");
        if (line.startsWith(';') && line.contains('=') && !line.contains(' ') && !isAlternative)
            line.remove(0, 1);
    }
    write(lines.join('\n'));
    QVERIFY2(run({u"--check"_s}) == 0, qPrintable(output()));
}

void tst_GatewayConfiguration::readsCredentialsOfSystemd()
{
    QVERIFY(QDir(m_folder->path()).mkdir(u"secrets"_s));
    QVERIFY(QFile::rename(path(u"server.key_secret"_s), path(u"secrets/own.key_secret"_s)));
    configure("[gateway]\nserver-certificate=${CREDENTIALS_DIRECTORY}/own.key_secret\n");
    qputenv("CREDENTIALS_DIRECTORY", path(u"secrets"_s).toUtf8());
    const int exitCode = run({u"--check"_s});
    qunsetenv("CREDENTIALS_DIRECTORY");
    QVERIFY2(exitCode == 0, qPrintable(output()));
}

void tst_GatewayConfiguration::theUnitIsValid()
{
    const QString analyze = QStandardPaths::findExecutable(u"systemd-analyze"_s);
    if (analyze.isEmpty())
        QSKIP("There is no systemd-analyze");
    QFile unit(QStringLiteral(EXAMPLE_DIR "/qzap-gateway.service"));
    QVERIFY(unit.open(QIODevice::ReadOnly));
    // The path is replaced by that of the built program.
    const QByteArray text = unit.readAll().replace("/usr/local/bin/gateway", GATEWAY);
    QFile copy(path(u"qzap-gateway.service"_s));
    QVERIFY(copy.open(QIODevice::WriteOnly));
    copy.write(text);
    copy.close();
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(analyze, {u"verify"_s, u"--man=no"_s, copy.fileName()});
    QVERIFY(process.waitForFinished());
    const QString output = QString::fromUtf8(process.readAll());
    QVERIFY2(!output.contains(u"qzap-gateway.service"_s), qPrintable(output));
}

QTEST_GUILESS_MAIN(tst_GatewayConfiguration)

#include "tst_gatewayconfiguration.moc"
