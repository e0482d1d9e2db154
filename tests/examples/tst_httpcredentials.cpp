// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapCertificate>
#include <QZap/QZapSocketMonitor>

#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>

using namespace Qt::StringLiterals;

// Tests the example that gets its keys from an HTTP service, with Python's server of files.
class tst_HttpCredentials : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void followsTheList_data();
    void followsTheList();
    void letsNobodyInWithoutAService();
    void keepsTheListIfTheNextIsInvalid_data();
    void keepsTheListIfTheNextIsInvalid();
    void isShort();

private:
    // A process whose output is collected.
    struct Program
    {
        QProcess process;
        QString output;

        void start(const QString &program, const QStringList &arguments)
        {
            process.setProcessChannelMode(QProcess::MergedChannels);
            process.start(program, arguments);
        }
        // Returns the first captured part of the output, when there is one.
        QString wait(const QString &pattern)
        {
            const QRegularExpression expression(pattern);
            QRegularExpressionMatch match;
            (void)QTest::qWaitFor(
                [&] {
                    output += QString::fromUtf8(process.readAll());
                    match = expression.match(output);
                    return match.hasMatch();
                },
                20000);
            return match.captured(1);
        }
    };

    // Replaces the list with these keys, or with the text.
    void write(const QList<QZapCertificate> &certificates);
    void write(const QByteArray &text);
    void startService(bool hasTags = false);
    void startServer();
    // Returns whether the server accepts (true) or definitely refuses (false) the client.
    bool isAccepted(const QZapCertificate &client);
    bool isRefused(const QZapCertificate &client);
    int outcome(const QZapCertificate &client);

    const QZapCertificate m_server = QZapCertificate::generate();
    const QZapCertificate m_alice = QZapCertificate::generate();
    const QZapCertificate m_bob = QZapCertificate::generate();
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Program> m_service;
    std::unique_ptr<Program> m_program;
    QString m_port;
    QString m_endpoint;
};

void tst_HttpCredentials::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_server.save(m_folder->path(), u"server"_s));
}

void tst_HttpCredentials::cleanup()
{
    for (std::unique_ptr<Program> *const program : {&m_program, &m_service}) {
        if (!*program)
            continue;
        (*program)->process.kill();
        (*program)->process.waitForFinished();
        program->reset();
    }
    m_folder.reset();
}

void tst_HttpCredentials::write(const QList<QZapCertificate> &certificates)
{
    QByteArrayList entries;
    for (const QZapCertificate &certificate : certificates)
        entries += "{ \"key\": \"" + certificate.publicKeyText().toLatin1() + "\" }";
    write('[' + entries.join(", ") + ']');
}

// A list is never served while it is incomplete.
void tst_HttpCredentials::write(const QByteArray &text)
{
    const QString name = m_folder->filePath(u"keys.json"_s);
    QFile file(name + u".new"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    QFile::remove(name);
    QVERIFY(file.rename(name));
}

void tst_HttpCredentials::startService(bool hasTags)
{
    m_service = std::make_unique<Program>();
    const QString python = QStringLiteral(PYTHON);
    if (hasTags) {
        m_service->start(python, {QStringLiteral(ETAG_SERVER), m_folder->path()});
    } else {
        m_service->start(python, {u"-u"_s, u"-m"_s, u"http.server"_s, u"0"_s, u"--bind"_s,
                                  u"127.0.0.1"_s, u"--directory"_s, m_folder->path()});
    }
    m_port = m_service->wait(u"port (\\d+)"_s);
    QVERIFY2(!m_port.isEmpty(), qPrintable(m_service->output));
}

void tst_HttpCredentials::startServer()
{
    m_program = std::make_unique<Program>();
    m_program->start(QStringLiteral(HTTPCREDENTIALS),
                     {u"http://127.0.0.1:%1/keys.json"_s.arg(m_port),
                      m_folder->filePath(u"server.key_secret"_s), u"tcp://127.0.0.1:*"_s});
    m_endpoint = m_program->wait(u"Bound to (tcp://[0-9.:]+)"_s);
    QVERIFY2(!m_endpoint.isEmpty(), qPrintable(m_program->output));
}

// Returns 200 or 400; 0 if there is no definite answer yet.
int tst_HttpCredentials::outcome(const QZapCertificate &client)
{
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::push);
    QZapSocketMonitor monitor(socket);
    QSignalSpy accepted(&monitor, &QZapSocketMonitor::accepted);
    QSignalSpy refused(&monitor, &QZapSocketMonitor::refused);
    socket.set(zmq::sockopt::linger, 0);
    if (!QZap::setCurveClient(socket, client, m_server.publicKeyText()))
        return 0;
    socket.connect(m_endpoint.toStdString());
    (void)QTest::qWaitFor([&] { return accepted.count() + refused.count() > 0; }, 1000);
    if (accepted.count() > 0)
        return 200;
    const bool isDefinite = refused.count() > 0
                            && refused.constFirst().constFirst().value<QZap::Status>()
                                   == QZap::Status::AuthenticationFailure;
    return isDefinite ? 400 : 0;
}

bool tst_HttpCredentials::isAccepted(const QZapCertificate &client)
{
    return outcome(client) == 200;
}

bool tst_HttpCredentials::isRefused(const QZapCertificate &client)
{
    return outcome(client) == 400;
}

void tst_HttpCredentials::followsTheList_data()
{
    QTest::addColumn<bool>("hasTags");
    QTest::newRow("python3 -m http.server") << false;
    QTest::newRow("a service with ETag") << true;
}

void tst_HttpCredentials::followsTheList()
{
    QFETCH(bool, hasTags);
    write({m_alice});
    startService(hasTags);
    startServer();
    QTRY_VERIFY_WITH_TIMEOUT(isAccepted(m_alice), 20000);
    QVERIFY(isRefused(m_bob));
    if (hasTags) // the unchanged list is not sent again
        QVERIFY(!m_service->wait(u"(304)"_s).isNull());
    write({m_bob});
    QTRY_VERIFY_WITH_TIMEOUT(isAccepted(m_bob), 20000);
    QVERIFY(isRefused(m_alice));
    QVERIFY2(!m_program->output.contains(u"list"_s), qPrintable(m_program->output));
}

// Neither before the first list, nor when the last one is too old.
void tst_HttpCredentials::letsNobodyInWithoutAService()
{
    startService();
    startServer();
    QCOMPARE(outcome(m_alice), 0); // there is no list yet
    write({m_alice});
    QTRY_VERIFY_WITH_TIMEOUT(isAccepted(m_alice), 20000);
    m_service->process.kill();
    QVERIFY(m_service->process.waitForFinished());
    QTRY_COMPARE_WITH_TIMEOUT(outcome(m_alice), 0, 20000);
    QCOMPARE(outcome(m_bob), 0);
}

void tst_HttpCredentials::keepsTheListIfTheNextIsInvalid_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("said");
    QTest::newRow("no JSON") << "<html>Sorry</html>"_ba << u"does not answer with a list"_s;
    QTest::newRow("an object") << "{ \"error\": 5 }"_ba << u"does not answer with a list"_s;
    QTest::newRow("an invalid key") << "[\"key\"]"_ba << u"entry 1: the key is not 40"_s;
}

void tst_HttpCredentials::keepsTheListIfTheNextIsInvalid()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, said);
    write({m_alice});
    startService();
    startServer();
    QTRY_VERIFY_WITH_TIMEOUT(isAccepted(m_alice), 20000);
    write(text);
    const bool isSaid = !m_program->wait(u'(' + QRegularExpression::escape(said) + u')').isNull();
    QVERIFY2(isSaid, qPrintable(m_program->output));
    QVERIFY(isAccepted(m_alice));
}

// The class that the manual shows.
void tst_HttpCredentials::isShort()
{
    QFile source(QStringLiteral(SOURCE));
    QVERIFY(source.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(source.readAll()).section(u"//! [poll]"_s, 1, 1);
    static const QRegularExpression code(u"^ *[a-zA-Z].*|.*;$"_s);
    const qsizetype lines = text.split(u'\n').filter(code).size();
    QVERIFY2(lines > 10 && lines <= 35, qPrintable(QString::number(lines)));
}

QTEST_GUILESS_MAIN(tst_HttpCredentials)
#include "tst_httpcredentials.moc"
