// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapCertificate>
#include <QZap/QZapSocketMonitor>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qstandardpaths.h>
#include <QtCore/qtemporarydir.h>
#include <QtNetwork/qhostaddress.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>

using namespace Qt::StringLiterals;

// Tests the example for devices. It is started as by systemd, in a folder that it cannot write to.
class tst_Embedded : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void letsInPeersWithAKey();
    void servesMetrics();
    void loadsNothingForADisplay();
    void linksNothingForADisplay_data();
    void linksNothingForADisplay();
    void doesNotServeWithBadRules_data();
    void doesNotServeWithBadRules();
    void isShort();
    void theUnitIsValid();

private:
    static QString rules() { return QStringLiteral(EXAMPLE_DIR "/Rules.qml"); }
    static QStringList codeLines(const QString &file);
    void start(const QByteArray &text = {});
    QString endpoint();
    // A client that sends telemetry.
    struct Sender
    {
        Sender(zmq::context_t &context, const QZapCertificate &own, const QZapCertificate &server,
               const QString &endpoint)
            : socket(context, zmq::socket_type::push)
            , monitor(socket)
            , isSet(QZap::setCurveClient(socket, own, server.publicKeyText()))
        {
            socket.set(zmq::sockopt::linger, 0);
            socket.connect(endpoint.toStdString());
        }

        zmq::socket_t socket;
        QZapSocketMonitor monitor;
        QSignalSpy accepted{&monitor, &QZapSocketMonitor::accepted};
        QSignalSpy refused{&monitor, &QZapSocketMonitor::refused};
        bool isSet;
    };

    const QZapCertificate m_server = QZapCertificate::generate();
    QZapCertificate m_alice = QZapCertificate::generate();
    const QZapCertificate m_eve = QZapCertificate::generate();
    zmq::context_t m_context;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QProcess> m_process;
    QString m_output;
};

void tst_Embedded::initTestCase()
{
    QVERIFY(m_alice.setMetadata(u"name"_s, u"alice"_s));
}

void tst_Embedded::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir(m_folder->path()).mkdir(u"clients"_s));
    QVERIFY(m_alice.save(m_folder->filePath(u"clients"_s), u"alice"_s));
    QVERIFY(m_server.save(m_folder->path(), u"server"_s));
}

void tst_Embedded::cleanup()
{
    if (m_process) {
        m_process->kill();
        m_process->waitForFinished();
    }
    m_process.reset();
    QFile::setPermissions(m_folder->path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    m_folder.reset();
    m_output.clear();
}

void tst_Embedded::start(const QByteArray &text)
{
    QFile file(m_folder->filePath(u"Rules.qml"_s));
    if (text.isEmpty()) {
        QVERIFY(QFile::copy(rules(), file.fileName()));
    } else {
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
    }
    QVERIFY(QFile::setPermissions(m_folder->path(), QFile::ReadOwner | QFile::ExeOwner));
    m_process = std::make_unique<QProcess>();
    m_process->setProcessChannelMode(QProcess::MergedChannels);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    // The unit sets the same variable.
    environment.insert(u"QML_DISABLE_DISK_CACHE"_s, u"1"_s);
    environment.insert(u"QV4_FORCE_INTERPRETER"_s, u"1"_s);
    m_process->setProcessEnvironment(environment);
    m_process->start(QStringLiteral(EMBEDDED), {m_folder->path(), u"tcp://127.0.0.1:*"_s, u"0"_s});
    QVERIFY(m_process->waitForStarted());
}

QString tst_Embedded::endpoint()
{
    static const QRegularExpression bound(u"Bound to (tcp://[0-9.:]+)"_s);
    QRegularExpressionMatch match;
    (void)QTest::qWaitFor([this, &match] {
        m_output += QString::fromUtf8(m_process->readAll());
        match = bound.match(m_output);
        return match.hasMatch() || m_process->state() == QProcess::NotRunning;
    });
    return match.captured(1);
}

void tst_Embedded::letsInPeersWithAKey()
{
    start();
    const QString to = endpoint();
    QVERIFY2(!to.isEmpty(), qPrintable(m_output));
    Sender alice(m_context, m_alice, m_server, to);
    QVERIFY(alice.isSet);
    QTRY_COMPARE(alice.accepted.count(), 1);
    alice.socket.send(zmq::str_buffer("21.5"));
    Sender eve(m_context, m_eve, m_server, to);
    QTRY_COMPARE(eve.refused.count(), 1);
    QCOMPARE(eve.refused.constFirst().constFirst().value<QZap::Status>(),
             QZap::Status::AuthenticationFailure);
    const auto said = [this](const QString &text) {
        m_output += QString::fromUtf8(m_process->readAll());
        return m_output.contains(text);
    };
    QTRY_VERIFY(said(u"alice came from 127.0.0.1"_s));
    QTRY_VERIFY(said(u"alice says \"21.5\""_s));
    QTRY_VERIFY(said(u'"' + m_eve.publicKeyText() + u"\" was refused"_s));
    QVERIFY(!said(u"arning"_s));
}

// No graphics library may be loaded, neither directly nor by a plugin.
void tst_Embedded::loadsNothingForADisplay()
{
    start();
    QVERIFY(!endpoint().isEmpty());
    QFile maps(u"/proc/%1/maps"_s.arg(m_process->processId()));
    if (!maps.open(QIODevice::ReadOnly))
        QSKIP("The system does not report which libraries a process has loaded");
    const QString text = QString::fromUtf8(maps.readAll());
    QVERIFY(text.contains(u"qzap_qml"_s)); // the plugin
    const QRegularExpression display(u"libQt6(Gui|Quick|Widgets|OpenGL)|libX11|libGL|wayland"_s);
    QVERIFY2(!text.contains(display), qPrintable(display.match(text).captured()));
}

void tst_Embedded::servesMetrics()
{
    start();
    QVERIFY2(!endpoint().isEmpty(), qPrintable(m_output));
    static const QRegularExpression port(u"Metrics are at port ([0-9]+)"_s);
    const quint16 number = port.match(m_output).captured(1).toUShort();
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHost, number);
    QVERIFY(client.waitForConnected());
    // The request arrives in parts.
    for (const char *part : {"GET /metrics HTTP/1.1\r", "\nHost: localhost\r\n\r", "\n"}) {
        client.write(part);
        QVERIFY(client.waitForBytesWritten());
    }
    QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    const QByteArray answer = client.readAll();
    QVERIFY2(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer.constData());
    QVERIFY2(answer.contains("\nqzap_running 1\n"), answer.constData());
    QVERIFY2(answer.endsWith("\n# EOF\n"), answer.constData());
}

void tst_Embedded::linksNothingForADisplay_data()
{
    QTest::addColumn<QString>("file");
    QTest::newRow("program") << QStringLiteral(EMBEDDED);
    QTest::newRow("plugin") << QStringLiteral(PLUGIN);
}

void tst_Embedded::linksNothingForADisplay()
{
    QFETCH(const QString, file);
    const QString ldd = QStandardPaths::findExecutable(u"ldd"_s);
    if (ldd.isEmpty())
        QSKIP("There is no ldd");
    QProcess process;
    process.start(ldd, {file});
    QVERIFY(process.waitForFinished());
    const QString text = QString::fromUtf8(process.readAllStandardOutput());
    QVERIFY2(text.contains(u"libQt6Qml"_s), qPrintable(text));
    QVERIFY2(!text.contains(QRegularExpression(u"libQt6(Gui|Quick|Widgets)"_s)), qPrintable(text));
}

void tst_Embedded::doesNotServeWithBadRules_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("said");
    QTest::newRow("no QML") << "import QZap\nZapAuthenticator {"_ba << u"Rules.qml:2"_s;
    QTest::newRow("no authenticator") << "import QZap\nZapCurveDomain { }"_ba << QString();
    QTest::newRow("not running") << "import QZap\nZapAuthenticator { }"_ba << QString();
    QTest::newRow("no address")
        << "import QZap\nZapAuthenticator { running: true; allowedAddresses: ['x'] }"_ba
        << u"allowedAddresses"_s;
}

void tst_Embedded::doesNotServeWithBadRules()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, said);
    start(text);
    QVERIFY(m_process->waitForFinished());
    QCOMPARE(m_process->exitStatus(), QProcess::NormalExit);
    QCOMPARE(m_process->exitCode(), 1);
    const QString output = QString::fromUtf8(m_process->readAll());
    QVERIFY2(output.contains(said) && !output.contains(u"Bound"_s), qPrintable(output));
}

QStringList tst_Embedded::codeLines(const QString &file)
{
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly))
        return {};
    static const QRegularExpression code(u"^ *[^/ ]"_s);
    return QString::fromUtf8(source.readAll()).split(u'\n').filter(code);
}

void tst_Embedded::isShort()
{
    const QStringList lines = codeLines(rules());
    QVERIFY2(lines.size() > 5 && lines.size() < 20, qPrintable(lines.join(u'\n')));
    const QStringList program = codeLines(QStringLiteral(EXAMPLE_DIR "/main.cpp"));
    const QStringList main = program.mid(program.indexOf(QRegularExpression(u"^int main\\(.*"_s)));
    QVERIFY2(main.size() > 5 && main.size() < 35, qPrintable(main.join(u'\n')));
}

void tst_Embedded::theUnitIsValid()
{
    const QString analyze = QStandardPaths::findExecutable(u"systemd-analyze"_s);
    if (analyze.isEmpty())
        QSKIP("There is no systemd-analyze");
    QFile unit(QStringLiteral(EXAMPLE_DIR "/embedded.service"));
    QVERIFY(unit.open(QIODevice::ReadOnly));
    // The paths are replaced by that of the built program, and the user by an existing one.
    const QByteArray text = unit.readAll()
                                .replace("/usr/local/bin/embedded", EMBEDDED)
                                .replace("User=embedded", "User=root");
    QFile copy(m_folder->filePath(u"embedded.service"_s));
    QVERIFY(copy.open(QIODevice::WriteOnly));
    copy.write(text);
    copy.close();
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(analyze, {u"verify"_s, u"--man=no"_s, copy.fileName()});
    QVERIFY(process.waitForFinished());
    const QString output = QString::fromUtf8(process.readAll());
    QVERIFY2(!output.contains(u"embedded.service"_s), qPrintable(output));
}

QTEST_GUILESS_MAIN(tst_Embedded)

#include "tst_embedded.moc"
