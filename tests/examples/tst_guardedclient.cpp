// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapCertificate>

#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Tests the example's client and key maker with invalid arguments. scripts/demo tests them with
// valid ones.
class tst_GuardedClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void clientArguments_data();
    void clientArguments();
    void passwordOfEnvironment();
    void certificateArguments_data();
    void certificateArguments();
    void overwritesOnlyOnRequest();

private:
    QString path(const QString &name) const { return m_directory.filePath(name); }
    static void run(QProcess &process, const char *program, const QStringList &arguments);
    static void compare(const char *program, const QStringList &arguments, int exitCode,
                        const QString &said);

    QTemporaryDir m_directory;
};

void tst_GuardedClient::initTestCase()
{
    QVERIFY(m_directory.isValid());
    QVERIFY(QZapCertificate::generate().save(m_directory.path(), u"alice"_s));
    QFile empty(path(u"empty"_s));
    QVERIFY(empty.open(QIODevice::WriteOnly));
    QFile tooLong(path(u"toolong"_s));
    QVERIFY(tooLong.open(QIODevice::WriteOnly));
    tooLong.write(QByteArray(256, 'x'));
}

void tst_GuardedClient::run(QProcess &process, const char *program, const QStringList &arguments)
{
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QString::fromUtf8(program), arguments);
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
}

void tst_GuardedClient::compare(const char *program, const QStringList &arguments, int exitCode,
                                const QString &said)
{
    QProcess process;
    run(process, program, arguments);
    const QString output = QString::fromUtf8(process.readAll());
    QVERIFY2(process.exitCode() == exitCode, qPrintable(output));
    QVERIFY2(output.contains(said), qPrintable(output));
}

void tst_GuardedClient::clientArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("said");

    const QString nobody = u"tcp://127.0.0.1:1"_s; // a privileged port, on which no server listens
    const auto add = [&nobody](const char *name, const QStringList &options, const QString &said,
                               int exitCode = 2) {
        QTest::newRow(name) << options + QStringList{nobody} << exitCode << said;
    };
    const auto plain = [](const QStringList &options) {
        return QStringList{u"--mechanism=plain"_s} + options;
    };
    const auto curve = [](const QStringList &options) {
        return QStringList{u"--mechanism=curve"_s} + options;
    };
    const QString certificate = u"--certificate="_s + path(u"alice.key_secret"_s);
    const QString serverKey = u"--server-key="_s + QString(40, u'0');
    QTest::newRow("help") << QStringList{u"--help"_s} << 0 << u"Exit codes"_s;
    QTest::newRow("version") << QStringList{u"--version"_s} << 0 << u"guardedclient 0."_s;
    QTest::newRow("no endpoint") << QStringList{} << 2 << u"ENDPOINT"_s;
    QTest::newRow("no such transport") << QStringList{u"bogus://x"_s} << 2 << u"bogus://x"_s;
    add("two endpoints", {nobody}, u"ENDPOINT"_s);
    add("unknown option", {u"--bogus"_s}, u"bogus"_s);
    add("unknown mechanism", {u"--mechanism=gssapi"_s}, u"gssapi"_s);
    add("timeout zero", {u"--timeout=0"_s}, u"--timeout"_s);
    add("timeout no number", {u"--timeout=soon"_s}, u"soon"_s);
    add("nobody there", {u"--timeout=300"_s}, u"nobody listens"_s, 3);
    add("nobody there to stay", {u"--timeout=300"_s, u"--stay"_s}, u"nobody listens"_s, 3);
    add("credentials of another mechanism", {u"--user=x"_s}, u"--user"_s);
    add("key of another mechanism", plain({serverKey}), u"--server-key"_s);
    add("no user", plain({}), u"--user"_s);
    add("user too long", plain({u"--user="_s + QString(256, u'x')}), u"255"_s);
    add("no password", plain({u"--user=x"_s}), u"GUARDEDCLIENT_PASSWORD"_s);
    add("missing password file", plain({u"--user=x"_s, u"--password-file=/nowhere"_s}),
        u"/nowhere"_s);
    add("empty password", plain({u"--user=x"_s, u"--password-file="_s + path(u"empty"_s)}),
        u"1 to 255"_s);
    add("password too long", plain({u"--user=x"_s, u"--password-file="_s + path(u"toolong"_s)}),
        u"1 to 255"_s);
    add("no certificate", curve({serverKey}), u"--certificate"_s);
    add("missing certificate", curve({serverKey, u"--certificate=/nowhere"_s}), u"/nowhere"_s);
    add("public certificate", curve({serverKey, u"--certificate="_s + path(u"alice.key"_s)}),
        u"no secret key"_s);
    add("no server key", curve({certificate}), u"--server-key"_s);
    add("bad server key", curve({certificate, u"--server-key=short"_s}), u"--server-key"_s);
    add("bad server certificate",
        curve({certificate, u"--server-certificate="_s + path(u"empty"_s)}),
        u"--server-certificate"_s);
    add("two server keys",
        curve({certificate, serverKey, u"--server-certificate="_s + path(u"alice.key"_s)}),
        u"either"_s);
}

void tst_GuardedClient::clientArguments()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const int, exitCode);
    QFETCH(const QString, said);
    compare(GUARDEDCLIENT, arguments, exitCode, said);
}

void tst_GuardedClient::passwordOfEnvironment()
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"GUARDEDCLIENT_PASSWORD"_s, u"secret"_s);
    process.setProcessEnvironment(environment);
    run(process, GUARDEDCLIENT,
        {u"--mechanism=plain"_s, u"--user=x"_s, u"--timeout=300"_s, u"tcp://127.0.0.1:1"_s});
    QCOMPARE(process.exitCode(), 3); // the password was accepted
}

void tst_GuardedClient::certificateArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("said");
    const QString directory = m_directory.path();
    QTest::newRow("help") << QStringList{u"--help"_s} << 0 << u"Exit codes"_s;
    QTest::newRow("version") << QStringList{u"-v"_s} << 0 << u"makecertificate 0."_s;
    QTest::newRow("nothing") << QStringList{} << 2 << u"DIRECTORY"_s;
    QTest::newRow("no name") << QStringList{directory} << 2 << u"NAME"_s;
    QTest::newRow("unknown option") << QStringList{u"--bogus"_s} << 2 << u"bogus"_s;
    QTest::newRow("no such directory") << QStringList{u"/nowhere"_s, u"x"_s} << 1 << u"/nowhere"_s;
    QTest::newRow("leaves the directory") << QStringList{directory, u"../x"_s} << 1 << u"name"_s;
    QTest::newRow("no field") << QStringList{directory, u"x"_s, u"name"_s} << 2 << u"'name'"_s;
    QTest::newRow("bad field") << QStringList{directory, u"x"_s, u"na me=x"_s} << 2 << u"name"_s;
    QTest::newRow("good") << QStringList{directory, u"bob"_s, u"name=Bob"_s} << 0 << QString();
}

void tst_GuardedClient::certificateArguments()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const int, exitCode);
    QFETCH(const QString, said);
    compare(MAKECERTIFICATE, arguments, exitCode, said);
}

void tst_GuardedClient::overwritesOnlyOnRequest()
{
    const auto before = QZapCertificate::load(path(u"alice.key_secret"_s));
    QVERIFY(before);
    compare(MAKECERTIFICATE, {m_directory.path(), u"alice"_s}, 1, u"exists"_s);
    QCOMPARE(QZapCertificate::load(path(u"alice.key_secret"_s)), before);
    compare(MAKECERTIFICATE, {u"--overwrite"_s, m_directory.path(), u"alice"_s}, 0, {});
    const auto after = QZapCertificate::load(path(u"alice.key_secret"_s));
    QVERIFY(after && after->hasSecretKey());
    QVERIFY(after->publicKey() != before->publicKey());
}

QTEST_GUILESS_MAIN(tst_GuardedClient)

#include "tst_guardedclient.moc"
