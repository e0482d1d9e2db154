// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "logcollector.h"
#include "peer.h"
#include "server.h"

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>

using QZap::Mechanism;
using QZap::Status;

// Tests fields of certificates, key lists and requests as metadata and as user ids.
class tst_PublishedFields : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void everyDeclaredFieldIsSent_data();
    void everyDeclaredFieldIsSent();
    void theServerReadsFields();
    void signalsReportFields();
    void fieldsAreSentToAcceptedPeersOnly();
    void refusedListsCloseTheDomain_data();
    void refusedListsCloseTheDomain();
    void refusedUserIdFieldsCloseTheDomain();
    void changesApplyToTheNextRequest();
    void fieldsAreReadAgain();
    void userIds_data();
    void userIds();
    void aValueThatCannotBeSentIsEmpty();
    void warnsOfNamesThatNoKeyHas();

private:
    static QString test() { return QStringLiteral("test"); }
    QZapReply ask(const QZapCredentials &credentials, const QString &domain = test())
    {
        return m_authenticator->evaluate(domain, {}, credentials);
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
    QZapCurveDomain *curveDomain(const QString &location)
    {
        m_authenticator->configureCurve(test(), location);
        return qobject_cast<QZapCurveDomain *>(m_authenticator->domain(test(), Mechanism::Curve));
    }
    QByteArray line(const QByteArray &rest) const
    {
        return m_alice.publicKeyText().toLatin1() + ' ' + rest + '\n';
    }
    QZapCredentials alice() const { return QZapCredentials::curve(m_alice.publicKey()); }

    const QZapCertificate m_alice = QZapCertificate::generate();
    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_PublishedFields::init()
{
    expectConfigurationErrors();
    // Fields that no key has are published here on purpose.
    QTest::failOnWarning(QRegularExpression(QStringLiteral("^(?!.*: no key has the field)")));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_directory = std::make_unique<QTemporaryDir>();
}

void tst_PublishedFields::cleanup()
{
    m_authenticator.reset();
    m_context.reset();
    m_directory.reset();
}

void tst_PublishedFields::everyDeclaredFieldIsSent_data()
{
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<QString>("location");
    QTest::addColumn<QString>("mechanism");
    QTest::addColumn<QString>("role");
    QTest::newRow("NULL") << QZapCredentials::null() << QString() << "NULL" << QString();
    QTest::newRow("PLAIN") << QZapCredentials::plain(QStringLiteral("bob"), "x") << QString()
                           << "PLAIN" << QString();
    QTest::newRow("GSSAPI") << QZapCredentials::gssapi(QStringLiteral("bob@REALM")) << QString()
                            << "GSSAPI" << QString();
    QTest::newRow("CURVE, any key") << alice() << QStringLiteral("*") << "CURVE" << QString();
    QTest::newRow("CURVE, certificate with the field")
        << alice() << QStringLiteral("certificates") << "CURVE"
        << "admin";
    QTest::newRow("CURVE, key list with the field") << alice() << QStringLiteral("list") << "CURVE"
                                                    << "admin";
    QTest::newRow("CURVE, key list without it")
        << alice() << QStringLiteral("poorlist") << "CURVE" << QString();
}

void tst_PublishedFields::everyDeclaredFieldIsSent()
{
    QFETCH(const QZapCredentials, credentials);
    QFETCH(QString, location);
    QFETCH(const QString, mechanism);
    QFETCH(const QString, role);
    if (location == QStringLiteral("certificates")) {
        QZapCertificate certificate = m_alice;
        QVERIFY(certificate.setMetadata(QStringLiteral("Role"), QStringLiteral("admin")));
        QVERIFY(certificate.setMetadata(QStringLiteral("Other"), QStringLiteral("secret")));
        QVERIFY(certificate.save(m_directory->path(), QStringLiteral("alice")));
        location = m_directory->path();
    } else if (location == QStringLiteral("list")) {
        location = write(location, line("alice Role=admin Other=secret"));
    } else if (location == QStringLiteral("poorlist")) {
        location = write(location, line("alice Other=secret"));
    }
    switch (credentials.mechanism()) {
    case Mechanism::Null:
        QVERIFY(m_authenticator->configureNull(test(), true));
        break;
    case Mechanism::Plain:
        QVERIFY(m_authenticator->configurePlain(test(),
                                                {{QStringLiteral("bob"), QStringLiteral("x")}}));
        break;
    case Mechanism::Curve:
        QVERIFY(m_authenticator->configureCurve(test(), location));
        break;
    default:
        QVERIFY(m_authenticator->configureGssapi(test(), {}));
    }
    QZapDomain *const domain = m_authenticator->domain(test(), credentials.mechanism());
    domain->setPublishedFields({QStringLiteral("Role"), QStringLiteral("Mechanism"),
                                QStringLiteral("Domain"), QStringLiteral("Site")});
    QTRY_VERIFY(domain->isReady());
    const QZapReply reply = ask(credentials);
    QCOMPARE(reply.status(), Status::Success);
    QCOMPARE(reply.metadata(), (QVariantMap{{QStringLiteral("Role"), role},
                                            {QStringLiteral("Site"), QString()},
                                            {QStringLiteral("Mechanism"), mechanism},
                                            {QStringLiteral("Domain"), test()}}));
    domain->setName(QZap::AnyDomain); // the field remains the request's domain
    QCOMPARE(ask(credentials, QStringLiteral("other")).metadata().value(QStringLiteral("Domain")),
             QStringLiteral("other"));
}

void tst_PublishedFields::theServerReadsFields()
{
    QZapCurveDomain *const domain =
        curveDomain(write(QStringLiteral("list"), line("alice Role=admin")));
    domain->setPublishedFields({QStringLiteral("Role"), QStringLiteral("Site"),
                                QStringLiteral("Mechanism"), QStringLiteral("Domain")});
    QVERIFY(m_authenticator->start());
    const QZapCertificate serverKey = QZapCertificate::generate();
    zmq::socket_t server(*m_context, zmq::socket_type::pull);
    QVERIFY(QZap::secureCurve(server, test(), serverKey));
    server.bind("tcp://127.0.0.1:*");
    const auto endpoint = QString::fromStdString(server.get(zmq::sockopt::last_endpoint));
    zmq::socket_t peer(*m_context, zmq::socket_type::push);
    peer.set(zmq::sockopt::linger, 0);
    peer.set(zmq::sockopt::curve_publickey, m_alice.publicKeyText().toStdString());
    peer.set(zmq::sockopt::curve_secretkey, m_alice.secretKeyText().toStdString());
    peer.set(zmq::sockopt::curve_serverkey, serverKey.publicKeyText().toStdString());
    peer.connect(endpoint.toStdString());
    peer.send(zmq::str_buffer("hello"), zmq::send_flags::none);
    zmq::message_t message;
    QTRY_VERIFY(message.size() > 0 || server.recv(message, zmq::recv_flags::dontwait));
    QCOMPARE(message.gets("User-Id"), "alice");
    QCOMPARE(message.gets("Role"), "admin");
    QCOMPARE(message.gets("Site"), "");
    QCOMPARE(message.gets("Mechanism"), "CURVE");
    QCOMPARE(message.gets("Domain"), "test");
}

void tst_PublishedFields::signalsReportFields()
{
    QVERIFY(m_authenticator->configureNull(test(), true));
    m_authenticator->domain(test(), Mechanism::Null)
        ->setPublishedFields({QStringLiteral("Mechanism")});
    QSignalSpy decided(m_authenticator.get(), &QZapAuthenticator::decided);
    const auto future =
        m_authenticator->handleZapMessage({"1.0", "1", "test", "127.0.0.1", "", "NULL"});
    QCOMPARE(future.result().at(5), QByteArray("\x09Mechanism\0\0\0\x04NULL", 18));
    QTRY_COMPARE(decided.count(), 1);
    QCOMPARE(decided.at(0).at(1).value<QZapReply>().metadata(),
             (QVariantMap{{QStringLiteral("Mechanism"), QStringLiteral("NULL")}}));
}

void tst_PublishedFields::fieldsAreSentToAcceptedPeersOnly()
{
    curveDomain(write(QStringLiteral("list"), line("alice Role=admin")))
        ->setPublishedFields({QStringLiteral("Role"), QStringLiteral("Mechanism")});
    QTRY_COMPARE(ask(alice()).status(), Status::Success);
    const QZapReply reply = ask(QZapCredentials::curve(QByteArray(32, 'x')));
    QCOMPARE(reply.status(), Status::AuthenticationFailure);
    QCOMPARE(reply.metadata(), QVariantMap());
    const auto future = m_authenticator->handleZapMessage(
        {"1.0", "1", "test", "127.0.0.1", "", "CURVE", QByteArray(32, 'x')});
    QCOMPARE(future.result().at(5), QByteArray());
}

void tst_PublishedFields::refusedListsCloseTheDomain_data()
{
    QTest::addColumn<QStringList>("fields");
    QTest::newRow("empty name") << QStringList{QString()};
    QTest::newRow("RFC 27: reserved by libzmq") << QStringList{QStringLiteral("user-id")};
    QTest::newRow("illegal character") << QStringList{QStringLiteral("a b")};
    QTest::newRow("256 bytes") << QStringList{QString(256, u'x')};
    QTest::newRow("twice in different case")
        << QStringList{QStringLiteral("a"), QStringLiteral("A")};
    QTest::newRow("a request's field in different case") << QStringList{QStringLiteral("domain")};
    QTest::newRow("keys are none") << QStringList{QStringLiteral("secret-key")};
    QStringList many;
    for (int i = 0; i < 65; ++i)
        many += QStringLiteral("f%1").arg(i);
    QTest::newRow("65 fields") << many;
}

void tst_PublishedFields::refusedListsCloseTheDomain()
{
    QFETCH(const QStringList, fields);
    QVERIFY(m_authenticator->configureNull(test(), true));
    QZapDomain *const domain = m_authenticator->domain(test(), Mechanism::Null);
    const QStringList good{QStringLiteral("Role")};
    domain->setPublishedFields(good);
    QCOMPARE(ask(QZapCredentials::null()).status(), Status::Success);
    QSignalSpy changed(domain, &QZapDomain::publishedFieldsChanged);
    QSignalSpy ready(domain, &QZapDomain::readyChanged);
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    domain->setPublishedFields(fields);
    QCOMPARE(domain->publishedFields(), good);
    QCOMPARE(changed.count(), 0);
    QCOMPARE(ready.count(), 1);
    QCOMPARE(errors.count(), 1);
    QVERIFY(!domain->isReady());
    QVERIFY(!domain->errorString().isEmpty());
    // Without the field, the server would read the value that the peer claims.
    QCOMPARE(ask(QZapCredentials::null()).status(), Status::TemporaryError);
    domain->setPublishedFields(good);
    QCOMPARE(ready.count(), 2);
    QCOMPARE(domain->errorString(), QString());
    QCOMPARE(ask(QZapCredentials::null()).status(), Status::Success);
}

void tst_PublishedFields::refusedUserIdFieldsCloseTheDomain()
{
    QZapCurveDomain *const domain = curveDomain(write(QStringLiteral("list"), line("alice id=a")));
    QTRY_COMPARE(ask(alice()).userId(), QStringLiteral("alice"));
    QSignalSpy changed(domain, &QZapCurveDomain::userIdFieldChanged);
    domain->setUserIdField(QStringLiteral("a b"));
    QCOMPARE(domain->userIdField(), QString());
    QCOMPARE(changed.count(), 0);
    QCOMPARE(ask(alice()).status(), Status::TemporaryError);
    QVERIFY(!domain->errorString().isEmpty());
    domain->setUserIdField(QStringLiteral("id"));
    QCOMPARE(changed.count(), 1);
    QTRY_COMPARE(ask(alice()).userId(), QStringLiteral("a"));
    QCOMPARE(domain->errorString(), QString());
}

void tst_PublishedFields::changesApplyToTheNextRequest()
{
    QZapCurveDomain *const domain =
        curveDomain(write(QStringLiteral("list"), line("alice Role=admin")));
    QTRY_COMPARE(ask(alice()).metadata(), QVariantMap());
    QTRY_COMPARE(ask(alice()).status(), Status::Success);
    QSignalSpy changed(domain, &QZapDomain::publishedFieldsChanged);
    domain->setPublishedFields({QStringLiteral("Role")});
    QCOMPARE(changed.count(), 1);
    // The keys in force were loaded without fields, so nobody is accepted.
    QCOMPARE(ask(alice()).status(), Status::TemporaryError);
    const auto future = m_authenticator->handleZapMessage(
        {"1.0", "1", "test", "127.0.0.1", "", "CURVE", m_alice.publicKey()});
    QTRY_VERIFY(future.isFinished());
    QCOMPARE(future.result().at(2), QByteArray("200"));
    QCOMPARE(future.result().at(5), QByteArray("\x04Role\0\0\0\x05"
                                               "admin",
                                               14));
    domain->setPublishedFields({});
    QTRY_COMPARE(ask(alice()).status(), Status::Success);
    QCOMPARE(ask(alice()).metadata(), QVariantMap());
}

void tst_PublishedFields::fieldsAreReadAgain()
{
    QZapCurveDomain *const domain =
        curveDomain(write(QStringLiteral("list"), line("alice Role=admin")));
    domain->setPublishedFields({QStringLiteral("Role")});
    const auto role = [this] { return ask(alice()).metadata().value(QStringLiteral("Role")); };
    QTRY_COMPARE(role(), QVariant(QStringLiteral("admin")));
    write(QStringLiteral("list"), line("alice Role=guest"));
    QTRY_COMPARE(role(), QVariant(QStringLiteral("guest")));
    write(QStringLiteral("list"), line("alice"));
    QTRY_COMPARE(role(), QVariant(QString()));
}

void tst_PublishedFields::userIds_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("userId");
    QTest::newRow("field before the line's id") << QByteArray("alice name=Al") << "name"
                                                << "Al";
    QTest::newRow("field without an id") << QByteArray("- name=Al") << "name"
                                         << "Al";
    QTest::newRow("no such field") << QByteArray("alice name=Al") << "id"
                                   << "alice";
    QTest::newRow("another case") << QByteArray("alice name=Al") << "Name"
                                  << "alice";
    QTest::newRow("no field asked for") << QByteArray("alice name=Al") << ""
                                        << "alice";
    QTest::newRow("neither") << QByteArray("-") << "name" << m_alice.publicKeyText();
}

void tst_PublishedFields::userIds()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QString, field);
    QFETCH(const QString, userId);
    curveDomain(write(QStringLiteral("list"), this->line(line)))->setUserIdField(field);
    QTRY_COMPARE(ask(alice()).status(), Status::Success);
    QCOMPARE(ask(alice()).userId(), userId);
}

void tst_PublishedFields::aValueThatCannotBeSentIsEmpty()
{
    write(QStringLiteral("alice.key"), "metadata\n    Role = \"" + QByteArray(4097, 'x')
                                           + "\"\ncurve\n    public-key = \""
                                           + m_alice.publicKeyText().toLatin1() + "\"\n");
    QZapCurveDomain *const domain = curveDomain(m_directory->path());
    domain->setPublishedFields({QStringLiteral("Role")});
    QTRY_COMPARE(ask(alice()).status(), Status::Success);
    QCOMPARE(ask(alice()).metadata(), (QVariantMap{{QStringLiteral("Role"), QString()}}));
    QTRY_VERIFY(domain->errorString().contains(QStringLiteral("alice.key:2:")));
}

void tst_PublishedFields::warnsOfNamesThatNoKeyHas()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    const auto warning = [](const char *text) {
        return QRegularExpression(QStringLiteral("^QZapCurveDomain: .*/list: ")
                                  + QRegularExpression::escape(QString::fromLatin1(text)) + u'$');
    };
    QZapCurveDomain *const domain =
        curveDomain(write(QStringLiteral("list"), line("- user-id=al role=admin")));
    QTest::ignoreMessage(
        QtWarningMsg, warning("no key has the field \"userid\", which is declared as userIdField; "
                              "the nearest name that exists is \"user-id\""));
    domain->setUserIdField(QStringLiteral("userid"));
    QTRY_VERIFY(domain->isReady());
    domain->setUserIdField(QStringLiteral("user-id"));
    QTRY_COMPARE(ask(alice()).userId(), QStringLiteral("al"));
    QTest::ignoreMessage(QtWarningMsg,
                         warning("no key has the field \"Role\", which is declared as one of "
                                 "publishedFields; the nearest name that exists is \"role\""));
    domain->setPublishedFields({QStringLiteral("Mechanism"), QStringLiteral("Role")});
    QTRY_VERIFY(domain->isReady());
    QVERIFY(domain->errorString().isEmpty()); // a missing field is not an error
}

QTEST_GUILESS_MAIN(tst_PublishedFields)
#include "tst_publishedfields.moc"
