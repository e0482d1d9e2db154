// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

// Tests domains whose keys and users come from a credentials store.
class tst_StoreDomains : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void sharedByAuthenticators_data();
    void sharedByAuthenticators();
    void sharedByDomains_data() { mechanisms(); }
    void sharedByDomains();
    void reportsNoErrors_data() { mechanisms(); }
    void reportsNoErrors();
    void waitsForTheFirstUpdate();
    void givesTemporaryAnswersWhenTheStoreIsDestroyed_data() { mechanisms(); }
    void givesTemporaryAnswersWhenTheStoreIsDestroyed();
    void acceptsAnotherStore_data() { mechanisms(); }
    void acceptsAnotherStore();
    void keepsItsStoreWhenAFormerOneIsDestroyed();
    void refusesALocationBesides();
    void refusesUsersBesides_data();
    void refusesUsersBesides();
    void asksNoProviderAlone();
    void publishesFields_data() { mechanisms(); }
    void publishesFields();
    void changesPublishedFields();
    void takesTheUserIdFromAField();
    void reportsInvalidUserIds();
    void refusesExpiredKeys();
    void checksPasswords();
    void refusesExpiredUsers();
    void listsUsers();
    void explains();

private:
    using Mode = QZapCredentialsStore::Mode;

    static QByteArray key(char fill = 'k') { return QByteArray(32, fill); }
    // Of the password "secret".
    static QByteArray hash()
    {
        static const QByteArray made = QZapPasswordFile::hash("secret", 1);
        return made;
    }
    static QVariantMap role(const char *value)
    {
        return {{QStringLiteral("Role"), QString::fromLatin1(value)}};
    }
    // Adds alice's key and bob.
    bool add(QZapCredentialsStore *store, const QVariantMap &fields = {},
             std::optional<QDateTime> notAfter = {}) const
    {
        QZapCredentialsUpdate update = store->begin(Mode::ReplaceAll);
        return update.upsertKey(key(), QStringLiteral("alice"), fields, notAfter)
               && update.upsertUser(QStringLiteral("bob"), hash(), fields, notAfter)
               && update.commit().result();
    }
    // Removes them.
    bool removeAll()
    {
        QZapCredentialsUpdate update = m_store->begin(Mode::Delta);
        return update.removeKey(key()) && update.removeUser(QStringLiteral("bob"))
               && update.commit().result();
    }
    template <typename Domain>
    static Domain *attach(QZapAuthenticator *authenticator, QZapCredentialsStore *store)
    {
        auto *const domain = new Domain(authenticator);
        domain->setName(test());
        domain->setStore(store);
        return authenticator->addDomain(domain) ? domain : nullptr;
    }
    static QZapCredentials credentials(bool isPlain)
    {
        return isPlain ? QZapCredentials::plain(QStringLiteral("bob"), "secret")
                       : QZapCredentials::curve(key());
    }
    // Returns the whole decision.
    static QZapReply decide(QZapAuthenticator *authenticator, const QZapCredentials &credentials,
                            const QString &domain = test())
    {
        const auto future =
            authenticator->authenticate(domain, QStringLiteral("127.0.0.1"), credentials);
        return QTest::qWaitFor([&] { return future.isFinished(); }) ? future.result() : QZapReply();
    }
    static void mechanisms()
    {
        QTest::addColumn<bool>("isPlain");
        QTest::newRow("CURVE") << false;
        QTest::newRow("PLAIN") << true;
    }
    static QZapDomain *attach(bool isPlain, QZapAuthenticator *authenticator,
                              QZapCredentialsStore *store)
    {
        if (isPlain)
            return attach<QZapPlainDomain>(authenticator, store);
        return attach<QZapCurveDomain>(authenticator, store);
    }
    static void setStore(QZapDomain *domain, QZapCredentialsStore *store)
    {
        domain->setProperty("store", QVariant::fromValue(store));
    }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsStore> m_store;
};

void tst_StoreDomains::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>();
    m_store = std::make_unique<QZapCredentialsStore>();
}

void tst_StoreDomains::cleanup()
{
    m_authenticator.reset();
    m_store.reset();
    AuthenticatorTest::cleanup();
}

void tst_StoreDomains::sharedByAuthenticators_data()
{
    QTest::addColumn<bool>("isPlain");
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("CURVE") << false << false;
    QTest::newRow("PLAIN") << true << false;
    QTest::newRow("CURVE, private threads") << false << true;
    QTest::newRow("PLAIN, private threads") << true << true;
}

void tst_StoreDomains::sharedByAuthenticators()
{
    QFETCH(bool, isPlain);
    QFETCH(bool, workerThread);
    zmq::context_t contexts[2];
    QZapAuthenticator other(contexts[0]);
    m_authenticator->setContext(contexts[1]);
    for (QZapAuthenticator *authenticator : {m_authenticator.get(), &other}) {
        QVERIFY(attach(isPlain, authenticator, m_store.get()));
        authenticator->setWorkerThread(workerThread);
        QVERIFY(authenticator->start());
    }
    QVERIFY(add(m_store.get()));
    for (QZapAuthenticator *authenticator : {m_authenticator.get(), &other})
        QCOMPARE(decide(authenticator, credentials(isPlain)).status(), QZap::Status::Success);
    QVERIFY(removeAll());
    for (QZapAuthenticator *authenticator : {m_authenticator.get(), &other}) {
        QCOMPARE(evaluate(*authenticator, credentials(isPlain)),
                 QZap::Status::AuthenticationFailure);
        QCOMPARE(decide(authenticator, credentials(isPlain)).status(),
                 QZap::Status::AuthenticationFailure);
    }
    m_authenticator.reset(); // before its context
}

void tst_StoreDomains::sharedByDomains()
{
    QFETCH(bool, isPlain);
    QZapDomain *const first = attach(isPlain, m_authenticator.get(), m_store.get());
    first->setName(QStringLiteral("first"));
    QVERIFY(attach(isPlain, m_authenticator.get(), m_store.get()));
    QVERIFY(add(m_store.get()));
    const auto status = [&](const QString &domain) {
        return decide(m_authenticator.get(), credentials(isPlain), domain).status();
    };
    for (const QString &domain : {first->name(), test()})
        QCOMPARE(status(domain), QZap::Status::Success);
    QVERIFY(removeAll());
    for (const QString &domain : {first->name(), test()})
        QCOMPARE(status(domain), QZap::Status::AuthenticationFailure);
    // One of them no longer uses the store.
    setStore(first, nullptr);
    QVERIFY(add(m_store.get()));
    QCOMPARE(status(first->name()), QZap::Status::TemporaryError);
    QCOMPARE(status(test()), QZap::Status::Success);
}

void tst_StoreDomains::reportsNoErrors()
{
    QFETCH(bool, isPlain);
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    QZapDomain *const domain = attach(isPlain, m_authenticator.get(), m_store.get());
    QCOMPARE(domain->errorString(), QString());
    domain->setPublishedFields({QStringLiteral("Role")});
    QCOMPARE(domain->errorString(), QString());
    QVERIFY(add(m_store.get()));
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(domain->errorString(), QString());
    QCOMPARE(errors.count(), 0);
}

void tst_StoreDomains::waitsForTheFirstUpdate()
{
    QVERIFY(attach<QZapCurveDomain>(m_authenticator.get(), m_store.get()));
    const auto future = m_authenticator->authenticate(test(), QStringLiteral("127.0.0.1"),
                                                      QZapCredentials::curve(key()));
    QCoreApplication::processEvents();
    QVERIFY(!future.isFinished());
    QVERIFY(add(m_store.get()));
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().status(), QZap::Status::Success);
}

void tst_StoreDomains::givesTemporaryAnswersWhenTheStoreIsDestroyed()
{
    QFETCH(bool, isPlain);
    QZapDomain *const domain = attach(isPlain, m_authenticator.get(), m_store.get());
    QVERIFY(add(m_store.get()));
    QTRY_VERIFY(domain->isReady());
    m_store.reset();
    QCOMPARE(evaluate(*m_authenticator, credentials(isPlain)), QZap::Status::TemporaryError);
    QVERIFY(!domain->property("store").value<QZapCredentialsStore *>());
    QTRY_VERIFY(domain->errorString().contains(QStringLiteral("destroyed")));
    QVERIFY(!domain->isReady());
    setStore(domain, nullptr);
    QCOMPARE(domain->errorString(), QString());
    QCOMPARE(evaluate(*m_authenticator, credentials(isPlain)), QZap::Status::TemporaryError);
}

void tst_StoreDomains::acceptsAnotherStore()
{
    QFETCH(bool, isPlain);
    QZapCredentialsStore empty;
    QVERIFY(empty.begin(Mode::ReplaceAll).commit().result());
    QVERIFY(add(m_store.get()));
    QZapDomain *const domain = attach(isPlain, m_authenticator.get(), m_store.get());
    QVERIFY(domain->isReady()); // at once
    QSignalSpy changes(domain, SIGNAL(storeChanged()));
    QCOMPARE(decide(m_authenticator.get(), credentials(isPlain)).status(), QZap::Status::Success);
    setStore(domain, m_store.get());
    QCOMPARE(changes.count(), 0);
    setStore(domain, &empty);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(evaluate(*m_authenticator, credentials(isPlain)), QZap::Status::AuthenticationFailure);
    QVERIFY(add(m_store.get())); // has no effect
    QCOMPARE(evaluate(*m_authenticator, credentials(isPlain)), QZap::Status::AuthenticationFailure);
}

// The signal destroyed() of a store in another thread arrives after the new store was set.
void tst_StoreDomains::keepsItsStoreWhenAFormerOneIsDestroyed()
{
    QThread thread;
    auto *const former = new QZapCredentialsStore;
    former->moveToThread(&thread);
    connect(&thread, &QThread::finished, former, &QObject::deleteLater);
    auto *const domain = attach<QZapCurveDomain>(m_authenticator.get(), former);
    thread.start();
    thread.quit();
    QVERIFY(thread.wait());
    domain->setStore(m_store.get());
    QCoreApplication::processEvents();
    QCOMPARE(domain->store(), m_store.get());
    domain->setPublishedFields({QStringLiteral("Role")});
    QVERIFY(add(m_store.get()));
    QCOMPARE(decide(m_authenticator.get(), credentials(false)).status(), QZap::Status::Success);
}

void tst_StoreDomains::refusesALocationBesides()
{
    const QString list = write(QStringLiteral("keys"), "");
    QVERIFY(add(m_store.get()));
    auto *const domain = attach<QZapCurveDomain>(m_authenticator.get(), m_store.get());
    QCOMPARE(evaluate(*m_authenticator, QZapCredentials::curve(key())), QZap::Status::Success);
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    domain->setLocation(QZap::CurveAllowAny);
    QCOMPARE(errors.count(), 1);
    QCOMPARE(m_authenticator->error(), QZapAuthenticator::Error::ConfigurationError);
    QVERIFY(!domain->isReady());
    QVERIFY(domain->errorString().contains(QStringLiteral("both")));
    QCOMPARE(evaluate(*m_authenticator, QZapCredentials::curve(key())),
             QZap::Status::TemporaryError);
    domain->setPublishedFields({QStringLiteral("Role")}); // remains closed
    QCOMPARE(evaluate(*m_authenticator, QZapCredentials::curve(key())),
             QZap::Status::TemporaryError);
    domain->setLocation({});
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(evaluate(*m_authenticator, QZapCredentials::curve(key())), QZap::Status::Success);

    domain->setLocation(list);
    QVERIFY(!domain->isReady());
    domain->setStore(nullptr);
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(domain->errorString(), QString());
    QCOMPARE(evaluate(*m_authenticator, QZapCredentials::curve(key())),
             QZap::Status::AuthenticationFailure);
}

void tst_StoreDomains::refusesUsersBesides_data()
{
    QTest::addColumn<bool>("isFile");
    QTest::newRow("passwords") << false;
    QTest::newRow("a password file") << true;
}

void tst_StoreDomains::refusesUsersBesides()
{
    QFETCH(bool, isFile);
    const QString file = write(QStringLiteral("passwords"), "carol=x\n");
    QVERIFY(QFile::setPermissions(file, QFile::ReadOwner | QFile::WriteOwner));
    QVERIFY(add(m_store.get()));
    auto *const domain = attach<QZapPlainDomain>(m_authenticator.get(), m_store.get());
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    const auto setUsers = [&] {
        if (isFile)
            domain->setPasswordFile(file);
        else
            domain->setPasswords({{QStringLiteral("carol"), QStringLiteral("x")}});
    };
    const auto carol = QZapCredentials::plain(QStringLiteral("carol"), "x");
    setUsers();
    QCOMPARE(errors.count(), 1);
    QCOMPARE(m_authenticator->error(), QZapAuthenticator::Error::ConfigurationError);
    QVERIFY(!domain->isReady());
    QCOMPARE(domain->users(), QStringList());
    for (const QZapCredentials &each : {carol, bob()})
        QCOMPARE(decide(m_authenticator.get(), each).status(), QZap::Status::TemporaryError);
    domain->setPasswordFile({});
    QVERIFY(domain->isReady());
    QCOMPARE(domain->errorString(), QString());
    QCOMPARE(decide(m_authenticator.get(), bob()).status(), QZap::Status::Success);

    setUsers();
    QVERIFY(!domain->isReady());
    domain->setStore(nullptr);
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(evaluate(*m_authenticator, carol), QZap::Status::Success);
    QCOMPARE(evaluate(*m_authenticator, bob()), QZap::Status::AuthenticationFailure);
    QCOMPARE(domain->errorString(), QString());
}

// A provider must not decide alone while the intended credentials are unknown.
void tst_StoreDomains::asksNoProviderAlone()
{
    QZapCredentialsProvider provider;
    connect(&provider, &QZapCredentialsProvider::authenticating,
            [](const QZapDecision &decision) { decision.accept(); });
    auto *const domain = attach<QZapCurveDomain>(m_authenticator.get(), m_store.get());
    domain->setCredentialsProvider(&provider);
    QVERIFY(add(m_store.get()));
    const auto stranger = QZapCredentials::curve(key('x'));
    QCOMPARE(decide(m_authenticator.get(), stranger).status(), QZap::Status::AuthenticationFailure);
    domain->setLocation(QZap::CurveAllowAny);
    QCOMPARE(decide(m_authenticator.get(), stranger).status(), QZap::Status::TemporaryError);
    domain->setLocation({});
    m_store.reset();
    QCOMPARE(decide(m_authenticator.get(), stranger).status(), QZap::Status::TemporaryError);
}

void tst_StoreDomains::publishesFields()
{
    QFETCH(bool, isPlain);
    // Two domains with different fields of the same entries.
    QZapAuthenticator other;
    QZapDomain *const domain = attach(isPlain, m_authenticator.get(), m_store.get());
    QVERIFY(attach(isPlain, &other, m_store.get()));
    domain->setPublishedFields(
        {QStringLiteral("Role"), QStringLiteral("Site"), QStringLiteral("Mechanism")});
    QVERIFY(add(m_store.get(), role("sensor")));
    const QVariantMap expected{
        {QStringLiteral("Role"), QStringLiteral("sensor")},
        {QStringLiteral("Site"), QString()},
        {QStringLiteral("Mechanism"), QLatin1StringView(isPlain ? "PLAIN" : "CURVE")}};
    QCOMPARE(decide(m_authenticator.get(), credentials(isPlain)).metadata(), expected);
    QCOMPARE(decide(&other, credentials(isPlain)).metadata(), QVariantMap());

    // A change is in force at once, in both.
    QZapCredentialsUpdate update = m_store->begin(Mode::Delta);
    update.upsertKey(key(), QStringLiteral("alice"), role("writer"));
    update.upsertUser(QStringLiteral("bob"), hash(), role("writer"));
    update.commit();
    QCOMPARE(decide(m_authenticator.get(), credentials(isPlain))
                 .metadata()
                 .value(QStringLiteral("Role")),
             QVariant(QStringLiteral("writer")));
    QCOMPARE(decide(&other, credentials(isPlain)).metadata(), QVariantMap());
}

void tst_StoreDomains::changesPublishedFields()
{
    QVERIFY(add(m_store.get(), role("sensor")));
    auto *const domain = attach<QZapCurveDomain>(m_authenticator.get(), m_store.get());
    domain->setPublishedFields({QStringLiteral("Role")});
    // Peers wait while the fields are prepared.
    QCOMPARE(decide(m_authenticator.get(), credentials(false)).metadata(), role("sensor"));
    domain->setPublishedFields({});
    QCOMPARE(decide(m_authenticator.get(), credentials(false)).metadata(), QVariantMap());
    QTRY_VERIFY(domain->isReady());
}

void tst_StoreDomains::takesTheUserIdFromAField()
{
    auto *const domain = attach<QZapCurveDomain>(m_authenticator.get(), m_store.get());
    domain->setUserIdField(QStringLiteral("Role"));
    QVERIFY(add(m_store.get(), role("sensor")));
    QCOMPARE(decide(m_authenticator.get(), credentials(false)).userId(), QStringLiteral("sensor"));
    QVERIFY(add(m_store.get()));
    QCOMPARE(decide(m_authenticator.get(), credentials(false)).userId(), QStringLiteral("alice"));
}

void tst_StoreDomains::reportsInvalidUserIds()
{
    auto *const domain = attach<QZapCurveDomain>(m_authenticator.get(), m_store.get());
    domain->setUserIdField(QStringLiteral("Role"));
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    QVERIFY(add(m_store.get(), role("anonymous")));
    QCOMPARE(decide(m_authenticator.get(), credentials(false)).userId(), QStringLiteral("alice"));
    QTRY_COMPARE(errors.count(), 1);
    QVERIFY(domain->errorString().contains(QStringLiteral("the field Role is \"anonymous\"")));
    QVERIFY(add(m_store.get(), role("sensor")));
    QTRY_COMPARE(domain->errorString(), QString());
}

void tst_StoreDomains::refusesExpiredKeys()
{
    attach<QZapCurveDomain>(m_authenticator.get(), m_store.get());
    QVERIFY(add(m_store.get(), {}, QDateTime::currentDateTimeUtc().addSecs(-1)));
    const QZapReply reply = decide(m_authenticator.get(), credentials(false));
    QCOMPARE(reply.status(), QZap::Status::AuthenticationFailure);
    QCOMPARE(reply.statusText(), QStringLiteral("The key has expired"));
    QVERIFY(add(m_store.get(), {}, QDateTime::currentDateTimeUtc().addYears(200)));
    QCOMPARE(decide(m_authenticator.get(), credentials(false)).status(), QZap::Status::Success);
}

void tst_StoreDomains::checksPasswords()
{
    attach<QZapPlainDomain>(m_authenticator.get(), m_store.get());
    QVERIFY(add(m_store.get()));
    QCOMPARE(decide(m_authenticator.get(), bob()).userId(), QStringLiteral("bob"));
    QCOMPARE(decide(m_authenticator.get(), bob("wrong")).status(),
             QZap::Status::AuthenticationFailure);
    const auto carol = QZapCredentials::plain(QStringLiteral("carol"), "secret");
    QCOMPARE(decide(m_authenticator.get(), carol).status(), QZap::Status::AuthenticationFailure);
}

void tst_StoreDomains::refusesExpiredUsers()
{
    attach<QZapPlainDomain>(m_authenticator.get(), m_store.get());
    QVERIFY(add(m_store.get(), {}, QDateTime::currentDateTimeUtc().addSecs(-1)));
    // Only those who know the password are told.
    QCOMPARE(decide(m_authenticator.get(), bob()).statusText(),
             QStringLiteral("The user has expired"));
    QCOMPARE(decide(m_authenticator.get(), bob("wrong")).statusText(),
             QStringLiteral("The user name or password is wrong"));
    QVERIFY(add(m_store.get(), {}, QDateTime::currentDateTimeUtc().addDays(1)));
    QCOMPARE(decide(m_authenticator.get(), bob()).status(), QZap::Status::Success);
}

void tst_StoreDomains::listsUsers()
{
    auto *const domain = attach<QZapPlainDomain>(m_authenticator.get(), m_store.get());
    QSignalSpy changes(domain, &QZapPlainDomain::usersChanged);
    QVERIFY(add(m_store.get()));
    QTRY_COMPARE(domain->users(), QStringList{QStringLiteral("bob")});
    QCOMPARE(changes.count(), 1);
    QZapCredentialsUpdate update = m_store->begin(Mode::Delta);
    update.upsertUser(QStringLiteral("alice"), hash());
    update.commit();
    QTRY_COMPARE(domain->users(), QStringList({QStringLiteral("alice"), QStringLiteral("bob")}));
    QCOMPARE(changes.count(), 2);
}

void tst_StoreDomains::explains()
{
    attach<QZapCurveDomain>(m_authenticator.get(), m_store.get());
    attach<QZapPlainDomain>(m_authenticator.get(), m_store.get());
    QVERIFY(add(m_store.get(), {}, QDateTime(QDate(2999, 1, 1), QTime(0, 0), Qt::UTC)));
    const auto explain = [this](const QZapCredentials &credentials) {
        return m_authenticator->explain(test(), QStringLiteral("127.0.0.1"), credentials);
    };
    const QString curve = explain(credentials(false));
    QVERIFY2(
        curve.contains(QStringLiteral("is in the credentials store, with the user id \"alice\"")),
        qPrintable(curve));
    QVERIFY2(curve.contains(QStringLiteral("The key expires on 2999-01-01")), qPrintable(curve));
    QVERIFY(explain(QZapCredentials::curve(key('x')))
                .contains(QStringLiteral("is not in the credentials store (1 key)")));
    const QString plain = explain(credentials(true));
    QVERIFY2(plain.contains(QStringLiteral("The user \"bob\" is in the credentials store")),
             qPrintable(plain));
    QVERIFY2(plain.contains(QStringLiteral("The user expires on 2999-01-01")), qPrintable(plain));
}

QTEST_GUILESS_MAIN(tst_StoreDomains)
#include "tst_storedomains.moc"
