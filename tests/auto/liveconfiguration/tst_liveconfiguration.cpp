// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "livetest.h"
#include "peer.h"
#include "server.h"
#include "zapclient.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <memory>

using QZap::Mechanism;

// Tests files with credentials that change while the authenticator is running.
class tst_LiveConfiguration : public LiveTest
{
    Q_OBJECT

private Q_SLOTS:
    void followsAddedAndRemovedKeys();
    void refusesARevokedPeer();
    void readsKeyListsAgain();
    void readsPasswordFilesAgain();
    void followsADirectoryThatReappears();
    void followsADirectoryThatBecomesAKeyList();
    void revokesABrokenCertificate();
    void reloadsLoseNoRequest();
};

void tst_LiveConfiguration::followsAddedAndRemovedKeys()
{
    QVERIFY(m_authenticator->configureCurve(test(), path()));
    QZapDomain *const domain = m_authenticator->domain(test(), Mechanism::Curve);
    QTRY_VERIFY(domain->isReady());
    QSignalSpy ready(domain, &QZapDomain::readyChanged);
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bob = QZapCertificate::generate();
    QVERIFY(!isAccepted(alice));
    QVERIFY(alice.save(path(), QStringLiteral("alice"))); // added
    QTRY_VERIFY(isAccepted(alice));
    QVERIFY(bob.save(path(), QStringLiteral("alice"),
                     QZapCertificate::SaveOption::Overwrite)); // replaced
    QTRY_VERIFY(isAccepted(bob));
    QVERIFY(!isAccepted(alice));
    QFile key(path(QStringLiteral("alice.key"))); // edited in place
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
    QCOMPARE(ready.count(), 0); // the domain was ready all the time
}

void tst_LiveConfiguration::refusesARevokedPeer()
{
    const QZapCertificate serverKey = QZapCertificate::generate();
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bob = QZapCertificate::generate();
    QVERIFY(alice.save(path(), QStringLiteral("alice")));
    QVERIFY(bob.save(path(), QStringLiteral("bob")));
    QVERIFY(m_authenticator->configureCurve(test(), path()));
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
    QVERIFY(QFile::remove(path(QStringLiteral("alice.key"))));
    QTRY_VERIFY(!isAccepted(alice));
    auto second = connected(alice);
    QTRY_COMPARE(second->refusal(), 400);
    auto other = connected(bob);
    QTRY_VERIFY(other->isAccepted());
    QCOMPARE(first->disconnections(), 0);
}

void tst_LiveConfiguration::readsKeyListsAgain()
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

void tst_LiveConfiguration::readsPasswordFilesAgain()
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

void tst_LiveConfiguration::followsADirectoryThatReappears()
{
    const QString keys = path(QStringLiteral("keys"));
    QVERIFY(QDir().mkdir(keys));
    const QZapCertificate alice = QZapCertificate::generate();
    QVERIFY(alice.save(keys, QStringLiteral("alice")));
    QVERIFY(m_authenticator->configureCurve(test(), keys));
    QTRY_VERIFY(isAccepted(alice));
    QVERIFY(QDir().rename(keys, keys + QStringLiteral(".away")));
    QTRY_VERIFY(!isAccepted(alice));
    // The properties are updated after the change is in force.
    QTRY_VERIFY(!m_authenticator->domain(test(), Mechanism::Curve)->errorString().isEmpty());
    QVERIFY(QDir().rename(keys + QStringLiteral(".away"), keys));
    QTRY_VERIFY(isAccepted(alice));
    QTRY_COMPARE(m_authenticator->domain(test(), Mechanism::Curve)->errorString(), QString());
}

void tst_LiveConfiguration::followsADirectoryThatBecomesAKeyList()
{
    const QString keys = path(QStringLiteral("keys"));
    QVERIFY(QDir().mkdir(keys));
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bob = QZapCertificate::generate();
    QVERIFY(alice.save(keys, QStringLiteral("alice")));
    QVERIFY(m_authenticator->configureCurve(test(), keys));
    QTRY_VERIFY(isAccepted(alice));
    for (int i = 0; i < 2; ++i) {
        QVERIFY(QDir().rename(keys, keys + QStringLiteral(".away")));
        QTRY_VERIFY(!isAccepted(alice));
        write(QStringLiteral("keys"), bob.publicKeyText().toLatin1() + '\n');
        QTRY_VERIFY(isAccepted(bob));
        QVERIFY(!isAccepted(alice));
        QVERIFY(QFile::remove(keys));
        QTRY_VERIFY(!isAccepted(bob));
        QVERIFY(QDir().rename(keys + QStringLiteral(".away"), keys));
        QTRY_VERIFY(isAccepted(alice));
        QVERIFY(!isAccepted(bob));
    }
}

void tst_LiveConfiguration::revokesABrokenCertificate()
{
    const QZapCertificate alice = QZapCertificate::generate();
    const QZapCertificate bob = QZapCertificate::generate();
    QVERIFY(alice.save(path(), QStringLiteral("alice")));
    QVERIFY(bob.save(path(), QStringLiteral("bob")));
    QVERIFY(m_authenticator->configureCurve(test(), path()));
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
    QVERIFY(alice.save(path(), QStringLiteral("alice")));
    QVERIFY(m_authenticator->configureCurve(test(), path()));
    QTRY_VERIFY(isAccepted(alice));
    QVERIFY(m_authenticator->start());
    ZapClient client(*m_context);
    int sent = 0;
    int accepted = 0;
    int refused = 0;
    for (int round = 0; round < 20; ++round) {
        const QZapCertificate other = QZapCertificate::generate();
        QVERIFY(other.save(path(), QStringLiteral("other%1").arg(round)));
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

QTEST_GUILESS_MAIN(tst_LiveConfiguration)
#include "tst_liveconfiguration.moc"
