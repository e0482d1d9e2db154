// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "descriptorshortage.h"
#include "peer.h"
#include "server.h"
#ifdef HAVE_THREAD_SHORTAGE
#    include "threadshortage.h"
#endif

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qurl.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

using QZap::Mechanism;
using Error = QZapAuthenticator::Error;

namespace {

// A PLAIN client that uses one descriptor and no thread.
class RawPeer
{
public:
    // The socket is invalid if no descriptor is left.
    explicit RawPeer(quint16 port)
        : m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
    {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (m_socket >= 0)
            (void)::connect(m_socket, reinterpret_cast<sockaddr *>(&address), sizeof address);
    }
    RawPeer(RawPeer &&other) noexcept
        : m_socket(std::exchange(other.m_socket, -1))
        , m_received(std::move(other.m_received))
    { }
    RawPeer &operator=(RawPeer &&other) = delete;
    Q_DISABLE_COPY(RawPeer)
    ~RawPeer()
    {
        if (m_socket >= 0)
            ::close(m_socket);
    }

    bool isValid() const { return m_socket >= 0; }
    // Sends the greeting of ZMTP 3.0 and the command HELLO.
    void sendHello(const QByteArray &user, const QByteArray &password)
    {
        QByteArray greeting = QByteArray("\xff\0\0\0\0\0\0\0\0\x7f\x03\0PLAIN", 17);
        greeting.resize(64, '\0');
        const QByteArray body = QByteArray("\x05HELLO") + text(user) + text(password);
        const QByteArray all = greeting + '\x04' + static_cast<char>(body.size()) + body;
        QCOMPARE(::send(m_socket, all.constData(), static_cast<size_t>(all.size()), MSG_NOSIGNAL),
                 static_cast<ssize_t>(all.size()));
    }
    bool hasReceived(const QByteArray &what)
    {
        char buffer[4096];
        for (ssize_t size = 1; size > 0;) {
            size = ::recv(m_socket, buffer, sizeof buffer, 0);
            if (size > 0)
                m_received.append(buffer, static_cast<qsizetype>(size));
        }
        return m_received.contains(what);
    }

private:
    static QByteArray text(const QByteArray &bytes)
    {
        return static_cast<char>(bytes.size()) + bytes;
    }

    int m_socket;
    QByteArray m_received;
};

} // namespace

// Tests a process that runs out of descriptors or threads: it does not end, accepts nobody by
// mistake, and continues once some are available.
class tst_Exhaustion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void defaultContextWithoutDescriptors(); // runs first: the context is created only once
    void startWithFewDescriptors_data();
    void startWithFewDescriptors();
    void startWithoutSockets();
    void firstFilesWithoutDescriptors_data();
    void firstFilesWithoutDescriptors();
    void filesChangeWithoutDescriptors_data();
    void filesChangeWithoutDescriptors();
    void survivesIdlePeersThatTakeAllDescriptors_data();
    void survivesIdlePeersThatTakeAllDescriptors();
    void startWithoutThreads_data();
    void startWithoutThreads();
    void firstFilesWithoutThreads_data();
    void firstFilesWithoutThreads();

private:
    static QString test() { return QStringLiteral("test"); }
    QString path(const char *name) const
    {
        return m_directory->filePath(QString::fromLatin1(name));
    }
    void write(const QString &file, const QByteArray &text) const
    {
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        QCOMPARE(out.write(text), text.size());
    }
    static QByteArray certificateText(const QZapCertificate &key)
    {
        return "metadata\ncurve\n    public-key = \"" + key.publicKeyText().toLatin1() + "\"\n";
    }
    QZap::Status evaluate(const QZapCredentials &credentials) const
    {
        return m_authenticator->evaluate(test(), QStringLiteral("127.0.0.1"), credentials).status();
    }
    void addFileRows();
    void configureFiles(const QString &kind);
    bool areFilesReady() const;

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    QZapCertificate m_alice;
    QZapCertificate m_bob;
};

void tst_Exhaustion::initTestCase()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void tst_Exhaustion::init()
{
    m_context = std::make_unique<zmq::context_t>();
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_alice = QZapCertificate::generate();
    m_bob = QZapCertificate::generate();
}

void tst_Exhaustion::cleanup()
{
    m_authenticator.reset();
    m_context.reset();
    m_directory.reset();
}

void tst_Exhaustion::defaultContextWithoutDescriptors()
{
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    {
        const DescriptorShortage shortage(0);
        QVERIFY(!authenticator.context());
        QVERIFY(!authenticator.start());
        QVERIFY(!authenticator.isRunning());
    }
    QCOMPARE(errors.count(), 1);
    QCOMPARE(authenticator.error(), Error::ContextError);
    QVERIFY2(authenticator.errorString().contains(QStringLiteral("open files")),
             qPrintable(authenticator.errorString()));
    QVERIFY(authenticator.start());
    QVERIFY(authenticator.context());
}

void tst_Exhaustion::startWithFewDescriptors_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::addColumn<int>("left");
    for (int left = 0; left < 32; ++left) {
        QTest::addRow("own thread, %d left", left) << false << left;
        QTest::addRow("worker thread, %d left", left) << true << left;
    }
}

// The authenticator's socket is the first of its context, which starts the context's threads.
void tst_Exhaustion::startWithFewDescriptors()
{
    QFETCH(const bool, workerThread);
    QFETCH(const int, left);
    m_authenticator->setWorkerThread(workerThread);
    bool isStarted = false;
    {
        const DescriptorShortage shortage(left);
        isStarted = m_authenticator->start();
        QCOMPARE(m_authenticator->isRunning(), isStarted);
    }
    if (!isStarted) {
        QCOMPARE(m_authenticator->error(), Error::ContextError);
        QVERIFY2(m_authenticator->errorString().contains(QStringLiteral("open files")),
                 qPrintable(m_authenticator->errorString()));
    }
    // A margin is left for other threads.
    QVERIFY(!isStarted || left >= 20);
    QVERIFY(isStarted || left < 24);
    QVERIFY(m_authenticator->start());
}

void tst_Exhaustion::startWithoutSockets()
{
    m_context->set(zmq::ctxopt::max_sockets, 1);
    zmq::socket_t socket(*m_context, zmq::socket_type::pair);
    QVERIFY(!m_authenticator->start());
    QCOMPARE(m_authenticator->error(), Error::ContextError);
    QVERIFY2(m_authenticator->errorString().contains(QStringLiteral("ZMQ_MAX_SOCKETS")),
             qPrintable(m_authenticator->errorString()));
    socket.close();
    QTRY_VERIFY(m_authenticator->start());
}

void tst_Exhaustion::addFileRows()
{
    QTest::addColumn<QString>("kind");
    QTest::newRow("key directory") << QStringLiteral("directory");
    QTest::newRow("key list") << QStringLiteral("list");
    QTest::newRow("password file") << QStringLiteral("passwords");
    QTest::newRow("hashed passwords") << QStringLiteral("hashes");
}

// Alice is in the files, Bob in their replacements.
void tst_Exhaustion::configureFiles(const QString &kind)
{
    if (kind == QLatin1String("directory")) {
        QVERIFY(QDir(m_directory->path()).mkdir(QStringLiteral("keys")));
        write(path("keys/alice.key"), certificateText(m_alice));
        write(path("next"), certificateText(m_bob));
    } else if (kind == QLatin1String("list")) {
        write(path("keys"), m_alice.publicKeyText().toLatin1() + '\n');
        write(path("next"),
              (m_alice.publicKeyText() + u'\n' + m_bob.publicKeyText() + u'\n').toLatin1());
    } else {
        const auto format = kind == QLatin1String("hashes") ? QZapPasswordFile::Format::Argon2id
                                                            : QZapPasswordFile::Format::Plain;
        QZapPasswordFile users;
        QVERIFY(users.setHashMemory(1));
        QVERIFY(users.setPassword(QStringLiteral("alice"), "secret", format));
        QVERIFY(users.save(path("users")));
        QVERIFY(users.setPassword(QStringLiteral("bob"), "secret", format));
        QVERIFY(users.save(path("next")));
    }
}

void tst_Exhaustion::firstFilesWithoutDescriptors_data()
{
    addFileRows();
}

void tst_Exhaustion::firstFilesWithoutDescriptors()
{
    QFETCH(const QString, kind);
    configureFiles(kind);
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    const bool areKeys = QFile::exists(path("keys"));
    const QZapDomain *domain = nullptr;
    {
        const DescriptorShortage shortage(0);
        QVERIFY(areKeys ? m_authenticator->configureCurve(test(), path("keys"))
                        : m_authenticator->configurePlainFile(test(), path("users")));
        domain = m_authenticator->domain(test(), areKeys ? Mechanism::Curve : Mechanism::Plain);
        QVERIFY(domain);
        QTRY_VERIFY(!domain->errorString().isEmpty());
        QVERIFY(!domain->isReady());
        QVERIFY(errors.count() > 0);
        // The same error is not reported repeatedly.
        const auto count = errors.count();
        QTest::qWait(1000); // the time of two retries
        QCOMPARE(errors.count(), count);
    }
    QTRY_VERIFY(domain->isReady());
    QVERIFY(domain->errorString().isEmpty());
    if (areKeys) {
        QCOMPARE(evaluate(QZapCredentials::curve(m_alice.publicKey())), QZap::Status::Success);
        QCOMPARE(evaluate(QZapCredentials::curve(m_bob.publicKey())),
                 QZap::Status::AuthenticationFailure);
    }
    // The location is watched by now, or watching it is retried.
    QVERIFY(QDir().rename(path("next"), kind == QLatin1String("directory") ? path("keys/bob.key")
                                                                           : path("moved")));
    if (kind != QLatin1String("directory"))
        QCOMPARE(::rename(QFile::encodeName(path("moved")).constData(),
                          QFile::encodeName(path(areKeys ? "keys" : "users")).constData()),
                 0);
    if (areKeys) {
        QTRY_VERIFY_WITH_TIMEOUT(
            evaluate(QZapCredentials::curve(m_bob.publicKey())) == QZap::Status::Success, 10000);
    } else {
        const auto *const plain = qobject_cast<const QZapPlainDomain *>(domain);
        QTRY_VERIFY_WITH_TIMEOUT(plain->users().contains(QStringLiteral("bob")), 10000);
    }
}

void tst_Exhaustion::filesChangeWithoutDescriptors_data()
{
    addFileRows();
}

void tst_Exhaustion::filesChangeWithoutDescriptors()
{
    QFETCH(const QString, kind);
    configureFiles(kind);
    const bool areKeys = QFile::exists(path("keys"));
    QVERIFY(areKeys ? m_authenticator->configureCurve(test(), path("keys"))
                    : m_authenticator->configurePlainFile(test(), path("users")));
    const QZapDomain *const domain =
        m_authenticator->domain(test(), areKeys ? Mechanism::Curve : Mechanism::Plain);
    QTRY_VERIFY(domain->isReady());
    const QByteArray from = QFile::encodeName(path("next"));
    const QByteArray to = QFile::encodeName(path(kind == QLatin1String("directory") ? "keys/bob.key"
                                                 : areKeys                          ? "keys"
                                                                                    : "users"));
    {
        const DescriptorShortage shortage(0);
        QCOMPARE(::rename(from.constData(), to.constData()), 0);
        QTRY_VERIFY(!domain->errorString().isEmpty());
        QVERIFY(domain->isReady()); // the previous content is still in force
        if (areKeys) {
            QCOMPARE(evaluate(QZapCredentials::curve(m_alice.publicKey())), QZap::Status::Success);
        }
    }
    QTRY_VERIFY(domain->errorString().isEmpty());
    if (areKeys) {
        QCOMPARE(evaluate(QZapCredentials::curve(m_bob.publicKey())), QZap::Status::Success);
    } else {
        const auto *const plain = qobject_cast<const QZapPlainDomain *>(domain);
        QVERIFY(plain->users().contains(QStringLiteral("bob")));
    }
}

void tst_Exhaustion::survivesIdlePeersThatTakeAllDescriptors_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("worker thread") << true;
}

// Anybody who can reach the port can do this.
void tst_Exhaustion::survivesIdlePeersThatTakeAllDescriptors()
{
    QFETCH(const bool, workerThread);
    m_authenticator->setWorkerThread(workerThread);
    m_authenticator->setDecisionTimeout(60000); // hashes may take long on a busy machine
    configureFiles(QStringLiteral("hashes"));
    QVERIFY(m_authenticator->configurePlainFile(test(), path("users")));
    QVERIFY(m_authenticator->start());
    QTRY_VERIFY(m_authenticator->domain(test(), Mechanism::Plain)->isReady());
    // Not monitored: libzmq would wait until the events of refused connections are read.
    zmq::socket_t server(*m_context, zmq::socket_type::router);
    server.set(zmq::sockopt::linger, 0);
    server.set(zmq::sockopt::handshake_ivl, 120000); // does not disconnect idle peers
    QVERIFY(QZap::securePlain(server, test()));
    server.bind("tcp://127.0.0.1:*");
    const QUrl endpoint(QString::fromStdString(server.get(zmq::sockopt::last_endpoint)));
    const auto port = static_cast<quint16>(endpoint.port());

    const DescriptorShortage limit(int{DescriptorShortage::Limit}); // takes none
    std::vector<RawPeer> peers;
    for (size_t i = 0; i < 5; ++i) {
        peers.emplace_back(port);
        QTRY_VERIFY(peers[i].hasReceived("\xff")); // the server has accepted it
    }
    // Each peer takes two descriptors of this process: its own and, once it is accepted, the
    // server's.
    int refusals = 0;
    while (refusals < 20) {
        RawPeer peer(port);
        if (peer.isValid()) {
            refusals = 0;
            peers.push_back(std::move(peer));
        } else {
            ++refusals;
            QTest::qWait(10);
        }
    }
    QVERIFY(DescriptorShortage::isTotal());
    QVERIFY(peers.size() > 50);
    for (size_t i = 0; i < 5; ++i)
        peers[i].sendHello("alice", i == 4 ? "wrong" : "secret");
    for (size_t i = 0; i < 4; ++i)
        QTRY_VERIFY_WITH_TIMEOUT(peers[i].hasReceived("\x07WELCOME"), 20000);
    // libzmq writes "ERROR" with a wrong escape for its length.
    QTRY_VERIFY_WITH_TIMEOUT(peers[4].hasReceived("RROR\x03"
                                                  "400"),
                             20000);
    QVERIFY(!peers[4].hasReceived("WELCOME"));
    QTRY_COMPARE(m_authenticator->acceptedCount(), quint64{4});
}

void tst_Exhaustion::startWithoutThreads_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("worker thread") << true;
}

// The authenticator's socket is the first of its context, which starts the context's threads.
void tst_Exhaustion::startWithoutThreads()
{
#ifdef HAVE_THREAD_SHORTAGE
    QFETCH(const bool, workerThread);
    m_authenticator->setWorkerThread(workerThread);
    {
        const ThreadShortage shortage;
        QVERIFY(!m_authenticator->start());
        QVERIFY(ThreadShortage::failures() > 0);
    }
    QCOMPARE(m_authenticator->error(), Error::ContextError);
    QVERIFY2(m_authenticator->errorString().contains(QStringLiteral("thread")),
             qPrintable(m_authenticator->errorString()));
    QVERIFY(m_authenticator->start());
#else
    QSKIP("Threads cannot be made to fail here");
#endif
}

void tst_Exhaustion::firstFilesWithoutThreads_data()
{
    addFileRows();
}

void tst_Exhaustion::firstFilesWithoutThreads()
{
#ifdef HAVE_THREAD_SHORTAGE
    QFETCH(const QString, kind);
    configureFiles(kind);
    QVERIFY(m_authenticator->start());
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    const bool areKeys = QFile::exists(path("keys"));
    const QZapDomain *domain = nullptr;
    {
        const ThreadShortage shortage;
        QVERIFY(areKeys ? m_authenticator->configureCurve(test(), path("keys"))
                        : m_authenticator->configurePlainFile(test(), path("users")));
        domain = m_authenticator->domain(test(), areKeys ? Mechanism::Curve : Mechanism::Plain);
        QTRY_VERIFY(domain->errorString().contains(QStringLiteral("thread")));
        QVERIFY(!domain->isReady());
        QVERIFY(ThreadShortage::failures() > 0);
        QCOMPARE(errors.count(), areKeys ? 1 : 2); // to hash with, too
    }
    QTRY_VERIFY(domain->isReady());
    QVERIFY(domain->errorString().isEmpty());
    if (!areKeys) {
        Server server(*m_context);
        QVERIFY(QZap::securePlain(server.socket(), test()));
        const QString endpoint = server.bind();
        Peer peer(*m_context);
        peer.plain("alice", "secret").connect(endpoint);
        QTRY_VERIFY_WITH_TIMEOUT(peer.isAccepted(), 20000);
    }
#else
    QSKIP("Threads cannot be made to fail here");
#endif
}

QTEST_GUILESS_MAIN(tst_Exhaustion)
#include "tst_exhaustion.moc"
