// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"

#include <QtCore/qurl.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

using Error = QZapAuthenticator::Error;
using QZap::Mechanism;

// Tests the users of a domain, given as a map or in a file.
class tst_QZapPlainDomain : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void passwordsCannotBeRead();
    void passwordsAreTakenLiterally_data();
    void passwordsAreTakenLiterally();
    void refusesPasswords_data();
    void refusesPasswords();
    void passwordFileAndMapReplaceEachOther();
    void usersChangedIsEmittedForOtherNames();

    void reportsPasswordFileErrors();
    void reportsErrorsThatASlotReplaces();
};

void tst_QZapPlainDomain::passwordsCannotBeRead()
{
    QZapPlainDomain domain;
    domain.setPasswords(bobsMap(QStringLiteral("hunter2")));
    QCOMPARE(domain.passwords(), QVariantMap());
    QCOMPARE(domain.property("passwords").toMap(), QVariantMap());
    QCOMPARE(domain.users(), QStringList(QStringLiteral("bob")));
}

void tst_QZapPlainDomain::passwordsAreTakenLiterally_data()
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

void tst_QZapPlainDomain::passwordsAreTakenLiterally()
{
    QFETCH(const QString, password);

    QZapAuthenticator authenticator;
    const QString name = QStringLiteral("alice:{SSHA}x=y"); // is taken literally as well
    for (const QVariant &value : {QVariant(password), QVariant(password.toUtf8())}) {
        QVERIFY(authenticator.configurePlain(test(), {{name, value}}));
        const auto statusOf = [&](const QByteArray &given) {
            return authenticator.evaluate(test(), {}, QZapCredentials::plain(name, given)).status();
        };
        QCOMPARE(statusOf(password.toUtf8()), QZap::Status::Success);
        QCOMPARE(statusOf("x"), QZap::Status::AuthenticationFailure);
    }
}

void tst_QZapPlainDomain::refusesPasswords_data()
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

void tst_QZapPlainDomain::refusesPasswords()
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
    QCOMPARE(evaluate(authenticator, bob("hunter2")), QZap::Status::TemporaryError);
    // The previous passwords remain in force.
    domain.setPasswords(bobsMap());
    QCOMPARE(domain.errorString(), QString());
    domain.setPasswords(passwords);
    QVERIFY(domain.isReady());
    QCOMPARE(evaluate(authenticator, bob()), QZap::Status::Success);
    QCOMPARE(evaluate(authenticator, bob("hunter2")), QZap::Status::AuthenticationFailure);
}

void tst_QZapPlainDomain::passwordFileAndMapReplaceEachOther()
{
    const QString file = write(QStringLiteral("users"), "eve=x\n");
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

// The signal is emitted even if the names were not read before.
void tst_QZapPlainDomain::usersChangedIsEmittedForOtherNames()
{
    QZapPlainDomain domain;
    QSignalSpy changes(&domain, &QZapPlainDomain::usersChanged);
    domain.setPasswords({});
    QCOMPARE(changes.count(), 0);
    domain.setPasswords(bobsMap());
    QCOMPARE(changes.count(), 1);
    domain.setPasswords({{QStringLiteral("bob"), QStringLiteral("other")}});
    QCOMPARE(changes.count(), 1);
    domain.setPasswordFile(write(QStringLiteral("users"), "eve=x\n"));
    QCOMPARE(changes.count(), 2);
    QTRY_COMPARE(changes.count(), 3);
    QCOMPARE(domain.users(), QStringList(QStringLiteral("eve")));
    domain.setPasswordFile({});
    QCOMPARE(changes.count(), 4);
    QCOMPARE(domain.users(), QStringList());
}

void tst_QZapPlainDomain::reportsPasswordFileErrors()
{
    const QString file = write(QStringLiteral("users"), "bob=secret\nno equals sign hunter2\n");
    QZapAuthenticator authenticator;
    QSignalSpy errors(&authenticator, &QZapAuthenticator::errorOccurred);
    QVERIFY(authenticator.configurePlainFile(test(), file));
    const QZapDomain *domain = authenticator.domain(test(), Mechanism::Plain);
    QTRY_VERIFY(domain->isReady()); // the valid line is in force
    QCOMPARE(evaluate(authenticator, bob()), QZap::Status::Success);
    QVERIFY2(domain->errorString().contains(file + QStringLiteral(":2")),
             qPrintable(domain->errorString()));
    QVERIFY(!domain->errorString().contains(QStringLiteral("hunter")));
    QCOMPARE(errors.count(), 1);
    QCOMPARE(authenticator.error(), Error::FileError);
    QVERIFY(authenticator.errorString().contains(QStringLiteral("users:2")));
    // A directory is not a password file.
    QVERIFY(authenticator.configurePlainFile(test(), path()));
    QVERIFY(!domain->isReady());
    QTRY_VERIFY(domain->errorString().contains(path()));
    QCOMPARE(evaluate(authenticator, bob()), QZap::Status::TemporaryError);
}

void tst_QZapPlainDomain::reportsErrorsThatASlotReplaces()
{
    QZapAuthenticator authenticator;
    QZapPlainDomain domain;
    domain.setName(test());
    domain.setPasswordFile(write(QStringLiteral("users"), "bob=secret\none\ntwo\n"));
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

QTEST_GUILESS_MAIN(tst_QZapPlainDomain)
#include "tst_qzapplaindomain.moc"
