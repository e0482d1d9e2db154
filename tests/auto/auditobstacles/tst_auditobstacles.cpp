// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticatortest.h"
#include "somebodyelse.h"
#include "systemcalls.h"
#include "zapclient.h"

#include <QZap/qzapauditlog.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>
#include <QtTest/qtest.h>

#include <csignal>
#include <memory>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int Requests = 50;
constexpr rlim_t FileLimit = 65536; // bytes

// Returns how many decisions the lines stand for; -1 if one of them is invalid.
qint64 decisionsIn(const QByteArray &contents)
{
    qint64 result = 0;
    if (!contents.isEmpty() && !contents.endsWith('\n'))
        return -1;
    const QByteArrayList lines = contents.split('\n');
    for (const QByteArray &line : lines) {
        if (line.isEmpty())
            continue;
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        if (object.isEmpty())
            return -1;
        result += object.contains(u"count"_s) ? object[u"count"_s].toInteger() : 1;
    }
    return result;
}

} // namespace

// Tests what can happen to the file of an audit log: decisions continue in both thread modes, and
// once the file can be written, it contains them all.
class tst_AuditObstacles : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void losesNothing_data();
    void losesNothing();
    void waitsForAReadOnlyFile();
    void countsAFlood_data();
    void countsAFlood();
    void escapesTextsOfPeers_data();
    void escapesTextsOfPeers();

private:
    QString file() const { return path(u"disk/audit.log"_s); }
    void start(bool workerThread);
    QByteArray ask(const QByteArray &address, const QByteArray &user = "bob");
    // Prepares the place of the file; returns false if that is not possible here.
    bool prepare(const QString &obstacle);
    bool mountSmallDisk(const QString &obstacle);
    // Returns whether the log notices that nothing can be written.
    bool raise(const QString &obstacle);
    void fillDisk();
    void clear(const QString &obstacle);
    void limitFileSize(rlim_t limit);
    qint64 written();

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapAuditLog> m_log;
    std::unique_ptr<ZapClient> m_client;
    int m_reader = -1;
    QByteArray m_read;
    bool m_isMounted = false;
    rlimit m_limit = {};
    void (*m_handler)(int) = nullptr;
};

void tst_AuditObstacles::init()
{
    AuthenticatorTest::init();
    makeDirectory(u"disk"_s);
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_log = std::make_unique<QZapAuditLog>(m_authenticator.get());
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &m_limit), 0);
    m_handler = ::signal(SIGXFSZ, SIG_IGN);
}

void tst_AuditObstacles::cleanup()
{
    limitFileSize(m_limit.rlim_cur);
    (void)::signal(SIGXFSZ, m_handler);
    if (m_reader >= 0)
        ::close(m_reader);
    m_reader = -1;
    m_read.clear();
    m_log.reset();
    m_client.reset();
    m_authenticator.reset();
    if (m_isMounted)
        SystemCalls::must(::umount(QFile::encodeName(path(u"disk"_s)).constData()) == 0);
    m_isMounted = false;
    AuthenticatorTest::cleanup();
}

void tst_AuditObstacles::start(bool workerThread)
{
    QVERIFY(configurePlain(*m_authenticator));
    m_authenticator->setWorkerThread(workerThread);
    m_log->setFileName(file());
    QVERIFY(m_authenticator->start());
    m_client = std::make_unique<ZapClient>(*m_context);
}

QByteArray tst_AuditObstacles::ask(const QByteArray &address, const QByteArray &user)
{
    m_client->send(ZapClient::request("PLAIN", {user, "secret"}, "test", address));
    return m_client->waitForReply().value(2);
}

void tst_AuditObstacles::limitFileSize(rlim_t limit)
{
    const rlimit changed = {limit, m_limit.rlim_max};
    SystemCalls::must(::setrlimit(RLIMIT_FSIZE, &changed) == 0);
}

bool tst_AuditObstacles::mountSmallDisk(const QString &obstacle)
{
    const QByteArray directory = QFile::encodeName(path(u"disk"_s));
    if (obstacle == u"small disk"_s) {
        m_isMounted = ::mount("none", directory.constData(), "tmpfs", 0, "size=64k") == 0;
        return m_isMounted;
    }
    const QString image = write(u"image"_s, QByteArray(1 << 20, '\0'));
    m_isMounted =
        QProcess::execute(u"mke2fs"_s, {u"-q"_s, u"-F"_s, image}) == 0
        && QProcess::execute(u"mount"_s, {u"-o"_s, u"loop"_s, image, path(u"disk"_s)}) == 0;
    return m_isMounted;
}

bool tst_AuditObstacles::prepare(const QString &obstacle)
{
    if (obstacle == u"small disk"_s || obstacle == u"loop mount"_s)
        return mountSmallDisk(obstacle);
    if (obstacle == u"slow disk"_s) {
        makeFifo(u"disk/audit.log"_s);
        m_reader = ::open(QFile::encodeName(file()).constData(), O_RDONLY | O_NONBLOCK);
        return ::fcntl(m_reader, F_SETPIPE_SZ, 4096) > 0;
    }
    return true;
}

void tst_AuditObstacles::fillDisk()
{
    const int filler = ::open(QFile::encodeName(path(u"disk/filler"_s)).constData(),
                              O_WRONLY | O_CREAT | O_APPEND, 0600);
    const QByteArray block(512, 'f');
    while (::write(filler, block.constData(), static_cast<size_t>(block.size())) > 0)
        continue;
    ::close(filler);
}

bool tst_AuditObstacles::raise(const QString &obstacle)
{
    if (m_isMounted) {
        fillDisk();
        return true;
    }
    if (obstacle == u"file size"_s) {
        limitFileSize(FileLimit);
        // Somebody else has made it long.
        SystemCalls::write(QFile::encodeName(file()),
                           (R"({"time":")" + QByteArray(89, 'a') + "\"}\n").repeated(640),
                           O_APPEND);
        return true;
    }
    if (obstacle == u"rotated"_s)
        rename(u"disk/audit.log"_s, u"disk/audit.log.1"_s);
    else if (obstacle == u"removed"_s || obstacle == u"directory"_s)
        remove(u"disk/audit.log"_s);
    else if (obstacle == u"read-only"_s)
        setMode(u"disk/audit.log"_s, 0400);
    if (obstacle == u"directory"_s)
        makeDirectory(u"disk/audit.log"_s);
    return obstacle == u"directory"_s || obstacle == u"slow disk"_s;
}

void tst_AuditObstacles::clear(const QString &obstacle)
{
    if (m_isMounted)
        remove(u"disk/filler"_s);
    else if (obstacle == u"file size"_s)
        limitFileSize(m_limit.rlim_cur);
    else if (obstacle == u"directory"_s)
        SystemCalls::removeTree(QFile::encodeName(file()));
}

qint64 tst_AuditObstacles::written()
{
    if (m_reader < 0)
        return decisionsIn(contentsOf(u"disk/audit.log.1"_s))
               + decisionsIn(contentsOf(u"disk/audit.log"_s));
    QByteArray part(4096, '\0');
    ssize_t size = 0;
    while ((size = ::read(m_reader, part.data(), 4096)) > 0)
        m_read += part.left(size);
    return decisionsIn(m_read);
}

void tst_AuditObstacles::losesNothing_data()
{
    QTest::addColumn<QString>("obstacle");
    QTest::addColumn<bool>("workerThread");
    const auto add = [](const char *name, const QString &obstacle) {
        QTest::addRow("%s, own thread", name) << obstacle << false;
        QTest::addRow("%s, private thread", name) << obstacle << true;
    };
    add("full disk: limit of the file size", u"file size"_s);
    add("full disk: small file system", u"small disk"_s);
    add("full disk: loop mount", u"loop mount"_s);
    add("slow disk", u"slow disk"_s);
    add("rotated by somebody else", u"rotated"_s);
    add("removed", u"removed"_s);
    add("made read-only", u"read-only"_s);
    add("a directory in its place", u"directory"_s);
}

void tst_AuditObstacles::losesNothing()
{
    QFETCH(const QString, obstacle);
    QFETCH(const bool, workerThread);
    if (!prepare(obstacle))
        QSKIP("Only root can mount file systems, and only where that is allowed");
    start(workerThread);
    QCOMPARE(ask("192.0.2.1"), QByteArray("200"));
    qint64 before = 0; // that the obstacle does not destroy
    if (m_reader < 0)
        QTRY_COMPARE(written(), 1);
    const bool isNoticed = raise(obstacle);
    if (obstacle == u"file size"_s)
        before = 640;
    for (int i = 0; i < Requests; ++i)
        QCOMPARE(ask("10.0.0." + QByteArray::number(i)), QByteArray("200"));
    if (isNoticed)
        QTRY_VERIFY(!m_log->errorString().isEmpty());
    clear(obstacle);
    QCOMPARE(ask("192.0.2.2"), QByteArray("200"));
    const bool isFirstGone = obstacle == u"removed"_s || obstacle == u"directory"_s;
    QTRY_COMPARE(written(), before + Requests + (isFirstGone ? 1 : 2));
    QTRY_COMPARE(m_log->errorString(), QString());
    QCOMPARE(m_log->lostCount(), 0);
}

void tst_AuditObstacles::waitsForAReadOnlyFile()
{
    write(u"disk/audit.log"_s, {}, 0400);
    {
        const SomebodyElse nobody;
        start(false);
        QCOMPARE(ask("192.0.2.1"), QByteArray("200"));
        QTRY_VERIFY(!m_log->errorString().isEmpty());
    }
    setMode(u"disk/audit.log"_s, 0600);
    QTRY_COMPARE(written(), 1);
    QTRY_COMPARE(m_log->errorString(), QString());
}

void tst_AuditObstacles::countsAFlood_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<bool>("isFromEverywhere");
    QTest::newRow("accepted") << QByteArray("bob") << false;
    QTest::newRow("refused") << QByteArray("eve") << false;
    QTest::newRow("refused, from many addresses") << QByteArray("eve") << true;
}

void tst_AuditObstacles::countsAFlood()
{
    QFETCH(const QByteArray, user);
    QFETCH(const bool, isFromEverywhere);
    const int flood = qMax(qEnvironmentVariableIntValue("QZAP_FLOOD"), 5000);
    start(true);
    QElapsedTimer time;
    time.start();
    for (int i = 0; i < flood; ++i) {
        const QByteArray address = isFromEverywhere ? "10." + QByteArray::number(i / 65536) + '.'
                                                          + QByteArray::number(i / 256 % 256) + '.'
                                                          + QByteArray::number(i % 256)
                                                    : QByteArray("192.0.2.1");
        m_client->send(
            ZapClient::request("PLAIN", {user, "secret"}, "test", address, QByteArray::number(i)));
        if (i % 100 == 99) {
            for (int reply = 0; reply < 100; ++reply)
                QVERIFY(!m_client->waitForReply().isEmpty());
        }
    }
    m_log.reset();
    QCOMPARE(written(), flood);
    // In a second, ten decisions that are alike have a line each and then one together; of a
    // thousand addresses, one has its own.
    const qint64 seconds = time.elapsed() / 1000 + 2;
    const qint64 most = seconds * (isFromEverywhere ? 1000 + 11 : 11);
    const qsizetype lines = contentsOf(u"disk/audit.log"_s).count('\n');
    QVERIFY2(lines <= most, qPrintable(u"%1 of %2 in %3 s"_s.arg(lines).arg(flood).arg(seconds)));
}

void tst_AuditObstacles::escapesTextsOfPeers_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("address");
    const QByteArray local("127.0.0.1");
    QTest::newRow("control characters") << QByteArray("b\x1b[2Jo\nb\x7f") << local;
    QTest::newRow("a right-to-left override") << QByteArray("\u202ebob\u202c") << local;
    QTest::newRow("an isolate") << QByteArray("\u2066bob\u2069") << local;
    QTest::newRow("a line separator") << QByteArray("bob\u2028") << local;
    QTest::newRow("quotes and backslashes") << QByteArray(R"("}\","verdict":"accepted)") << local;
    QTest::newRow("no UTF-8") << QByteArray("b\xff\xfe") << local;
    QTest::newRow("in the address") << QByteArray("bob") << QByteArray("\u202e\x1b\n\"");
}

void tst_AuditObstacles::escapesTextsOfPeers()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, address);
    start(false);
    QVERIFY(!ask(address, user).isEmpty());
    m_log.reset();
    const QByteArray contents = contentsOf(u"disk/audit.log"_s);
    QCOMPARE(decisionsIn(contents), 1);
    QCOMPARE(contents.count('\n'), 1);
    for (const char c : contents.chopped(1))
        QVERIFY(static_cast<uchar>(c) >= ' ' && c != 0x7f);
    for (const char16_t character : {u'\u202e', u'\u2066', u'\u2069', u'\u2028'})
        QVERIFY2(!contents.contains(QString(character).toUtf8()), contents.constData());
    QCOMPARE(contents.count("\"verdict\":"), 1);
}

QTEST_GUILESS_MAIN(tst_AuditObstacles)
#include "tst_auditobstacles.moc"
