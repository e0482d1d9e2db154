// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardedserver.h"

#include <QZap/QZapSocketMonitor>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto SocketTimeout = 10s;

} // namespace

// Tests the example's server as a program, and its classes for failures that cannot be caused from
// outside.
class tst_GuardedServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void badArguments_data();
    void badArguments();
    void helpAndVersion_data();
    void helpAndVersion();
    void endsAtSignal_data();
    void endsAtSignal();
    void usesTheValidPartOfAFile();
    void echoes_data();
    void echoes();
    void endsTheConnectionOfARemovedUser();
    void secondHandler();

private:
    static ServerOptions loopback();
    // Starts the program, waits until it is ready, and sets `endpoint` to the printed endpoint of
    // `kind`. Returns whether it succeeded.
    static bool startProgram(QProcess &process, const QStringList &arguments, const QString &kind,
                             QString *endpoint);

    QTemporaryDir m_directory;
};

void tst_GuardedServer::initTestCase()
{
    QVERIFY(m_directory.isValid());
    QFile users(m_directory.filePath(u"users"_s));
    QVERIFY(users.open(QIODevice::WriteOnly));
    QVERIFY(users.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    users.write("admin=secret\nbroken\n");
    QVERIFY(QDir(m_directory.path()).mkdir(u"keys"_s));
    QFile key(m_directory.filePath(u"keys/broken.key"_s));
    QVERIFY(key.open(QIODevice::WriteOnly));
    key.write("broken\n");
}

ServerOptions tst_GuardedServer::loopback()
{
    ServerOptions options;
    options.listenAddress = u"127.0.0.1"_s;
    return options;
}

bool tst_GuardedServer::startProgram(QProcess &process, const QStringList &arguments,
                                     const QString &kind, QString *endpoint)
{
    process.start(QStringLiteral(GUARDEDSERVER), arguments);
    QString output;
    while (!output.contains("\nready\n"_L1)) {
        if (!process.waitForReadyRead(10000))
            return false;
        output += QString::fromUtf8(process.readAllStandardOutput());
    }
    const QRegularExpression line(u"^%1-endpoint (.*)$"_s.arg(kind),
                                  QRegularExpression::MultilineOption);
    *endpoint = line.match(output).captured(1);
    return !endpoint->isEmpty();
}

void tst_GuardedServer::badArguments_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("said");

    const auto add = [](const char *name, const QStringList &arguments, ExitCode code,
                        const QString &said) {
        QTest::newRow(name) << arguments << static_cast<int>(code) << said;
    };
    const QString nowhere = m_directory.filePath(u"nowhere"_s);
    const QString users = m_directory.filePath(u"users"_s);
    add("unknown option", {u"--bogus"_s}, ExitCode::Usage, u"bogus"_s);
    add("positional", {u"extra"_s}, ExitCode::Usage, u"extra"_s);
    add("no value", {u"--curve-keys"_s}, ExitCode::Usage, u"--curve-keys"_s);
    add("empty keys", {u"--curve-keys"_s, {}}, ExitCode::Usage, u"--curve-keys"_s);
    add("empty password file", {u"--password-file="_s}, ExitCode::Usage, u"--password-file"_s);
    add("empty allow", {u"--allow"_s, {}}, ExitCode::Usage, u"--allow"_s);
    add("empty listen", {u"--listen"_s, {}}, ExitCode::Usage, u"--listen"_s);
    add("port too high", {u"--curve-port=65536"_s}, ExitCode::Usage, u"65536"_s);
    add("port negative", {u"--plain-port=-1"_s}, ExitCode::Usage, u"-1"_s);
    add("port no number", {u"--null-port=x"_s}, ExitCode::Usage, u"--null-port"_s);
    add("allow and deny", {u"--allow=127.0.0.1"_s, u"--deny=127.0.0.2"_s}, ExitCode::Usage,
        u"exclude each other"_s);
    add("missing directory", {u"--curve-keys"_s, nowhere}, ExitCode::Configuration, nowhere);
    add("missing password file", {u"--password-file"_s, nowhere}, ExitCode::Configuration, nowhere);
    add("password directory", {u"--password-file"_s, m_directory.path()}, ExitCode::Configuration,
        m_directory.path());
    add("missing certificate", {u"--server-certificate"_s, nowhere}, ExitCode::Configuration,
        nowhere);
    add("no certificate", {u"--server-certificate"_s, users}, ExitCode::Configuration, users);
    add("bad allow", {u"--allow=bogus"_s}, ExitCode::Configuration, u"bogus"_s);
    add("bad deny", {u"--deny=10.0.0.0/33"_s}, ExitCode::Configuration, u"10.0.0.0/33"_s);
    // This address is reserved for documentation, and therefore unused.
    add("foreign address", {u"--listen=192.0.2.1"_s}, ExitCode::Listen, u"192.0.2.1"_s);
    add("no address", {u"--listen=no such address"_s}, ExitCode::Listen, u"no such address"_s);
}

void tst_GuardedServer::badArguments()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const int, exitCode);
    QFETCH(const QString, said);
    QProcess process;
    process.start(QStringLiteral(GUARDEDSERVER), arguments);
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), exitCode);
    const QString errors = QString::fromUtf8(process.readAllStandardError());
    QVERIFY2(errors.contains(said), qPrintable(errors));
    QCOMPARE(process.readAllStandardOutput(), QByteArray());
}

void tst_GuardedServer::helpAndVersion_data()
{
    QTest::addColumn<QString>("argument");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("help") << u"--help"_s << QByteArray("--curve-keys <DIR>");
    QTest::newRow("exit codes") << u"-h"_s << QByteArray("Exit codes");
    QTest::newRow("version") << u"--version"_s << QByteArray("guardedserver 0.");
}

void tst_GuardedServer::helpAndVersion()
{
    QFETCH(const QString, argument);
    QFETCH(const QByteArray, said);
    QProcess process;
    process.start(QStringLiteral(GUARDEDSERVER), {argument});
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitCode(), 0);
    const QByteArray output = process.readAllStandardOutput();
    QVERIFY2(output.contains(said), output.constData());
    QCOMPARE(process.readAllStandardError(), QByteArray());
}

void tst_GuardedServer::endsAtSignal_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
}

void tst_GuardedServer::endsAtSignal()
{
    QFETCH(const int, number);
    QProcess process;
    QString endpoint;
    QVERIFY(startProgram(process, {}, u"null"_s, &endpoint));
    QCOMPARE(::kill(static_cast<pid_t>(process.processId()), number), 0);
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
}

void tst_GuardedServer::usesTheValidPartOfAFile()
{
    QProcess process;
    QString endpoint;
    QVERIFY(startProgram(process,
                         {u"--curve-keys"_s, m_directory.filePath(u"keys"_s), u"--password-file"_s,
                          m_directory.filePath(u"users"_s)},
                         u"plain"_s, &endpoint));
    zmq::context_t context;
    zmq::socket_t client(context, zmq::socket_type::dealer);
    client.set(zmq::sockopt::linger, 0);
    client.set(zmq::sockopt::rcvtimeo,
               static_cast<int>(std::chrono::milliseconds(SocketTimeout).count()));
    client.set(zmq::sockopt::plain_username, "admin");
    client.set(zmq::sockopt::plain_password, "secret");
    client.connect(endpoint.toStdString());
    client.send(zmq::str_buffer("hello"), zmq::send_flags::none);
    zmq::message_t userId;
    QVERIFY(client.recv(userId));
    QCOMPARE(userId.to_string(), std::string("admin"));

    process.terminate();
    QVERIFY(process.waitForFinished());
    const QString errors = QString::fromUtf8(process.readAllStandardError());
    QVERIFY2(errors.contains("broken.key:1"_L1), qPrintable(errors));
    QVERIFY2(errors.contains("users:2"_L1), qPrintable(errors));
    const QString decision = QString::fromUtf8(process.readAllStandardOutput());
    static const QRegularExpression row(
        u"^\\d\\d:\\d\\d:\\d\\d\\.\\d{3}  accepted +PLAIN  plain   127\\.0\\.0\\.1 +admin +OK$"_s,
        QRegularExpression::MultilineOption);
    QVERIFY2(decision.contains(row), qPrintable(decision));
}

void tst_GuardedServer::echoes_data()
{
    using Frames = QByteArrayList;
    QTest::addColumn<int>("type");
    QTest::addColumn<Frames>("sent");
    QTest::addColumn<Frames>("echoed");
    QTest::newRow("DEALER") << int{ZMQ_DEALER} << Frames{"a"} << Frames{"anonymous", "a"};
    QTest::newRow("REQ") << int{ZMQ_REQ} << Frames{"a"} << Frames{"anonymous", "a"};
    QTest::newRow("frames") << int{ZMQ_REQ} << Frames{"a", "", "b"}
                            << Frames{"anonymous", "a", "", "b"};
    QTest::newRow("empty") << int{ZMQ_DEALER} << Frames{""} << Frames{"anonymous", ""};
}

void tst_GuardedServer::echoes()
{
    QFETCH(const int, type);
    QFETCH(const QByteArrayList, sent);
    QFETCH(const QByteArrayList, echoed);
    QProcess process;
    QString endpoint;
    QVERIFY(startProgram(process, {u"--allow=127.0.0.1"_s}, u"null"_s, &endpoint));
    zmq::context_t context;
    zmq::socket_t client(context, type);
    client.set(zmq::sockopt::linger, 0);
    client.set(zmq::sockopt::rcvtimeo,
               static_cast<int>(std::chrono::milliseconds(SocketTimeout).count()));
    client.connect(endpoint.toStdString());
    for (qsizetype i = 0; i < sent.size(); ++i) {
        client.send(zmq::buffer(sent.at(i).toStdString()),
                    i + 1 < sent.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
    }
    QByteArrayList received;
    zmq::message_t frame;
    do {
        QVERIFY(client.recv(frame));
        received.append(QByteArray::fromStdString(frame.to_string()));
    } while (frame.more());
    QCOMPARE(received, echoed);
}

void tst_GuardedServer::endsTheConnectionOfARemovedUser()
{
    const QString file = m_directory.filePath(u"members"_s);
    const auto write = [&file](const QByteArray &users) {
        QFile next(file + u".new"_s);
        QVERIFY(next.open(QIODevice::WriteOnly));
        QVERIFY(next.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        next.write(users);
        next.close();
        QFile::remove(file);
        QVERIFY(QFile::rename(next.fileName(), file));
    };
    write("alice=secret\nbob=secret\n");
    QProcess process;
    QString endpoint;
    QVERIFY(startProgram(process, {u"--password-file"_s, file}, u"plain"_s, &endpoint));
    zmq::context_t context;
    std::vector<zmq::socket_t> clients;
    std::vector<std::unique_ptr<QZapSocketMonitor>> monitors;
    const auto echo = [&clients](size_t index) {
        zmq::socket_t &client = clients.at(index);
        client.send(zmq::str_buffer("hello"), zmq::send_flags::none);
        zmq::message_t userId;
        zmq::message_t text;
        return client.recv(userId) && client.recv(text) ? userId.to_string() : std::string();
    };
    for (const QString &user : {u"alice"_s, u"bob"_s}) {
        zmq::socket_t client(context, zmq::socket_type::dealer);
        client.set(zmq::sockopt::linger, 0);
        client.set(zmq::sockopt::rcvtimeo,
                   static_cast<int>(std::chrono::milliseconds(SocketTimeout).count()));
        QVERIFY(QZap::setPlainClient(client, user, "secret"));
        monitors.push_back(std::make_unique<QZapSocketMonitor>(client));
        client.connect(endpoint.toStdString());
        clients.push_back(std::move(client));
        QCOMPARE(echo(clients.size() - 1), user.toStdString());
    }
    QSignalSpy disconnected(monitors.back().get(), &QZapSocketMonitor::disconnected);
    QSignalSpy refused(monitors.back().get(), &QZapSocketMonitor::refused);
    QSignalSpy innocent(monitors.front().get(), &QZapSocketMonitor::disconnected);
    write("alice=secret\n");
    QString output;
    static const QRegularExpression row(
        u"  revoked +PLAIN  plain   127\\.0\\.0\\.1 +bob +The user [^\n]+\n"_s);
    const auto isRevoked = [&] {
        output += QString::fromUtf8(process.readAllStandardOutput());
        return output.contains(row);
    };
    QTRY_VERIFY2_WITH_TIMEOUT(isRevoked(), qPrintable(output), 15'000);
#ifdef Q_OS_LINUX
    QTRY_COMPARE(disconnected.size(), 1);
    QTRY_COMPARE(refused.size(), 1); // when it came back
#endif
    QCOMPARE(echo(0), std::string("alice"));
    QCOMPARE(innocent.size(), 0);
    monitors.clear(); // before their sockets
}

void tst_GuardedServer::secondHandler()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    zmq::context_t context;
    QZapAuthenticator first(context);
    QVERIFY(first.start());
    {
        GuardedServer server(context);
        const std::optional<Failure> failure = server.start(loopback());
        QVERIFY(failure);
        QCOMPARE(failure->code, ExitCode::Handler);
        QVERIFY(!failure->message.isEmpty());
    }
    first.stop();
    GuardedServer server(context);
    QVERIFY(!server.start(loopback()));
}

QTEST_GUILESS_MAIN(tst_GuardedServer)

#include "tst_guardedserver.moc"
