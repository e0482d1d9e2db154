// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"
#include "logcollector.h"
#include "zapclient.h"

#include <QZap/qzapauditlog.h>
#include <QZap/qzapcertificate.h>
#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapdecision.h>
#include <QZap/qzapguard.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qdir.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

#include <fcntl.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// What is written about decisions. tst_auditloglife tests threads and the order of destruction.
class tst_QZapAuditLog : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void hasDefaults();
    void hasProperties();
    void writesDecisions_data();
    void writesDecisions();
    void writesUnenforcedRefusals();
    void writesAKeysFingerprint();
    void writesTheNumberOfASession();
    void writesADuration();
    void writesWhatIsDropped_data();
    void writesWhatIsDropped();
    void decidesWhateverHappensToTheFile_data();
    void decidesWhateverHappensToTheFile();
    void containsNoSecret();
    void escapesAProvidersText();
    void writesNothingWithoutAFile();
    void writesToStandardOutput();
    void reportsErrors();
    void dropsAnErrorSilentlyWithTheFile();
    void refusesAFileOfAnotherLog();
    void resolvesRelativePaths();

private:
    // Sends a request, and returns the status of the reply.
    QByteArray ask(const QByteArray &mechanism, const QByteArrayList &credentials = {},
                   const QByteArray &domain = "test")
    {
        const QByteArrayList request = ZapClient::request(mechanism, credentials, domain);
        const QByteArrayList reply = m_authenticator->handleZapMessage(request).result();
        return reply.value(2);
    }
    // Closes the log, and returns its lines.
    QList<QJsonObject> lines()
    {
        m_log.reset();
        QList<QJsonObject> result;
        const QByteArrayList texts = contentsOf(u"audit.log"_s).split('\n');
        for (const QByteArray &text : texts) {
            if (!text.isEmpty())
                result += QJsonDocument::fromJson(text).object();
        }
        return result;
    }
    QString file() const { return path(u"audit.log"_s); }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapAuditLog> m_log;
};

void tst_QZapAuditLog::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_log = std::make_unique<QZapAuditLog>(m_authenticator.get());
    m_log->setFileName(file());
}

void tst_QZapAuditLog::cleanup()
{
    m_log.reset();
    m_authenticator.reset();
    AuthenticatorTest::cleanup();
}

void tst_QZapAuditLog::hasDefaults()
{
    const QZapAuditLog log;
    QVERIFY(!log.authenticator());
    QVERIFY(log.fileName().isEmpty());
    QCOMPARE(log.maximumSize(), 100 * 1024 * 1024);
    QCOMPARE(log.maximumAge(), 0);
    QCOMPARE(log.maximumFiles(), 10);
    QCOMPARE(log.syncInterval(), 1000);
    QCOMPARE(log.lostCount(), 0);
    QVERIFY(log.errorString().isEmpty());
}

void tst_QZapAuditLog::hasProperties()
{
    QZapAuditLog log;
    QSignalSpy authenticatorChanged(&log, &QZapAuditLog::authenticatorChanged);
    QSignalSpy fileNameChanged(&log, &QZapAuditLog::fileNameChanged);
    QSignalSpy sizeChanged(&log, &QZapAuditLog::maximumSizeChanged);
    QSignalSpy ageChanged(&log, &QZapAuditLog::maximumAgeChanged);
    QSignalSpy filesChanged(&log, &QZapAuditLog::maximumFilesChanged);
    QSignalSpy intervalChanged(&log, &QZapAuditLog::syncIntervalChanged);
    for (int i = 0; i < 2; ++i) { // the second time changes nothing
        log.setAuthenticator(m_authenticator.get());
        log.setFileName(path(u"other.log"_s));
        log.setMaximumSize(-1);
        log.setMaximumAge(24h);
        log.setMaximumFiles(0);
        log.setSyncInterval(-5);
    }
    QCOMPARE(log.authenticator(), m_authenticator.get());
    QCOMPARE(log.fileName(), path(u"other.log"_s));
    QCOMPARE(log.maximumSize(), 0);
    QCOMPARE(log.maximumAge(), 86'400);
    QCOMPARE(log.maximumFiles(), 1);
    QCOMPARE(log.syncInterval(), -1);
    log.setSyncInterval(2s);
    QCOMPARE(log.syncInterval(), 2000);
    log.setMaximumFiles(1'000'000);
    QCOMPARE(log.maximumFiles(), 1000);
    log.setMaximumAge(-1s);
    QCOMPARE(log.maximumAge(), 0);
    QCOMPARE(authenticatorChanged.count(), 1);
    QCOMPARE(fileNameChanged.count(), 1);
    QCOMPARE(sizeChanged.count(), 1);
    QCOMPARE(ageChanged.count(), 2);
    QCOMPARE(filesChanged.count(), 2);
    QCOMPARE(intervalChanged.count(), 2);
}

void tst_QZapAuditLog::writesDecisions_data()
{
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<bool>("lockdown");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("reason");
    QTest::newRow("accepted") << QByteArray("secret") << false << u"accepted"_s << 200 << u"OK"_s;
    QTest::newRow("refused") << QByteArray("wrong") << false << u"refused"_s << 400
                             << u"The user name or password is wrong"_s;
    QTest::newRow("later") << QByteArray("secret") << true << u"later"_s << 300
                           << u"The authenticator is locked down"_s;
}

void tst_QZapAuditLog::writesDecisions()
{
    QFETCH(const QByteArray, password);
    QFETCH(const bool, lockdown);
    QFETCH(const QString, verdict);
    QFETCH(const int, status);
    QFETCH(const QString, reason);
    QVERIFY(configurePlain(*m_authenticator));
    m_authenticator->setLockdown(lockdown);
    ask("PLAIN", {"bob", password});
    const QList<QJsonObject> all = lines();
    QCOMPARE(all.size(), 1);
    QJsonObject line = all.first();
    const QDateTime time =
        QDateTime::fromString(line.take(u"time"_s).toString(), Qt::ISODateWithMs);
    QVERIFY(qAbs(time.secsTo(QDateTime::currentDateTimeUtc())) < 60);
    QVERIFY(line.take(u"durationUs"_s).toInt(-1) >= 0);
    QCOMPARE(line, (QJsonObject{{u"verdict"_s, verdict},
                                {u"status"_s, status},
                                {u"reason"_s, reason},
                                {u"domain"_s, u"test"_s},
                                {u"mechanism"_s, u"PLAIN"_s},
                                {u"address"_s, u"127.0.0.1"_s},
                                {u"user"_s, u"bob"_s}}));
}

void tst_QZapAuditLog::writesUnenforcedRefusals()
{
    QVERIFY(configurePlain(*m_authenticator));
    m_authenticator->setReportOnly(true);
    QCOMPARE(ask("PLAIN", {"eve", "x"}), QByteArray("200"));
    const QList<QJsonObject> all = lines();
    QCOMPARE(all.size(), 1);
    QCOMPARE(all.first()[u"verdict"_s].toString(), u"refused"_s);
    QCOMPARE(all.first()[u"enforced"_s], QJsonValue(false));
    QCOMPARE(all.first()[u"status"_s].toInt(), 400);
}

void tst_QZapAuditLog::writesAKeysFingerprint()
{
    QVERIFY(m_authenticator->configureCurve(test(), QZap::CurveAllowAny));
    const QByteArray key(32, 'k');
    QCOMPARE(ask("CURVE", {key}), QByteArray("200"));
    QCOMPARE(ask("CURVE", {key}, "other"), QByteArray("400"));
    const QList<QJsonObject> all = lines();
    QCOMPARE(all.size(), 2);
    for (const QJsonObject &line : all)
        QCOMPARE(line[u"key"_s].toString(), u"7e789ffd6cfcc726"_s);
}

void tst_QZapAuditLog::writesTheNumberOfASession()
{
    QVERIFY(configurePlain(*m_authenticator));
    ask("PLAIN", {"bob", "secret"});
    const QZapGuard guard(m_authenticator.get());
    ask("PLAIN", {"bob", "secret"});
    ask("PLAIN", {"bob", "secret"});
    ask("PLAIN", {"bob", "wrong"});
    const QList<QJsonObject> all = lines();
    QCOMPARE(all.size(), 4);
    QVERIFY(!all.at(0).contains(u"session"_s));
    const qint64 first = all.at(1)[u"session"_s].toInteger();
    QVERIFY(first > 0);
    QCOMPARE(all.at(2)[u"session"_s].toInteger(), first + 1);
    QVERIFY(!all.at(3).contains(u"session"_s));
}

// A provider answers later, in the time of the steady clock.
void tst_QZapAuditLog::writesADuration()
{
    QZapCredentialsProvider provider;
    QZapDecision pending;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [&pending](const QZapDecision &decision) {
                pending = decision;
                pending.defer();
            });
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    const QFuture<QByteArrayList> reply =
        m_authenticator->handleZapMessage(ZapClient::request("NULL"));
    QElapsedTimer clock;
    clock.start();
    QTRY_VERIFY(clock.elapsed() >= 20);
    pending.accept();
    QTRY_VERIFY(reply.isFinished());
    const QList<QJsonObject> all = lines();
    QCOMPARE(all.size(), 1);
    QVERIFY(all.first()[u"durationUs"_s].toInt() >= 20'000);
}

void tst_QZapAuditLog::writesWhatIsDropped_data()
{
    QTest::addColumn<QString>("cause");
    QTest::addColumn<QString>("reason");
    QTest::newRow("unanswerable") << u"unanswerable"_s << u"The request has no return path or id"_s;
    QTest::newRow("superseded") << u"superseded"_s << u"The peer has asked again"_s;
    QTest::newRow("undelivered") << u"undelivered"_s << u"The reply has reached nobody"_s;
}

void tst_QZapAuditLog::writesWhatIsDropped()
{
    QFETCH(const QString, cause);
    QFETCH(const QString, reason);
    QZapCredentialsProvider provider;
    QList<QZapDecision> pending;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [&pending](const QZapDecision &decision) {
                decision.defer();
                pending += decision;
            });
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    if (cause == u"unanswerable"_s) {
        client.sendRaw({"no delimiter"});
    } else {
        client.send(ZapClient::request("NULL", {}, "test", "192.0.2.9"));
        QTRY_COMPARE(pending.size(), 1);
        if (cause == u"superseded"_s) {
            client.send(ZapClient::request("NULL", {}, "test", "192.0.2.9"));
        } else {
            client.disconnect();
            pending.first().accept();
        }
    }
    QTRY_COMPARE(m_authenticator->droppedCount(), 1);
    const QList<QJsonObject> all = lines();
    QCOMPARE(all.size(), 1);
    const QJsonObject &line = all.first();
    QCOMPARE(line[u"verdict"_s].toString(), u"dropped"_s);
    QCOMPARE(line[u"reason"_s].toString(), reason);
    QVERIFY(!line.contains(u"status"_s));
    QCOMPARE(line.contains(u"address"_s), cause != u"unanswerable"_s);
}

void tst_QZapAuditLog::decidesWhateverHappensToTheFile_data()
{
    QTest::addColumn<QString>("file");
    QTest::newRow("full disk") << u"/dev/full"_s;
    QTest::newRow("nobody reads") << u"fifo"_s;
    QTest::newRow("no directory") << u"missing/audit.log"_s;
}

void tst_QZapAuditLog::decidesWhateverHappensToTheFile()
{
    QFETCH(const QString, file);
    makeFifo(u"fifo"_s);
    const int reader =
        ::open(QFile::encodeName(path(u"fifo"_s)).constData(), O_RDONLY | O_NONBLOCK);
    QVERIFY(configurePlain(*m_authenticator));
    m_log->setFileName(file.startsWith(u'/') ? file : path(file));
    for (int i = 0; i < 1000; ++i) { // more than fits into the FIFO
        const QByteArray address =
            "10.0." + QByteArray::number(i / 256) + '.' + QByteArray::number(i % 256);
        const QByteArrayList request =
            ZapClient::request("PLAIN", {"bob", "wrong"}, "test", address);
        QCOMPARE(m_authenticator->handleZapMessage(request).result().value(2), QByteArray("400"));
    }
    QCOMPARE(ask("PLAIN", {"bob", "secret"}), QByteArray("200"));
    m_log->setFileName({}); // or else, the destructor tries for some time to write what is left
    m_log.reset();
    ::close(reader);
}

void tst_QZapAuditLog::containsNoSecret()
{
    const QZapGuard guard(m_authenticator.get());
    QVERIFY(configurePlain(*m_authenticator));
    ask("PLAIN", {"bob", "secret"});
    ask("PLAIN", {"bob", "Wr0ng-guess"});
    ask("PLAIN", {"bob", "Wr0ng-guess", "surplus"});
    QCOMPARE(lines().size(), 3);
    const QByteArray contents = contentsOf(u"audit.log"_s);
    QVERIFY(!contents.contains("secret"));
    QVERIFY(!contents.contains("Wr0ng-guess"));
    QVERIFY(!contents.contains("QZap-Session"));
}

void tst_QZapAuditLog::escapesAProvidersText()
{
    const QString text = u"no \"entry\"\n\u202e\x1b[2J"_s;
    QZapCredentialsProvider provider;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [&text](const QZapDecision &decision) { decision.reject(text); });
    QVERIFY(m_authenticator->setCredentialsProvider(test(), &provider));
    ask("NULL");
    const QList<QJsonObject> all = lines();
    QCOMPARE(all.size(), 1);
    const QByteArray contents = contentsOf(u"audit.log"_s);
    QCOMPARE(contents.count('\n'), 1);
    QVERIFY(!contents.contains('\x1b'));
    QVERIFY(!contents.contains("\xe2\x80\xae"));
}

void tst_QZapAuditLog::writesNothingWithoutAFile()
{
    QVERIFY(configurePlain(*m_authenticator));
    m_log->setFileName({});
    ask("PLAIN", {"bob", "secret"});
    m_log->setFileName(file());
    ask("PLAIN", {"bob", "wrong"});
    const QList<QJsonObject> all = lines();
    QCOMPARE(all.size(), 1);
    QCOMPARE(all.first()[u"verdict"_s].toString(), u"refused"_s);
}

void tst_QZapAuditLog::writesToStandardOutput()
{
    QVERIFY(configurePlain(*m_authenticator));
    write(u"output"_s, {});
    (void)::fflush(stdout);
    const int output = ::dup(STDOUT_FILENO);
    const int redirected =
        ::open(QFile::encodeName(path(u"output"_s)).constData(), O_WRONLY | O_APPEND);
    ::dup2(redirected, STDOUT_FILENO);
    ::close(redirected);
    m_log->setFileName(u"-"_s);
    ask("PLAIN", {"bob", "secret"});
    m_log.reset();
    ::dup2(output, STDOUT_FILENO);
    ::close(output);
    QCOMPARE(contentsOf(u"output"_s).count("\"accepted\""), 1);
    QCOMPARE(contentsOf(u"audit.log"_s), QByteArray());
}

void tst_QZapAuditLog::reportsErrors()
{
    QVERIFY(configurePlain(*m_authenticator));
    QSignalSpy errors(m_log.get(), &QZapAuditLog::errorOccurred);
    m_log->setFileName(path(u"missing/audit.log"_s));
    QTRY_COMPARE(errors.count(), 1);
    QVERIFY(errors.first().first().toString().contains(path(u"missing/audit.log"_s)));
    QCOMPARE(m_log->errorString(), errors.first().first().toString());
    QCOMPARE(ask("PLAIN", {"bob", "secret"}), QByteArray("200"));
    makeDirectory(u"missing"_s);
    QTRY_VERIFY(m_log->errorString().isEmpty());
    QTRY_COMPARE(contentsOf(u"missing/audit.log"_s).count('\n'), 1);
    QCOMPARE(m_log->lostCount(), 0);
    QCOMPARE(errors.count(), 1);
}

void tst_QZapAuditLog::dropsAnErrorSilentlyWithTheFile()
{
    const LogCollector collector;
    m_log->setFileName(path(u"missing/audit.log"_s));
    QTRY_VERIFY(!m_log->errorString().isEmpty());
    m_log->setFileName({});
    QTRY_VERIFY(m_log->errorString().isEmpty());
    QCOMPARE(collector.count(u"written again"_s), 0);
}

void tst_QZapAuditLog::refusesAFileOfAnotherLog()
{
    QTRY_VERIFY(names().contains(u"audit.log"_s));
    QZapAuditLog other(m_authenticator.get());
    other.setFileName(file());
    QTRY_VERIFY(other.errorString().contains(u"another audit log"_s));
    m_log.reset();
    QTRY_VERIFY(other.errorString().isEmpty());
}

void tst_QZapAuditLog::resolvesRelativePaths()
{
    const QString before = QDir::currentPath();
    QVERIFY(QDir::setCurrent(path()));
    m_log->setFileName(u"relative.log"_s);
    QVERIFY(QDir::setCurrent(before));
    QCOMPARE(m_log->fileName(), u"relative.log"_s);
    QTRY_VERIFY(names().contains(u"relative.log"_s));
    // Another name of the same file is another value of the property.
    const QSignalSpy fileNameChanged(m_log.get(), &QZapAuditLog::fileNameChanged);
    m_log->setFileName(path(u"relative.log"_s));
    QCOMPARE(m_log->fileName(), path(u"relative.log"_s));
    QCOMPARE(fileNameChanged.count(), 1);
}

QTEST_GUILESS_MAIN(tst_QZapAuditLog)
#include "tst_qzapauditlog.moc"
