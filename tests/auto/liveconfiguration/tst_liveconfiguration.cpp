// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "eventloopchecker.h"
#include "logcollector.h"
#include "peer.h"
#include "server.h"
#include "zapclient.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>

using QZap::Mechanism;

// Credentials that are loaded outside the event loop, change while the authenticator is running, or
// take long to check.
class tst_LiveConfiguration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void requestsWaitForTheFirstLoad();
    void waitingRequestsEndWithTheAuthenticator();
    void waitingRequestsGetATemporaryAnswerAtStop();
    void waitingRequestsAreCounted();
    void lockdownEndsTheWaiting();
    void aHookMayStopTheAuthenticator();

    void keysAreAddedAndRemoved();
    void aRevokedPeerIsRefused();
    void keyListsAreReadAgain();
    void passwordFilesAreReadAgain();
    void aDirectoryIsRemovedAndReappears();
    void aDirectoryBecomesAKeyList();
    void aBrokenCertificateIsRevoked();
    void reloadsLoseNoRequest();

    void hashedPasswords_data();
    void hashedPasswords();
    void hashedPasswordsDoNotBlock();
    void anEditRevokesTheOldPassword();
    void hashesAreBounded();

private:
    static QString test() { return QStringLiteral("test"); }
    bool isAccepted(const QZapCertificate &certificate)
    {
        return m_authenticator
                   ->evaluate(test(), {}, QZapCredentials::curve(certificate.publicKey()))
                   .status()
               == QZap::Status::Success;
    }
    QFuture<QByteArrayList> ask(const QByteArray &mechanism, const QByteArrayList &credentials)
    {
        return m_authenticator->handleZapMessage(ZapClient::request(mechanism, credentials));
    }
    QString write(const QString &name, const QByteArray &contents)
    {
        QFile file(m_directory->filePath(name));
        if (!file.open(QIODevice::WriteOnly)
            || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
            qFatal("no file could be written");
        file.write(contents);
        return file.fileName();
    }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_LiveConfiguration::init()
{
    expectConfigurationErrors();
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_directory = std::make_unique<QTemporaryDir>();
}

void tst_LiveConfiguration::cleanup()
{
    m_authenticator.reset();
    m_context.reset();
    m_directory.reset();
}

void tst_LiveConfiguration::requestsWaitForTheFirstLoad()
{
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(m_directory->path(), QStringLiteral("alice")));
    QVERIFY(m_authenticator->configureCurve(test(), m_directory->path()));
    // The outcome of loading is delivered by the event loop.
    QVERIFY(!m_authenticator->domain(test(), Mechanism::Curve)->isReady());
    QCOMPARE(
        m_authenticator->evaluate(test(), {}, QZapCredentials::curve(alice.publicKey())).status(),
        QZap::Status::TemporaryError);
    const auto known = ask("CURVE", {alice.publicKey()});
    const auto unknown = ask("CURVE", {QByteArray(32, 'x')});
    QVERIFY(!known.isFinished());
    QCOMPARE(m_authenticator->pendingCount(), 2);
    QTRY_VERIFY(known.isFinished() && unknown.isFinished());
    QCOMPARE(known.result().at(2), QByteArray("200"));
    QCOMPARE(unknown.result().at(2), QByteArray("400"));
    QCOMPARE(m_authenticator->pendingCount(), 0);
}

void tst_LiveConfiguration::waitingRequestsEndWithTheAuthenticator()
{
    QVERIFY(m_authenticator->configureCurve(test(), m_directory->path()));
    const auto future = ask("CURVE", {QByteArray(32, 'x')});
    QVERIFY(!future.isFinished());
    m_authenticator.reset();
    QVERIFY(future.isFinished());
    QCOMPARE(future.result().at(2), QByteArray("300"));
}

void tst_LiveConfiguration::waitingRequestsGetATemporaryAnswerAtStop()
{
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    client.send(ZapClient::request("CURVE", {QByteArray(32, 'x')}));
    QVERIFY(m_authenticator->configureCurve(test(), m_directory->path()));
    m_authenticator->stop();
    QCOMPARE(client.waitForReply().value(2), QByteArray("300"));
}

void tst_LiveConfiguration::waitingRequestsAreCounted()
{
    m_authenticator->setMaximumPendingPerAddress(3);
    m_authenticator->setMaximumPendingDecisions(5);
    QVERIFY(m_authenticator->configureCurve(test(), m_directory->path()));
    const auto from = [this](const char *address) {
        return m_authenticator->handleZapMessage(
            ZapClient::request("CURVE", {QByteArray(32, 'x')}, "test", address));
    };
    for (const char *address : {"2001:db8::1", "2001:db8::2", "2001:db8::3"})
        QVERIFY(!from(address).isFinished());
    QVERIFY(from("2001:db8::4").isFinished()); // of the same network
    QVERIFY(!from("10.0.0.1").isFinished());
    QVERIFY(!from("10.0.0.2").isFinished());
    QVERIFY(from("10.0.0.3").isFinished()); // too many in all
    QCOMPARE(m_authenticator->pendingCount(), 5);
    QCOMPARE(m_authenticator->temporaryCount(), 2);
    QTRY_COMPARE(m_authenticator->pendingCount(), 0);
    QCOMPARE(m_authenticator->rejectedCount(), 5);
}

void tst_LiveConfiguration::lockdownEndsTheWaiting()
{
    QVERIFY(m_authenticator->configureCurve(test(), m_directory->path()));
    const auto future = ask("CURVE", {QByteArray(32, 'x')});
    m_authenticator->setLockdown(true);
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().at(2), QByteArray("300"));
}

// An authenticator that stops in the first call of curveUserId().
class StoppingAuthenticator : public QZapAuthenticator
{
public:
    using QZapAuthenticator::QZapAuthenticator;
    ~StoppingAuthenticator() override { stop(); }

    QString curveUserId(const QByteArray &publicKey) const override
    {
        const_cast<StoppingAuthenticator *>(this)->stop();
        return QZapAuthenticator::curveUserId(publicKey);
    }
};

void tst_LiveConfiguration::aHookMayStopTheAuthenticator()
{
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(m_directory->path(), QStringLiteral("alice")));
    m_authenticator = std::make_unique<StoppingAuthenticator>(*m_context);
    QVERIFY(m_authenticator->start());
    QVERIFY(m_authenticator->configureCurve(test(), m_directory->path()));
    ZapClient client(*m_context);
    QList<QFuture<QByteArrayList>> futures;
    for (int i = 0; i < 3; ++i) {
        client.send(ZapClient::request("CURVE", {alice.publicKey()}));
        futures += ask("CURVE", {alice.publicKey()});
    }
    QTRY_VERIFY(!m_authenticator->isRunning());
    for (const auto &future : std::as_const(futures)) {
        QTRY_VERIFY(future.isFinished());
        QVERIFY(!future.result().isEmpty());
    }
    QTRY_COMPARE(m_authenticator->pendingCount(), 0);
}

void tst_LiveConfiguration::keysAreAddedAndRemoved()
{
    QVERIFY(m_authenticator->configureCurve(test(), m_directory->path()));
    QZapDomain *const domain = m_authenticator->domain(test(), Mechanism::Curve);
    QTRY_VERIFY(domain->isReady());
    QSignalSpy ready(domain, &QZapDomain::readyChanged);
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bob = QZapCertificate::generate();
    QVERIFY(!isAccepted(alice));
    QVERIFY(alice.save(m_directory->path(), QStringLiteral("alice"))); // added
    QTRY_VERIFY(isAccepted(alice));
    QVERIFY(bob.save(m_directory->path(), QStringLiteral("alice"),
                     QZapCertificate::SaveOption::Overwrite)); // replaced
    QTRY_VERIFY(isAccepted(bob));
    QVERIFY(!isAccepted(alice));
    QFile key(m_directory->filePath(QStringLiteral("alice.key"))); // edited in place
    QVERIFY(key.open(QIODevice::ReadWrite));
    QByteArray text = key.readAll();
    text.replace(bob.publicKeyText().toLatin1(), alice.publicKeyText().toLatin1());
    key.seek(0);
    key.write(text);
    key.close();
    QTRY_VERIFY(isAccepted(alice));
    QVERIFY(!isAccepted(bob));
    QVERIFY(key.remove());
    QTRY_VERIFY(!isAccepted(alice));
    QCOMPARE(ready.count(), 0); // it was continuously in force
}

void tst_LiveConfiguration::aRevokedPeerIsRefused()
{
    const QZapCertificate serverKey = QZapCertificate::generate();
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bob = QZapCertificate::generate();
    QVERIFY(alice.save(m_directory->path(), QStringLiteral("alice")));
    QVERIFY(bob.save(m_directory->path(), QStringLiteral("bob")));
    QVERIFY(m_authenticator->configureCurve(test(), m_directory->path()));
    QVERIFY(m_authenticator->start());
    Server server(*m_context);
    QVERIFY(QZap::secureCurve(server.socket(), test(), serverKey));
    const QString endpoint = server.bind();
    const auto connected = [&](const QZapCertificate &certificate) {
        auto peer = std::make_unique<Peer>(*m_context);
        peer->curve(certificate.publicKeyText().toLatin1(), certificate.secretKeyText(),
                    serverKey.publicKeyText().toLatin1());
        peer->connect(endpoint);
        return peer;
    };
    auto first = connected(alice);
    QTRY_VERIFY(first->isAccepted());
    QVERIFY(QFile::remove(m_directory->filePath(QStringLiteral("alice.key"))));
    QTRY_VERIFY(!isAccepted(alice));
    auto second = connected(alice);
    QTRY_COMPARE(second->refusal(), 400);
    auto other = connected(bob);
    QTRY_VERIFY(other->isAccepted());
    QCOMPARE(first->disconnections(), 0);
}

void tst_LiveConfiguration::keyListsAreReadAgain()
{
    const QZapCertificate alice = QZapCertificate::generate();
    const QString list =
        write(QStringLiteral("keys"), alice.publicKeyText().toLatin1() + " alice\n");
    QVERIFY(m_authenticator->configureCurve(test(), list));
    QTRY_VERIFY(isAccepted(alice));
    write(QStringLiteral("keys"), "# nobody\n");
    QTRY_VERIFY(!isAccepted(alice));
    QVERIFY(QFile::remove(list));
    QTRY_VERIFY(!m_authenticator->domain(test(), Mechanism::Curve)->errorString().isEmpty());
    QVERIFY(!isAccepted(alice));
    write(QStringLiteral("keys"), alice.publicKeyText().toLatin1() + " alice\n");
    QTRY_VERIFY(isAccepted(alice));
    QTRY_COMPARE(m_authenticator->domain(test(), Mechanism::Curve)->errorString(), QString());
}

void tst_LiveConfiguration::passwordFilesAreReadAgain()
{
    const auto isIn = [this](const char *user) {
        return m_authenticator
                   ->evaluate(test(), {}, QZapCredentials::plain(QString::fromLatin1(user), "x"))
                   .status()
               == QZap::Status::Success;
    };
    const QString file = write(QStringLiteral("users"), "bob=x\n");
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    QTRY_VERIFY(isIn("bob"));
    const auto *const domain =
        qobject_cast<QZapPlainDomain *>(m_authenticator->domain(test(), Mechanism::Plain));
    QSignalSpy fileChanged(domain, &QZapPlainDomain::passwordFileChanged);
    write(QStringLiteral("users"), "eve=x\n");
    QTRY_VERIFY(isIn("eve"));
    QVERIFY(!isIn("bob"));
    QVERIFY(QFile::remove(file));
    QTRY_VERIFY(!isIn("eve"));
    QCOMPARE(domain->passwordFile(), file);
    QCOMPARE(fileChanged.count(), 0);
}

void tst_LiveConfiguration::aDirectoryIsRemovedAndReappears()
{
    const QString path = m_directory->filePath(QStringLiteral("keys"));
    QVERIFY(QDir().mkdir(path));
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(path, QStringLiteral("alice")));
    QVERIFY(m_authenticator->configureCurve(test(), path));
    QTRY_VERIFY(isAccepted(alice));
    QVERIFY(QDir().rename(path, path + QStringLiteral(".away")));
    QTRY_VERIFY(!isAccepted(alice));
    // Properties follow what is in force.
    QTRY_VERIFY(!m_authenticator->domain(test(), Mechanism::Curve)->errorString().isEmpty());
    QVERIFY(QDir().rename(path + QStringLiteral(".away"), path));
    QTRY_VERIFY(isAccepted(alice));
    QTRY_COMPARE(m_authenticator->domain(test(), Mechanism::Curve)->errorString(), QString());
}

void tst_LiveConfiguration::aDirectoryBecomesAKeyList()
{
    const QString path = m_directory->filePath(QStringLiteral("keys"));
    QVERIFY(QDir().mkdir(path));
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bob = QZapCertificate::generate();
    QVERIFY(alice.save(path, QStringLiteral("alice")));
    QVERIFY(m_authenticator->configureCurve(test(), path));
    QTRY_VERIFY(isAccepted(alice));
    for (int i = 0; i < 2; ++i) {
        QVERIFY(QDir().rename(path, path + QStringLiteral(".away")));
        QTRY_VERIFY(!isAccepted(alice));
        write(QStringLiteral("keys"), bob.publicKeyText().toLatin1() + '\n');
        QTRY_VERIFY(isAccepted(bob));
        QVERIFY(!isAccepted(alice));
        QVERIFY(QFile::remove(path));
        QTRY_VERIFY(!isAccepted(bob));
        QVERIFY(QDir().rename(path + QStringLiteral(".away"), path));
        QTRY_VERIFY(isAccepted(alice));
        QVERIFY(!isAccepted(bob));
    }
}

void tst_LiveConfiguration::aBrokenCertificateIsRevoked()
{
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bob = QZapCertificate::generate();
    QVERIFY(alice.save(m_directory->path(), QStringLiteral("alice")));
    QVERIFY(bob.save(m_directory->path(), QStringLiteral("bob")));
    QVERIFY(m_authenticator->configureCurve(test(), m_directory->path()));
    QTRY_VERIFY(isAccepted(alice));
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    write(QStringLiteral("alice.key"), "binary \x01\xff rubbish");
    QTRY_VERIFY(!isAccepted(alice));
    QVERIFY(isAccepted(bob));
    QTRY_VERIFY(errors.count() > 0);
    QCOMPARE(m_authenticator->error(), QZapAuthenticator::Error::FileError);
    QVERIFY(m_authenticator->errorString().contains(QStringLiteral("alice.key")));
}

void tst_LiveConfiguration::reloadsLoseNoRequest()
{
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(m_directory->path(), QStringLiteral("alice")));
    QVERIFY(m_authenticator->configureCurve(test(), m_directory->path()));
    QTRY_VERIFY(isAccepted(alice));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    int sent = 0;
    int accepted = 0;
    int refused = 0;
    for (int round = 0; round < 20; ++round) {
        const QZapCertificate other = QZapCertificate::generate();
        QVERIFY(other.save(m_directory->path(), QStringLiteral("other%1").arg(round)));
        for (int i = 0; i < 50; ++i, sent += 2) {
            client.send(ZapClient::request("CURVE", {alice.publicKey()}));
            client.send(ZapClient::request("CURVE", {QByteArray(32, 'x')}));
            QCoreApplication::processEvents();
            while (const auto reply = client.receive())
                ++(reply->at(2) == "200" ? accepted : refused);
        }
    }
    while (accepted + refused < sent) {
        const QByteArrayList reply = client.waitForReply();
        QVERIFY(!reply.isEmpty());
        ++(reply.at(2) == "200" ? accepted : refused);
    }
    QCOMPARE(accepted, sent / 2);
    QCOMPARE(refused, sent / 2);
}

void tst_LiveConfiguration::hashedPasswords_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("hashed") << QByteArray("bob") << QByteArray("secret") << QByteArray("200");
    QTest::newRow("hashed, wrong") << QByteArray("bob") << QByteArray("x") << QByteArray("400");
    QTest::newRow("plain") << QByteArray("eve") << QByteArray("clear") << QByteArray("200");
    QTest::newRow("plain, wrong") << QByteArray("eve") << QByteArray("x") << QByteArray("400");
    QTest::newRow("unknown") << QByteArray("mallory") << QByteArray("x") << QByteArray("400");
}

void tst_LiveConfiguration::hashedPasswords()
{
    QFETCH(const QByteArray, user);
    QFETCH(const QByteArray, password);
    QFETCH(const QByteArray, status);
    QZapPasswordFile users;
    QVERIFY(users.setPassword(QStringLiteral("bob"), "secret"));
    QVERIFY(users.setPassword(QStringLiteral("eve"), "clear", QZapPasswordFile::Format::Plain));
    const QString file = m_directory->filePath(QStringLiteral("users"));
    QVERIFY(users.save(file));
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    QTRY_VERIFY(m_authenticator->domain(test(), Mechanism::Plain)->isReady());
    for (int i = 0; i < 2; ++i) {
        const auto future = ask("PLAIN", {user, password});
        // A right password is remembered; a wrong one costs a hash each time.
        const bool known = status == "200" && (i > 0 || user == "eve");
        QCOMPARE(future.isFinished(), known);
        QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 20000);
        QCOMPARE(future.result().at(2), status);
    }
}

void tst_LiveConfiguration::hashedPasswordsDoNotBlock()
{
    QZapPasswordFile users;
    QVERIFY(users.setPassword(QStringLiteral("bob"), "secret"));
    const QString file = m_directory->filePath(QStringLiteral("users"));
    QVERIFY(users.save(file));
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    QTRY_VERIFY(m_authenticator->domain(test(), Mechanism::Plain)->isReady());
    EventLoopChecker checker;
    const auto future = ask("PLAIN", {"bob", "secret"});
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 20000);
    QVERIFY(checker.ticks() > 1);

    // After the deadline, the answer is temporary, whatever the result of the hash.
    m_authenticator->setDecisionTimeout(1);
    const auto late = ask("PLAIN", {"bob", "wrong"});
    QTRY_VERIFY_WITH_TIMEOUT(late.isFinished(), 20000);
    QCOMPARE(late.result().at(2), QByteArray("300"));
}

void tst_LiveConfiguration::anEditRevokesTheOldPassword()
{
    const QString file = m_directory->filePath(QStringLiteral("users"));
    QZapPasswordFile users;
    QVERIFY(users.setPassword(QStringLiteral("bob"), "old"));
    QVERIFY(users.save(file));
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    auto future = ask("PLAIN", {"bob", "old"});
    QTRY_VERIFY_WITH_TIMEOUT(future.isFinished(), 20000);
    QCOMPARE(future.result().at(2), QByteArray("200"));
    auto edited = QZapPasswordFile::load(file);
    QVERIFY(edited);
    QVERIFY(edited->setPassword(QStringLiteral("bob"), "new"));
    QVERIFY(edited->save(file));
    const auto status = [&](const QByteArray &password) {
        auto answer = ask("PLAIN", {"bob", password});
        (void)QTest::qWaitFor([&] { return answer.isFinished(); }, 20000);
        return answer.result().value(2);
    };
    QTRY_COMPARE_WITH_TIMEOUT(status("old"), QByteArray("400"), 20000);
    QCOMPARE(status("new"), QByteArray("200"));
}

void tst_LiveConfiguration::hashesAreBounded()
{
    QZapPasswordFile users;
    QVERIFY(users.setHashMemory(8));
    QVERIFY(users.setPassword(QStringLiteral("bob"), "secret"));
    const QString file = m_directory->filePath(QStringLiteral("users"));
    QVERIFY(users.save(file));
    QVERIFY(m_authenticator->configurePlainFile(test(), file));
    auto *const domain =
        qobject_cast<QZapPlainDomain *>(m_authenticator->domain(test(), Mechanism::Plain));
    QCOMPARE(domain->maximumHashMemory(), 64);
    QTRY_COMPARE(domain->users(), QStringList{QStringLiteral("bob")});

    QSignalSpy changed(domain, &QZapPlainDomain::maximumHashMemoryChanged);
    domain->setMaximumHashMemory(7);
    QCOMPARE(changed.count(), 1);
    QVERIFY(!ask("PLAIN", {"bob", "secret"}).isFinished()); // waits for what the file says now
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(domain->users(), QStringList());
    QVERIFY(domain->errorString().contains(QStringLiteral("users:1:")));

    domain->setMaximumHashMemory(8);
    QTRY_COMPARE(domain->users(), QStringList{QStringLiteral("bob")});
    QCOMPARE(domain->errorString(), QString());
    for (const int wrong : {0, -1, 1025}) {
        domain->setMaximumHashMemory(wrong);
        QCOMPARE(domain->maximumHashMemory(), 8);
        QVERIFY(!domain->errorString().isEmpty());
        QVERIFY(domain->isReady());
    }
}

QTEST_GUILESS_MAIN(tst_LiveConfiguration)
#include "tst_liveconfiguration.moc"
