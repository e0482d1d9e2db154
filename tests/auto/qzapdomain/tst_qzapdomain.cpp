// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "logcollector.h"

#include <QtCore/qfile.h>
#include <QtCore/qpointer.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qurl.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

using Error = QZapAuthenticator::Error;
using QZap::Mechanism;

// Domain objects and the calls that create them, tested by the peers that they accept.
class tst_QZapDomain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        expectConfigurationErrors();
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    }

    void letsNobodyInByDefault();
    void refusesBadNames_data();
    void refusesBadNames();
    void aBadNameClosesTheDomain();
    void takesEffectAtOnce();
    void configureMakesAndChanges();
    void configureRefuses_data();
    void configureRefuses();
    void configureKeepsThePreviousContent();
    void refusesForTwoDomainsOfOneKey();
    void domainsAreTaken();
    void subclassesCloseTheDomain();
    void belongsToOneAuthenticator();
    void isRemoved();
    void isDeleted();
    void isDeletedInItsSlot();
    void outlivesItsAuthenticator();
    void reportsEarlierErrors();
    void reportsErrorsThatASlotReplaces();

    void passwordsCannotBeRead();
    void passwordsAreTakenLiterally_data();
    void passwordsAreTakenLiterally();
    void refusesPasswords_data();
    void refusesPasswords();
    void passwordFileAndMapReplaceEachOther();
    void usersChangeWithTheirNames();
    void reportsPasswordFileErrors();
    void reportsKeyErrors();
    void logsExcludedFilesOnce();
    void logsFilesExcludedBefore();
    void revokesThePreviousKeysAtOnce();
    void keepsKeysIfRereadingFails();
    void filtersNames();
    void principals();

    void addressListsExclude();
    void addressListsAreSetByProperty();
    void refusedAddressesStopTheStart();
    void braceListsAreLists();

private:
    static QString test() { return QStringLiteral("test"); }
    static QZap::Status ask(const QZapAuthenticator &authenticator,
                            const QZapCredentials &credentials, const QString &domain = test(),
                            const QString &address = QStringLiteral("127.0.0.1"))
    {
        return authenticator.evaluate(domain, address, credentials).status();
    }
    static QZapCredentials bob(const QByteArray &password = "secret")
    {
        return QZapCredentials::plain(QStringLiteral("bob"), password);
    }
    static QVariantMap bobsMap(const QString &password = QStringLiteral("secret"))
    {
        return {{QStringLiteral("bob"), password}};
    }
    static QString write(const QTemporaryDir &directory, const QString &name,
                         const QByteArray &contents)
    {
        QFile file(directory.filePath(name));
        if (!file.open(QIODevice::WriteOnly)
            || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
            qFatal("no file could be written");
        file.write(contents);
        return file.fileName();
    }
};

void tst_QZapDomain::letsNobodyInByDefault()
{
    const QZapNullDomain null;
    QCOMPARE(null.name(), QStringLiteral("*"));
    QCOMPARE(null.mechanism(), Mechanism::Null);
    QVERIFY(!null.isAccepted());
    QVERIFY(null.isReady());
    const QZapPlainDomain plain;
    const QZapCurveDomain curve;
    const QZapGssapiDomain gssapi;
    QCOMPARE(plain.mechanism(), Mechanism::Plain);
    QCOMPARE(curve.mechanism(), Mechanism::Curve);
    QCOMPARE(gssapi.mechanism(), Mechanism::Gssapi);
    for (const QZapDomain *domain :
         std::initializer_list<const QZapDomain *>{&plain, &curve, &gssapi}) {
        QCOMPARE(domain->name(), QStringLiteral("*"));
        QVERIFY(!domain->isReady());
        QCOMPARE(domain->errorString(), QString());
    }
}

void tst_QZapDomain::refusesBadNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("empty") << QString();
    QTest::newRow("256 bytes") << QString(256, u'x');
    QTest::newRow("NUL") << QString(QChar(0));
    QTest::newRow("line break") << QStringLiteral("a\nb");
    QTest::newRow("half a character") << QString(QChar(0xdc00));
}

void tst_QZapDomain::refusesBadNames()
{
    QFETCH(const QString, name);
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QVERIFY(!authenticator.configureNull(name, true));
    QVERIFY(!authenticator.configurePlain(name, bobsMap()));
    QVERIFY(!authenticator.configurePlainFile(name, QStringLiteral("/etc/passwd")));
    QVERIFY(!authenticator.configureCurve(name, QZap::CurveAllowAny));
    QVERIFY(!authenticator.configureGssapi(name, {}));
    QCOMPARE(errors.count(), 5);
    QVERIFY(authenticator.domains().isEmpty());

    QZapNullDomain domain;
    QSignalSpy ready(&domain, &QZapDomain::readyChanged);
    domain.setName(name);
    QCOMPARE(domain.name(), QStringLiteral("*"));
    QVERIFY(!domain.isReady());
    QVERIFY(!domain.errorString().isEmpty());
    QCOMPARE(ready.count(), 1);
    domain.setName(QStringLiteral("good"));
    QVERIFY(domain.isReady());
    QCOMPARE(domain.errorString(), QString());
}

// A refused name must not leave the domain open to everybody.
void tst_QZapDomain::aBadNameClosesTheDomain()
{
    QZapAuthenticator authenticator;
    QZapNullDomain domain;
    domain.setAccepted(true);
    QVERIFY(authenticator.addDomain(&domain));
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::Success);
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    domain.setName(QString());
    QCOMPARE(errors.count(), 1);
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::TemporaryError);
    domain.setName(QStringLiteral("*"));
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::Success);
}

void tst_QZapDomain::takesEffectAtOnce()
{
    QZapAuthenticator authenticator;
    auto *domain = new QZapPlainDomain;
    QVERIFY(authenticator.addDomain(domain));
    QCOMPARE(domain->parent(), &authenticator);
    QCOMPARE(ask(authenticator, bob()), QZap::Status::TemporaryError); // nothing is set
    bool seenInSlot = false;
    connect(domain, &QZapDomain::readyChanged, this,
            [&] { seenInSlot = ask(authenticator, bob()) == QZap::Status::Success; });
    domain->setPasswords(bobsMap());
    QVERIFY(seenInSlot);
    QCOMPARE(ask(authenticator, bob()), QZap::Status::Success);
    domain->setName(QStringLiteral("other"));
    QCOMPARE(ask(authenticator, bob()), QZap::Status::AuthenticationFailure);
    QCOMPARE(ask(authenticator, bob(), QStringLiteral("other")), QZap::Status::Success);
    domain->setPasswords({});
    QVERIFY(domain->isReady());
    QCOMPARE(ask(authenticator, bob(), QStringLiteral("other")),
             QZap::Status::AuthenticationFailure);
}

void tst_QZapDomain::configureMakesAndChanges()
{
    QZapAuthenticator authenticator;
    QSignalSpy changed(&authenticator, &QZapAuthenticator::domainsChanged);
    QVERIFY(authenticator.configurePlain(test(), bobsMap()));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(authenticator.domains().size(), 1);
    auto *domain = qobject_cast<QZapPlainDomain *>(authenticator.domain(test(), Mechanism::Plain));
    QVERIFY(domain);
    QCOMPARE(domain->users(), QStringList(QStringLiteral("bob")));
    QVERIFY(!authenticator.domain(test(), Mechanism::Curve));
    QVERIFY(!authenticator.domain(QStringLiteral("*"), Mechanism::Plain));
    QVERIFY(authenticator.configurePlain(test(), {{QStringLiteral("eve"), QByteArray("x")}}));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(authenticator.domain(test(), Mechanism::Plain), domain);
    QCOMPARE(domain->users(), QStringList(QStringLiteral("eve")));
    QVERIFY(authenticator.configureCurve(test(), QZap::CurveAllowAny));
    QVERIFY(authenticator.configureNull(test(), true));
    QVERIFY(authenticator.configureGssapi(test(), {}));
    QCOMPARE(authenticator.domains().size(), 4);
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::Success);
    QVERIFY(authenticator.configureNull(test(), false));
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::AuthenticationFailure);
    QCOMPARE(ask(authenticator, QZapCredentials::gssapi(QStringLiteral("a@B"))),
             QZap::Status::Success);
}

void tst_QZapDomain::configureRefuses_data()
{
    QTest::addColumn<QString>("what");
    for (const char *what : {"missing directory", "missing URL", "no location", "missing file",
                             "no file", "anonymous", "bad principal"}) {
        QTest::newRow(what) << QString::fromLatin1(what);
    }
}

void tst_QZapDomain::configureRefuses()
{
    QFETCH(const QString, what);
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    const QMap<QString, std::function<bool()>> calls{
        {QStringLiteral("missing directory"),
         [&] { return authenticator.configureCurve(test(), QStringLiteral("/no/such")); }},
        {QStringLiteral("missing URL"),
         [&] { return authenticator.configureCurve(test(), QStringLiteral("file:///no/such")); }},
        {QStringLiteral("no location"),
         [&] { return authenticator.configureCurve(test(), QString()); }},
        {QStringLiteral("missing file"),
         [&] { return authenticator.configurePlainFile(test(), QStringLiteral("/no/such")); }},
        {QStringLiteral("no file"),
         [&] { return authenticator.configurePlainFile(test(), QString()); }},
        {QStringLiteral("anonymous"),
         [&] {
             return authenticator.configurePlain(
                 test(), {{QStringLiteral("anonymous"), QStringLiteral("x")}});
         }},
        {QStringLiteral("bad principal"),
         [&] { return authenticator.configureGssapi(test(), {QString()}); }},
    };
    QVERIFY(!calls.value(what)());
    QCOMPARE(errors.count(), 1);
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    // The new domain exists, has an error, and refuses; it also closes NULL.
    QCOMPARE(authenticator.domains().size(), 1);
    QVERIFY(!authenticator.domains().constFirst()->isReady());
    QVERIFY(!authenticator.domains().constFirst()->errorString().isEmpty());
    for (const QZapCredentials &credentials :
         {QZapCredentials::null(), bob(), QZapCredentials::curve(QByteArray(32, 'k')),
          QZapCredentials::gssapi(QStringLiteral("a@B"))}) {
        QVERIFY(ask(authenticator, credentials) != QZap::Status::Success);
    }
}

void tst_QZapDomain::configureKeepsThePreviousContent()
{
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configurePlain(test(), bobsMap()));
    QVERIFY(authenticator.configureCurve(test(), QZap::CurveAllowAny));
    QVERIFY(authenticator.configureGssapi(test(), {QStringLiteral("a@B")}));
    QVERIFY(!authenticator.configurePlain(test(),
                                          {{QStringLiteral("anonymous"), QStringLiteral("x")}}));
    QVERIFY(!authenticator.configurePlainFile(test(), QStringLiteral("/no/such")));
    QVERIFY(!authenticator.configureCurve(test(), QStringLiteral("/no/such")));
    QVERIFY(!authenticator.configureGssapi(test(), {QString()}));
    QCOMPARE(ask(authenticator, bob()), QZap::Status::Success);
    QCOMPARE(ask(authenticator, QZapCredentials::curve(QByteArray(32, 'k'))),
             QZap::Status::Success);
    QCOMPARE(ask(authenticator, QZapCredentials::gssapi(QStringLiteral("a@B"))),
             QZap::Status::Success);
    QCOMPARE(ask(authenticator, QZapCredentials::gssapi(QStringLiteral("b@B"))),
             QZap::Status::AuthenticationFailure);
    for (const QZapDomain *domain : authenticator.domains())
        QVERIFY(domain->isReady());
}

void tst_QZapDomain::refusesForTwoDomainsOfOneKey()
{
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureNull(test(), true));
    QVERIFY(authenticator.configureNull(QStringLiteral("*"), true));
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QObject owner;
    QZapNullDomain second(&owner);
    second.setName(test());
    second.setAccepted(true);
    QVERIFY(!authenticator.addDomain(&second));
    QVERIFY(errors.count() > 0);
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    QCOMPARE(authenticator.domains().size(), 3);
    QVERIFY(!second.isReady());
    QVERIFY(!authenticator.domain(test(), Mechanism::Null)->isReady());
    // It does not fall through to "*".
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::TemporaryError);
    second.setName(QStringLiteral("third"));
    QVERIFY(second.isReady());
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::Success);
    second.setName(test());
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::TemporaryError);
    QVERIFY(authenticator.removeDomain(test(), Mechanism::Null)); // both
    QCOMPARE(authenticator.domains().size(), 1);
    QVERIFY(second.isReady());
    QVERIFY(authenticator.addDomain(&second));
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::Success);
}

void tst_QZapDomain::belongsToOneAuthenticator()
{
    QZapAuthenticator first;
    QZapAuthenticator second;
    QObject owner;
    QZapNullDomain domain(&owner);
    QVERIFY(first.addDomain(&domain));
    QVERIFY(first.addDomain(&domain)); // again, without effect
    QCOMPARE(first.domains().size(), 1);
    QVERIFY(!second.addDomain(&domain));
    QCOMPARE(second.error(), Error::ConfigurationError);
    QVERIFY(!second.addDomain(nullptr));
    QVERIFY(first.removeDomain(QStringLiteral("*"), Mechanism::Null));
    QVERIFY(second.addDomain(&domain));
}

void tst_QZapDomain::isRemoved()
{
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureNull(test(), true));
    const QPointer<QZapDomain> owned = authenticator.domain(test(), Mechanism::Null);
    QVERIFY(!authenticator.removeDomain(test(), Mechanism::Plain));
    QVERIFY(authenticator.removeDomain(test(), Mechanism::Null));
    QVERIFY(!authenticator.removeDomain(test(), Mechanism::Null));
    QVERIFY(authenticator.domains().isEmpty());
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QVERIFY(!owned);
}

void tst_QZapDomain::isDeleted()
{
    QZapAuthenticator authenticator;
    QSignalSpy changed(&authenticator, &QZapAuthenticator::domainsChanged);
    QVERIFY(authenticator.configureNull(test(), true));
    QVERIFY(authenticator.configurePlain(test(), bobsMap()));
    delete authenticator.domain(test(), Mechanism::Plain);
    QCOMPARE(changed.count(), 3);
    QCOMPARE(ask(authenticator, bob()), QZap::Status::AuthenticationFailure);
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::Success);
}

void tst_QZapDomain::isDeletedInItsSlot()
{
    QZapAuthenticator authenticator;
    QZapDomain *domain = new QZapPlainDomain;
    const QPointer<QZapDomain> guard(domain);
    QVERIFY(authenticator.addDomain(domain));
    connect(domain, &QZapDomain::readyChanged, this, [domain] { delete domain; });
    static_cast<QZapPlainDomain *>(domain)->setPasswords(bobsMap());
    QVERIFY(!guard);
    QVERIFY(authenticator.domains().isEmpty());

    // And the authenticator in the slot of its domain's error.
    auto *other = new QZapAuthenticator;
    const QPointer<QZapAuthenticator> otherGuard(other);
    connect(other, &QZapAuthenticator::errorOccurred, other, [other] { delete other; });
    QVERIFY(!other->configureCurve(test(), QStringLiteral("/no/such")));
    QVERIFY(!otherGuard);
}

void tst_QZapDomain::outlivesItsAuthenticator()
{
    QZapPlainDomain domain;
    QObject parent;
    domain.setParent(&parent);
    auto authenticator = std::make_unique<QZapAuthenticator>();
    QVERIFY(authenticator->addDomain(&domain));
    QCOMPARE(domain.parent(), &parent);
    authenticator.reset();
    domain.setPasswords(bobsMap());
    domain.setName(QString());
    domain.setParent(nullptr);
    QZapAuthenticator next;
    QVERIFY(next.addDomain(&domain));
    domain.setParent(nullptr);
}

void tst_QZapDomain::reportsEarlierErrors()
{
    QZapAuthenticator authenticator;
    QZapCurveDomain domain;
    domain.setName(test());
    domain.setLocation(QStringLiteral("/no/such"));
    QVERIFY(!domain.isReady());
    QTRY_VERIFY(!domain.errorString().isEmpty());
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QVERIFY(authenticator.addDomain(&domain));
    QCOMPARE(errors.count(), 1);
    QVERIFY(errors.first().at(1).toString().contains(QStringLiteral("/no/such")));
}

void tst_QZapDomain::reportsErrorsThatASlotReplaces()
{
    QTemporaryDir directory;
    QZapAuthenticator authenticator;
    QZapPlainDomain domain;
    domain.setName(test());
    domain.setPasswordFile(write(directory, QStringLiteral("users"), "bob=secret\none\ntwo\n"));
    QTRY_COMPARE(domain.errorString().count(u'\n'), 1);
    QStringList messages;
    connect(&authenticator, &QZapAuthenticator::errorOccurred, this,
            [&](QZapAuthenticator::Error, const QString &message) {
                messages.append(message);
                domain.setPasswords({{QStringLiteral("bob"), QStringLiteral("secret")}});
            });
    QVERIFY(authenticator.addDomain(&domain));
    QCOMPARE(messages.size(), 2);
    QVERIFY2(messages.last().contains(QStringLiteral("users:3")), qPrintable(messages.last()));
    QVERIFY(domain.errorString().isEmpty());
}

void tst_QZapDomain::passwordsAreTakenLiterally_data()
{
    QTest::addColumn<QString>("password");

    QTest::newRow("a star, as a lock in a file") << QStringLiteral("*");
    QTest::newRow("an exclamation mark, as a lock in a file") << QStringLiteral("!");
    QTest::newRow("an argon2id hash")
        << QStringLiteral("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    QTest::newRow("a hash of another scheme") << QStringLiteral("$6$salt$hash");
    QTest::newRow("an LDAP hash") << QStringLiteral("{SSHA}c2FsdGVkaGFzaA==");
    QTest::newRow("a comment of a file") << QStringLiteral("# x");
    QTest::newRow("a line break") << QStringLiteral("a\nb=c");
    QTest::newRow("blanks") << QStringLiteral(" x ");
}

void tst_QZapDomain::passwordsAreTakenLiterally()
{
    QFETCH(const QString, password);

    QZapAuthenticator authenticator;
    const QString name = QStringLiteral("alice:{SSHA}x=y"); // a name is one as well
    for (const QVariant &value : {QVariant(password), QVariant(password.toUtf8())}) {
        QVERIFY(authenticator.configurePlain(test(), {{name, value}}));
        const auto statusOf = [&](const QByteArray &given) {
            return authenticator.evaluate(test(), {}, QZapCredentials::plain(name, given)).status();
        };
        QCOMPARE(statusOf(password.toUtf8()), QZap::Status::Success);
        QCOMPARE(statusOf("x"), QZap::Status::AuthenticationFailure);
    }
}

void tst_QZapDomain::passwordsCannotBeRead()
{
    QZapPlainDomain domain;
    domain.setPasswords(bobsMap(QStringLiteral("hunter2")));
    QCOMPARE(domain.passwords(), QVariantMap());
    QCOMPARE(domain.property("passwords").toMap(), QVariantMap());
    QCOMPARE(domain.users(), QStringList(QStringLiteral("bob")));
}

void tst_QZapDomain::refusesPasswords_data()
{
    QTest::addColumn<QVariantMap>("passwords");
    const auto one = [](const QString &user, const QVariant &password) {
        return QVariantMap{{QStringLiteral("bob"), QStringLiteral("hunter2")}, {user, password}};
    };
    const QString good = QStringLiteral("hunter2");
    QTest::newRow("anonymous") << one(QStringLiteral("anonymous"), good);
    QTest::newRow("a CURVE key") << one(QZapCertificate::generate().publicKeyText(), good);
    QTest::newRow("no name") << one(QString(), good);
    QTest::newRow("name of 256 bytes") << one(QString(256, u'x'), good);
    QTest::newRow("name with NUL") << one(QStringLiteral("a").append(QChar(0)), good);
    QTest::newRow("half a character") << one(QString(QChar(0xd800)), good);
    QTest::newRow("no password") << one(QStringLiteral("eve"), QString());
    QTest::newRow("password of 256 bytes") << one(QStringLiteral("eve"), QString(256, u'x'));
    QTest::newRow("password that is not a string") << one(QStringLiteral("eve"), 42);
    QTest::newRow("undefined") << one(QStringLiteral("eve"), QVariant());
}

void tst_QZapDomain::refusesPasswords()
{
    QFETCH(const QVariantMap, passwords);
    QZapAuthenticator authenticator;
    QZapPlainDomain domain;
    domain.setName(test());
    QVERIFY(authenticator.addDomain(&domain));
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    domain.setPasswords(passwords);
    QCOMPARE(errors.count(), 1);
    QVERIFY(!domain.isReady());
    QVERIFY(!domain.errorString().isEmpty());
    QVERIFY(!domain.errorString().contains(QStringLiteral("hunter")));
    QCOMPARE(ask(authenticator, bob("hunter2")), QZap::Status::TemporaryError);
    // The previous passwords remain.
    domain.setPasswords(bobsMap());
    QCOMPARE(domain.errorString(), QString());
    domain.setPasswords(passwords);
    QVERIFY(domain.isReady());
    QCOMPARE(ask(authenticator, bob()), QZap::Status::Success);
    QCOMPARE(ask(authenticator, bob("hunter2")), QZap::Status::AuthenticationFailure);
}

void tst_QZapDomain::passwordFileAndMapReplaceEachOther()
{
    QTemporaryDir directory;
    const QString file = write(directory, QStringLiteral("users"), "eve=x\n");
    QZapPlainDomain domain;
    QSignalSpy files(&domain, &QZapPlainDomain::passwordFileChanged);
    domain.setPasswords(bobsMap());
    domain.setPasswordFile(file);
    QCOMPARE(domain.passwordFile(), file);
    QVERIFY(!domain.isReady()); // the previous keys were revoked
    QTRY_VERIFY(domain.isReady());
    QCOMPARE(domain.users(), QStringList(QStringLiteral("eve")));
    domain.setPasswords(bobsMap());
    QCOMPARE(domain.users(), QStringList(QStringLiteral("bob")));
    QCOMPARE(domain.passwordFile(), QString());
    QCOMPARE(files.count(), 2);
    domain.setPasswordFile(QUrl::fromLocalFile(file).toString());
    QTRY_VERIFY(domain.isReady());
    QCOMPARE(domain.users(), QStringList(QStringLiteral("eve")));
    QVERIFY(domain.isReady());
}

// Also if nobody has read the names before.
void tst_QZapDomain::usersChangeWithTheirNames()
{
    QTemporaryDir directory;
    QZapPlainDomain domain;
    QSignalSpy changes(&domain, &QZapPlainDomain::usersChanged);
    domain.setPasswords({});
    QCOMPARE(changes.count(), 0);
    domain.setPasswords(bobsMap());
    QCOMPARE(changes.count(), 1);
    domain.setPasswords({{QStringLiteral("bob"), QStringLiteral("other")}});
    QCOMPARE(changes.count(), 1);
    domain.setPasswordFile(write(directory, QStringLiteral("users"), "eve=x\n"));
    QCOMPARE(changes.count(), 2);
    QTRY_COMPARE(changes.count(), 3);
    QCOMPARE(domain.users(), QStringList(QStringLiteral("eve")));
    domain.setPasswordFile({});
    QCOMPARE(changes.count(), 4);
    QCOMPARE(domain.users(), QStringList());
}

void tst_QZapDomain::reportsPasswordFileErrors()
{
    QTemporaryDir directory;
    const QString file =
        write(directory, QStringLiteral("users"), "bob=secret\nno equals sign hunter2\n");
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QVERIFY(authenticator.configurePlainFile(test(), file));
    const QZapDomain *domain = authenticator.domain(test(), Mechanism::Plain);
    QTRY_VERIFY(domain->isReady()); // the other line is in force
    QCOMPARE(ask(authenticator, bob()), QZap::Status::Success);
    QVERIFY2(domain->errorString().contains(file + QStringLiteral(":2")),
             qPrintable(domain->errorString()));
    QVERIFY(!domain->errorString().contains(QStringLiteral("hunter")));
    QCOMPARE(errors.count(), 1);
    QCOMPARE(authenticator.error(), Error::FileError);
    QVERIFY(authenticator.errorString().contains(QStringLiteral("users:2")));
    // A directory is not a password file.
    QVERIFY(authenticator.configurePlainFile(test(), directory.path()));
    QVERIFY(!domain->isReady());
    QTRY_VERIFY(domain->errorString().contains(directory.path()));
    QCOMPARE(ask(authenticator, bob()), QZap::Status::TemporaryError);
}

void tst_QZapDomain::reportsKeyErrors()
{
    QTemporaryDir directory;
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(directory.path(), QStringLiteral("alice")));
    const QString broken =
        write(directory, QStringLiteral("broken.key"), "curve\n    public-key = \"too short\"\n");
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QVERIFY(authenticator.configureCurve(test(), directory.path()));
    const QZapDomain *domain = authenticator.domain(test(), Mechanism::Curve);
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(ask(authenticator, QZapCredentials::curve(alice.publicKey())), QZap::Status::Success);
    QVERIFY2(domain->errorString().contains(broken + QStringLiteral(":2")),
             qPrintable(domain->errorString()));
    QCOMPARE(errors.count(), 1);
    QCOMPARE(authenticator.error(), Error::FileError);
    // Configured again, it is read again.
    QVERIFY(QFile::remove(broken));
    QVERIFY(authenticator.configureCurve(test(), directory.path()));
    QTRY_COMPARE(domain->errorString(), QString());
}

// Not at each reload, but whenever the set has changed.
void tst_QZapDomain::logsExcludedFilesOnce()
{
    QTemporaryDir directory;
    QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.setMetadata(QStringLiteral("name"), QStringLiteral("Alice")));
    QVERIFY(alice.save(directory.path(), QStringLiteral("alice")));
    write(directory, QStringLiteral("bob.key.disabled"), "x");
    const QString path = directory.path();
    const auto textOf = [&path](const char *entries) {
        return QStringLiteral("my.zap: Domain \"test\": %1: %2; \"qzap check\" says why")
            .arg(path, QString::fromLatin1(entries));
    };
    QStringList expected{textOf("1 entry is not read: \"bob.key.disabled\"")};

    QZapAuthenticator authenticator;
    authenticator.setLoggingCategory(QStringLiteral("my.zap"));
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    const LogCollector log;
    QVERIFY(authenticator.configureCurve(test(), path));
    QZapDomain *const domain = authenticator.domain(test(), Mechanism::Curve);
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(log.lines(), expected);

    // Reloaded for other reasons.
    QVERIFY(authenticator.configureCurve(test(), path));
    domain->setPublishedFields({QStringLiteral("name")});
    QTRY_VERIFY(domain->isReady());
    const QZapCertificate carol = QZapCertificate::generate();
    QVERIFY(carol.save(path, QStringLiteral("carol")));
    const auto ofCarol = QZapCredentials::curve(carol.publicKey());
    QTRY_COMPARE(ask(authenticator, ofCarol), QZap::Status::Success);
    QCOMPARE(log.lines(), expected);

    QVERIFY(
        QFile::rename(path + QStringLiteral("/carol.key"), path + QStringLiteral("/carol.off")));
    expected += textOf("3 entries are not read: \"bob.key.disabled\", \"carol.key_secret\", "
                       "\"carol.off\"");
    QTRY_COMPARE(ask(authenticator, ofCarol), QZap::Status::AuthenticationFailure);
    QTRY_COMPARE(log.lines(), expected);
    for (const char *name : {"bob.key.disabled", "carol.key_secret"})
        QVERIFY(QFile::remove(path + u'/' + QString::fromLatin1(name)));
    expected += textOf("1 entry is not read: \"carol.off\"");
    QTRY_COMPARE(log.lines().last(), expected.last());
    QCOMPARE(errors.count(), 0);
    QCOMPARE(domain->errorString(), QString());
}

void tst_QZapDomain::logsFilesExcludedBefore()
{
    QTemporaryDir directory;
    write(directory, QStringLiteral("bob.key.bak"), "x");
    const LogCollector log;
    QZapAuthenticator authenticator;
    QZapCurveDomain domain;
    domain.setLocation(directory.path());
    QTRY_VERIFY(domain.isReady());
    QCOMPARE(log.lines(), QStringList());
    QVERIFY(authenticator.addDomain(&domain));
    QCOMPARE(log.lines().filter(QStringLiteral("bob.key.bak")).size(), 1);
}

void tst_QZapDomain::revokesThePreviousKeysAtOnce()
{
    QTemporaryDir directory;
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(directory.path(), QStringLiteral("alice")));
    QZapAuthenticator authenticator;
    QZapCurveDomain domain;
    domain.setName(test());
    QVERIFY(authenticator.addDomain(&domain));
    const auto key = QZapCredentials::curve(alice.publicKey());
    domain.setLocation(directory.path());
    QTRY_COMPARE(ask(authenticator, key), QZap::Status::Success);
    domain.setLocation(QStringLiteral("/no/such"));
    QCOMPARE(domain.location(), QStringLiteral("/no/such"));
    QCOMPARE(ask(authenticator, key), QZap::Status::TemporaryError);
    domain.setLocation(QZap::CurveAllowAny);
    QCOMPARE(ask(authenticator, QZapCredentials::curve(QByteArray(32, 'k'))),
             QZap::Status::Success);
    domain.setLocation(QString());
    QCOMPARE(ask(authenticator, key), QZap::Status::TemporaryError);
    QCOMPARE(domain.errorString(), QString());
}

void tst_QZapDomain::keepsKeysIfRereadingFails()
{
    QTemporaryDir directory;
    const QZapCertificate alice = QZapCertificate::generate();
    const QString list =
        write(directory, QStringLiteral("keys"), alice.publicKeyText().toLatin1() + " alice\n");
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureCurve(test(), list));
    const auto key = QZapCredentials::curve(alice.publicKey());
    QTRY_COMPARE(ask(authenticator, key), QZap::Status::Success);
    // A file that is too large says nothing about keys.
    QVERIFY(QFile::resize(list, qint64(300) * 1024 * 1024));
    QVERIFY(authenticator.configureCurve(test(), list));
    QTRY_VERIFY(!authenticator.domain(test(), Mechanism::Curve)->errorString().isEmpty());
    QCOMPARE(ask(authenticator, key), QZap::Status::Success);
    // A removed file has no keys.
    QVERIFY(QFile::remove(list));
    QVERIFY(QFile::link(QStringLiteral("/dev/zero"), list));
    QTRY_VERIFY(ask(authenticator, key) != QZap::Status::Success);
}

void tst_QZapDomain::filtersNames()
{
    QTemporaryDir directory;
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bobsKey = QZapCertificate::generate();
    QVERIFY(alice.save(directory.path(), QStringLiteral("alice")));
    QVERIFY(bobsKey.save(directory.path(), QStringLiteral("bob")));
    QZapAuthenticator authenticator;
    QZapCurveDomain domain;
    domain.setName(test());
    QVERIFY(authenticator.addDomain(&domain));
    domain.setLocation(directory.path());
    const auto asAlice = QZapCredentials::curve(alice.publicKey());
    const auto asBob = QZapCredentials::curve(bobsKey.publicKey());
    QTRY_COMPARE(ask(authenticator, asAlice), QZap::Status::Success);
    QCOMPARE(ask(authenticator, asBob), QZap::Status::Success);
    domain.setNameFilters({QStringLiteral("al*.key")});
    QTRY_COMPARE(ask(authenticator, asAlice), QZap::Status::Success);
    QCOMPARE(ask(authenticator, asBob), QZap::Status::AuthenticationFailure);
    domain.setNameFilters({});
    QTRY_COMPARE(ask(authenticator, asBob), QZap::Status::Success);
}

void tst_QZapDomain::principals()
{
    QZapAuthenticator authenticator;
    QZapGssapiDomain domain;
    domain.setName(test());
    QVERIFY(authenticator.addDomain(&domain));
    const auto alice = QZapCredentials::gssapi(QStringLiteral("alice@A"));
    QCOMPARE(ask(authenticator, alice), QZap::Status::TemporaryError);
    domain.setPrincipals({});
    QVERIFY(domain.isReady());
    QCOMPARE(ask(authenticator, alice), QZap::Status::Success);
    domain.setPrincipals({QStringLiteral("bob@A")});
    QCOMPARE(ask(authenticator, alice), QZap::Status::AuthenticationFailure);
    domain.setPrincipals({QStringLiteral("alice@A"), QString()});
    QCOMPARE(domain.principals(), QStringList(QStringLiteral("bob@A")));
    QVERIFY(!domain.errorString().isEmpty());
    QCOMPARE(ask(authenticator, alice), QZap::Status::AuthenticationFailure);
}

void tst_QZapDomain::addressListsExclude()
{
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QSignalSpy allowed(&authenticator, &QZapAuthenticator::allowedAddressesChanged);
    QVERIFY(!authenticator.allow(QStringList()));
    QVERIFY(!authenticator.allow(QStringLiteral("nonsense")));
    QVERIFY(!authenticator.allow({QStringLiteral("10.0.0.1"), QStringLiteral("nonsense")}));
    QCOMPARE(errors.count(), 3);
    QCOMPARE(allowed.count(), 0);
    QVERIFY(authenticator.allow(QStringLiteral("10.0.0.1")));
    QVERIFY(!authenticator.deny(QStringLiteral("10.0.0.2")));
    QVERIFY(authenticator.allow({QStringLiteral("10.0.0.3"), QStringLiteral("fd00::/8")}));
    QCOMPARE(authenticator.allowedAddresses().size(), 3);
    QCOMPARE(allowed.count(), 2);
    QVERIFY(authenticator.configureNull(test(), true));
    // A refused value keeps everybody out until it is assigned or reset.
    authenticator.setAllowedAddresses(authenticator.allowedAddresses());
    authenticator.resetDeniedAddresses();
    const auto from = [&](const char *address) {
        return ask(authenticator, QZapCredentials::null(), test(), QString::fromLatin1(address));
    };
    QCOMPARE(from("10.0.0.3"), QZap::Status::Success);
    QCOMPARE(from("10.0.0.2"), QZap::Status::AuthenticationFailure);
    QVERIFY(authenticator.removeAllowed(QStringLiteral("::ffff:10.0.0.3")));
    QVERIFY(!authenticator.removeAllowed(QStringLiteral("10.0.0.3")));
    QVERIFY(!authenticator.removeDenied(QStringLiteral("10.0.0.1")));
    QCOMPARE(from("10.0.0.3"), QZap::Status::AuthenticationFailure);
    QVERIFY(authenticator.removeAllowed(QStringLiteral("10.0.0.1")));
    QVERIFY(authenticator.removeAllowed(QStringLiteral("fd00::/8")));
    QCOMPARE(from("10.0.0.1"), QZap::Status::AuthenticationFailure); // emptied: nobody
    authenticator.resetAllowedAddresses();
    QCOMPARE(from("10.0.0.1"), QZap::Status::Success);
    QVERIFY(authenticator.deny(QStringLiteral("10.0.0.1")));
    QCOMPARE(from("10.0.0.1"), QZap::Status::AuthenticationFailure);
    QCOMPARE(from("10.0.0.2"), QZap::Status::Success);
    QCOMPARE(from("nonsense"), QZap::Status::AuthenticationFailure);
}

void tst_QZapDomain::addressListsAreSetByProperty()
{
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureNull(test(), true));
    QSignalSpy changed(&authenticator, &QZapAuthenticator::allowedAddressesChanged);
    QVERIFY(authenticator.setProperty("allowedAddresses", QStringList()));
    QCOMPARE(changed.count(), 1); // from unset to an empty list
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::AuthenticationFailure);
    const int index = authenticator.metaObject()->indexOfProperty("allowedAddresses");
    QVERIFY(authenticator.metaObject()->property(index).reset(&authenticator));
    QCOMPARE(changed.count(), 2);
    QCOMPARE(ask(authenticator, QZapCredentials::null()), QZap::Status::Success);
}

void tst_QZapDomain::refusedAddressesStopTheStart()
{
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    authenticator.setDeniedAddresses({QStringLiteral("10.0.0.1"), QStringLiteral("nonsense")});
    QCOMPARE(errors.count(), 1);
    QVERIFY(!authenticator.start());
    QCOMPARE(authenticator.error(), Error::ConfigurationError);
    QVERIFY(authenticator.errorString().contains(QStringLiteral("nonsense")));
    authenticator.setDeniedAddresses({QStringLiteral("10.0.0.1")});
    authenticator.setAllowedAddresses({QStringLiteral("10.0.0.2")}); // both at once
    QVERIFY(!authenticator.start());
    authenticator.resetAllowedAddresses();
    QVERIFY(authenticator.start());
    QCOMPARE(authenticator.deniedAddresses(), QStringList(QStringLiteral("10.0.0.1")));
    authenticator.setDeniedAddresses({QStringLiteral("nonsense")});
    QCOMPARE(authenticator.deniedAddresses(), QStringList(QStringLiteral("10.0.0.1")));
    authenticator.stop();
    QVERIFY(authenticator.start());
}

void tst_QZapDomain::braceListsAreLists()
{
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.allow({QStringLiteral("10.0.0.1")}));
    QVERIFY(authenticator.allow({QStringLiteral("10.0.0.2"), QStringLiteral("10.0.0.3")}));
    QCOMPARE(authenticator.allowedAddresses().size(), 3);
    QVERIFY(!authenticator.allow({}));
}

void tst_QZapDomain::domainsAreTaken()
{
    QZapAuthenticator authenticator;
    QZapNullDomain one;
    auto *const two = new QZapNullDomain;
    one.setName(test());
    two->setName(test());
    one.setAccepted(true);
    QVERIFY(authenticator.addDomain(&one));
    QVERIFY(!authenticator.addDomain(two));
    QSignalSpy changed(&authenticator, &QZapAuthenticator::domainsChanged);
    QVERIFY(authenticator.takeDomain(two));
    QCOMPARE(changed.count(), 1);
    QVERIFY(!authenticator.takeDomain(two));
    QVERIFY(!authenticator.takeDomain(nullptr));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(authenticator.domains(), QList<QZapDomain *>{&one});
    QVERIFY(one.isReady());
    QCOMPARE(two->parent(), &authenticator);
    // It can be added to another one now.
    QZapAuthenticator other;
    QVERIFY(other.addDomain(two));
}

void tst_QZapDomain::subclassesCloseTheDomain()
{
    class Domain : public QZapNullDomain
    {
    public:
        using QZapNullDomain::setConfigurationProblem;
    };
    QZapAuthenticator authenticator;
    auto *const domain = new Domain;
    domain->setAccepted(true);
    QVERIFY(authenticator.addDomain(domain));
    const auto status = [&authenticator] {
        return authenticator.evaluate(test(), {}, QZapCredentials::null()).status();
    };
    QCOMPARE(status(), QZap::Status::Success);
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    domain->setConfigurationProblem(QStringLiteral("line 5"));
    QCOMPARE(status(), QZap::Status::TemporaryError);
    QVERIFY(!domain->isReady());
    QCOMPARE(domain->errorString(), QStringLiteral("line 5"));
    QCOMPARE(errors.count(), 1);
    domain->setAccepted(false);
    domain->setAccepted(true);
    QCOMPARE(status(), QZap::Status::TemporaryError);
    domain->setConfigurationProblem({});
    QCOMPARE(status(), QZap::Status::Success);
    QCOMPARE(domain->errorString(), QString());
}

QTEST_GUILESS_MAIN(tst_QZapDomain)
#include "tst_qzapdomain.moc"
