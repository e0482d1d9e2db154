// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guardtest.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#ifdef Q_OS_UNIX
#    include "somebodyelse.h"
#endif

// Sessions while the key files of their peers change.
class tst_GuardedFiles : public GuardTest
{
    Q_OBJECT

private Q_SLOTS:
    void endsTheSessionOfARemovedKey_data();
    void endsTheSessionOfARemovedKey();
    void keepsSessionsWhileFilesChange_data();
    void keepsSessionsWhileFilesChange();

private:
    QString keys() const { return m_directory->filePath(QStringLiteral("keys")); }
    QString keyFile(const QString &user) const
    {
        return keys() + u'/' + user + QStringLiteral(".key");
    }
    void save(const QString &user);
    // The answer that bob would get now.
    QZap::Status answer();
    QZapDomain *domain() { return m_authenticator->domain(test(), QZap::Mechanism::Curve); }
    void connectBobByFile(bool workerThread);
};

void tst_GuardedFiles::save(const QString &user)
{
    const auto publicPart =
        QZapCertificate::fromPublicKey(certificate(user).publicKeyText().toLatin1());
    QVERIFY(publicPart);
    QZapCertificate named = *publicPart;
    QVERIFY(named.setMetadata(QStringLiteral("name"), user));
    QVERIFY(named.save(keys(), user));
}

QZap::Status tst_GuardedFiles::answer()
{
    return m_authenticator
        ->evaluate(test(), QStringLiteral("127.0.0.1"),
                   QZapCredentials::curve(certificate(bob()).publicKey()))
        .status();
}

void tst_GuardedFiles::connectBobByFile(bool workerThread)
{
    QVERIFY(QDir().mkpath(keys()));
    save(bob());
    save(eve());
    QVERIFY(m_authenticator->configureCurve(test(), keys()));
    start(workerThread);
    QTRY_COMPARE(answer(), QZap::Status::Success);
    m_bob = client(zmq::socket_type::dealer, serve(QZap::Mechanism::Curve), QZap::Mechanism::Curve);
    QVERIFY(send(*m_bob, "hello"));
    m_message = waitForMessage();
    QVERIFY(m_guard->isAuthorized(m_message));
    QTRY_COMPARE(m_guard->connectionCount(), 1);
}

void tst_GuardedFiles::endsTheSessionOfARemovedKey_data()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}

void tst_GuardedFiles::endsTheSessionOfARemovedKey()
{
    QFETCH(const bool, workerThread);

    connectBobByFile(workerThread);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    QSignalSpy disconnected(m_guard.get(), &QZapGuard::disconnected);
    QVERIFY(QFile::remove(keyFile(eve())));
    QVERIFY(QFile::remove(keyFile(bob())));
    QTRY_COMPARE(revoked.size(), 1);
    QCOMPARE(revoked.at(0).at(1).toString(), QStringLiteral("The key is unknown in the domain"));
    QVERIFY(!m_guard->isAuthorized(m_message));
    QTRY_COMPARE(disconnected.size(), m_guard->canDisconnect() ? 1 : 0);
}

void tst_GuardedFiles::keepsSessionsWhileFilesChange_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<bool>("workerThread");
    for (const char *const change :
         {"the directory is renamed away and back", "the directory is unreadable",
          "the file is unreadable", "the file is written slowly"}) {
        QTest::newRow(change) << QString::fromLatin1(change) << false;
        QTest::addRow("%s, private thread", change) << QString::fromLatin1(change) << true;
    }
}

void tst_GuardedFiles::keepsSessionsWhileFilesChange()
{
    QFETCH(const QString, change);
    QFETCH(const bool, workerThread);

    connectBobByFile(workerThread);
    QSignalSpy revoked(m_guard.get(), &QZapGuard::revoked);
    if (change.endsWith(QLatin1String("away and back"))) {
        QVERIFY(QDir().rename(keys(), keys() + QStringLiteral(".old")));
        QTRY_COMPARE(answer(), QZap::Status::TemporaryError);
        QVERIFY(m_guard->isAuthorized(m_message));
        QVERIFY(QDir().rename(keys() + QStringLiteral(".old"), keys()));
    } else if (change.endsWith(QLatin1String("unreadable"))) {
        const QString path = change.contains(QLatin1String("file")) ? keyFile(bob()) : keys();
        const QFile::Permissions permissions = QFile::permissions(path);
        QVERIFY(QFile::setPermissions(path, {}));
        {
            const SomebodyElse somebodyElse;
            QTRY_VERIFY(!domain()->errorString().isEmpty());
        }
        QVERIFY(m_guard->isAuthorized(m_message));
        m_guard->sweep();
        QVERIFY(QFile::setPermissions(path, permissions));
        QTRY_VERIFY(domain()->errorString().isEmpty());
    } else {
        QFile file(keyFile(bob()));
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray contents = file.readAll();
        QVERIFY(file.resize(0));
        QTRY_VERIFY(answer() != QZap::Status::Success);
        QCOMPARE(answer(), QZap::Status::TemporaryError);
        QVERIFY(m_guard->isAuthorized(m_message));
        QVERIFY(file.seek(0));
        file.write(contents);
    }
    QTRY_COMPARE(answer(), QZap::Status::Success);
    QVERIFY(m_guard->isAuthorized(m_message));
    QVERIFY(send(*m_bob, "again"));
    QCOMPARE(m_guard->session(waitForMessage()), m_guard->session(m_message));
    QCOMPARE(revoked.size(), 0);
}

QTEST_GUILESS_MAIN(tst_GuardedFiles)
#include "tst_guardedfiles.moc"
