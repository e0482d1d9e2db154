// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcertificate.h>
#include <QZap/qzapdomain.h>
#include <QZap/qzapplaindomain.h>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qdir.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qfile.h>
#include <QtCore/qsavefile.h>
#include <QtCore/qtimer.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include "descriptorlimit.h"
#include "filetest.h"
#include "threadtime.h"
#include "zapclient.h"

#include <zmq.hpp>

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <memory>

using namespace Qt::StringLiterals;

using Status = QZap::Status;
using Action = std::function<bool(const QString &path)>;
Q_DECLARE_METATYPE(Action)

namespace {

const auto Domain = u"devices"_s;

// The names sort in a different order than the numbers.
QString userName(int number)
{
    QString digits = QString::number(number).rightJustified(8, u'0');
    std::reverse(digits.begin(), digits.end());
    return u"user-"_s + digits;
}

} // namespace

// Tests the answers of an authenticator while the files of its domains change.
class tst_ChangingFiles : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsAnErrorOnce();
    void findsMissedChangesOnceDescriptorsAreLeft();
    void followsReplacedLinks_data();
    void followsReplacedLinks();
    void refusesPeersOfATruncatedFile();
    void givesTemporaryAnswersWhileWritten();
    void keepsPeersWhileAListIsWrittenSlowly();
    void givesTemporaryAnswersForARemovedLocation();
    void readsUsersOfAnOpenFile();
    void revokesWhileTheLoopIsBlocked_data();
    void revokesWhileTheLoopIsBlocked();
    void doesNotBlockTheLoopWithManyUsers();

private:
    void init() override;
    void cleanup() override;
    Status statusOf(const QZapCertificate &certificate) const
    {
        return m_authenticator
            ->evaluate(Domain, {}, QZapCredentials::curve(certificate.publicKey()))
            .status();
    }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    QZapCertificate m_alice = QZapCertificate::generate();
    QZapCertificate m_bob = QZapCertificate::generate();
};

void tst_ChangingFiles::init()
{
    FileTest::init();
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    makeDirectory(u"keys"_s);
    QVERIFY(m_alice.save(path(u"keys"_s), u"alice"_s));
    QVERIFY(m_bob.save(path(u"keys"_s), u"bob"_s));
}

void tst_ChangingFiles::cleanup()
{
    m_authenticator.reset();
    m_context.reset();
    FileTest::cleanup();
}

void tst_ChangingFiles::reportsAnErrorOnce()
{
    QVERIFY(m_authenticator->configureCurve(Domain, path(u"keys"_s)));
    QTRY_COMPARE(statusOf(m_bob), Status::Success);
    const QZapDomain *const domain = m_authenticator->domain(Domain, QZap::Mechanism::Curve);
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    write(u"keys/alice.key"_s, "broken\n");
    QTRY_COMPARE(errors.count(), 1);
    // Neither an event of another file, nor another error, nor the end of the first error repeats
    // it.
    remove(u"keys/bob.key"_s);
    QTRY_COMPARE(statusOf(m_bob), Status::AuthenticationFailure);
    QCOMPARE(errors.count(), 1);
    write(u"keys/carol.key"_s, "broken\n");
    QTRY_COMPARE(errors.count(), 2);
    QVERIFY(domain->errorString().contains(u"alice.key"_s));
    remove(u"keys/alice.key"_s);
    QTRY_VERIFY(!domain->errorString().contains(u"alice.key"_s));
    QCOMPARE(errors.count(), 2);
    // The same error occurs again after it was corrected.
    write(u"keys/alice.key"_s, "broken\n");
    QTRY_COMPARE(errors.count(), 3);
}

// When descriptors are available again, no further event triggers a check.
void tst_ChangingFiles::findsMissedChangesOnceDescriptorsAreLeft()
{
    QVERIFY(m_authenticator->configureCurve(Domain, path(u"keys"_s)));
    QTRY_COMPARE(statusOf(m_alice), Status::Success);
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    remove(u"keys/alice.key"_s);
    {
        const DescriptorLimit none(0);
        QTRY_VERIFY(
            !m_authenticator->domain(Domain, QZap::Mechanism::Curve)->errorString().isEmpty());
        QCOMPARE(errors.count(), 1);
        QCOMPARE(statusOf(m_bob), Status::Success);
    }
    QTRY_COMPARE(statusOf(m_alice), Status::AuthenticationFailure);
    QCOMPARE(statusOf(m_bob), Status::Success);
    QCOMPARE(errors.count(), 1);
    QTRY_VERIFY(m_authenticator->domain(Domain, QZap::Mechanism::Curve)->errorString().isEmpty());
}

void tst_ChangingFiles::followsReplacedLinks_data()
{
    QTest::addColumn<Action>("action");
    QTest::newRow("target edited") << Action([](const QString &store) {
        QFile file(store + u"/1/alice.key"_s);
        return file.open(QIODevice::WriteOnly) && file.write("revoked\n") > 0;
    });
    QTest::newRow("target removed")
        << Action([](const QString &store) { return QFile::remove(store + u"/1/alice.key"_s); });
    QTest::newRow("target truncated") << Action([](const QString &store) {
        return ::truncate(qPrintable(store + u"/1/alice.key"_s), 0) == 0;
    });
    QTest::newRow("middle link removed")
        << Action([](const QString &store) { return QFile::remove(store + u"/current"_s); });
    QTest::newRow("middle link swapped") << Action([](const QString &store) {
        return QFile::link(u"2"_s, store + u"/new"_s)
               && ::rename(qPrintable(store + u"/new"_s), qPrintable(store + u"/current"_s)) == 0;
    });
}

void tst_ChangingFiles::followsReplacedLinks()
{
    QFETCH(const Action, action);
    QVERIFY(QDir().mkpath(path(u"store/1"_s)));
    QVERIFY(QDir().mkpath(path(u"store/2"_s)));
    QVERIFY(QFile::rename(path(u"keys/alice.key"_s), path(u"store/1/alice.key"_s)));
    QVERIFY(QFile::link(u"1"_s, path(u"store/current"_s)));
    QVERIFY(QFile::link(u"../store/current/alice.key"_s, path(u"keys/alice.key"_s)));
    QVERIFY(m_authenticator->configureCurve(Domain, path(u"keys"_s)));
    QTRY_COMPARE(statusOf(m_alice), Status::Success);
    QVERIFY(action(path(u"store"_s)));
    QTRY_COMPARE(statusOf(m_alice), Status::AuthenticationFailure);
    QCOMPARE(statusOf(m_bob), Status::Success);
}

void tst_ChangingFiles::refusesPeersOfATruncatedFile()
{
    QVERIFY(m_authenticator->configureCurve(Domain, path(u"keys"_s)));
    QTRY_COMPARE(statusOf(m_alice), Status::Success);
    QCOMPARE(::truncate(qPrintable(path(u"keys/alice.key"_s)), 0), 0);
    QTRY_COMPARE(statusOf(m_alice), Status::AuthenticationFailure);
    QCOMPARE(statusOf(m_bob), Status::Success);
}

// Peers whose entry is missing get a temporary answer until the file is closed; then they are
// refused.
void tst_ChangingFiles::givesTemporaryAnswersWhileWritten()
{
    QVERIFY(m_authenticator->configureCurve(Domain, path(u"keys"_s)));
    QTRY_COMPARE(statusOf(m_alice), Status::Success);
    QFile writer(path(u"keys/alice.key"_s));
    QVERIFY(writer.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    QCOMPARE(writer.write("no certificate\n"), 15);
    QTRY_COMPARE(statusOf(m_alice), Status::TemporaryError);
    QCOMPARE(statusOf(m_bob), Status::Success);
    writer.close();
    QTRY_COMPARE(statusOf(m_alice), Status::AuthenticationFailure);
    QCOMPARE(statusOf(m_bob), Status::Success);
}

// The file is written like "generate > keys.list": libzmq's clients do not try again after a 400.
void tst_ChangingFiles::keepsPeersWhileAListIsWrittenSlowly()
{
    const QByteArray alice = m_alice.publicKeyText().toLatin1() + " alice\n";
    const QByteArray bob = m_bob.publicKeyText().toLatin1() + " bob\n";
    QFile list(path(u"list"_s));
    QVERIFY(list.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    QCOMPARE(list.write(alice + bob), alice.size() + bob.size());
    list.close();
    QVERIFY(m_authenticator->configureCurve(Domain, list.fileName()));
    QTRY_COMPARE(statusOf(m_alice), Status::Success);
    QTRY_COMPARE(statusOf(m_bob), Status::Success);

    QVERIFY(list.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    QTRY_COMPARE(statusOf(m_alice), Status::TemporaryError);
    QCOMPARE(statusOf(m_bob), Status::TemporaryError);
    QCOMPARE(list.write(alice), alice.size());
    QTRY_COMPARE(statusOf(m_alice), Status::Success);
    QCOMPARE(statusOf(m_bob), Status::TemporaryError);
    QCOMPARE(list.write(bob.chopped(1)), bob.size() - 1); // an incomplete line
    list.close();
    QTRY_COMPARE(statusOf(m_bob), Status::Success);
    QCOMPARE(statusOf(QZapCertificate::generate()), Status::AuthenticationFailure);
}

void tst_ChangingFiles::givesTemporaryAnswersForARemovedLocation()
{
    QVERIFY(m_authenticator->configureCurve(Domain, path(u"keys"_s)));
    QTRY_COMPARE(statusOf(m_alice), Status::Success);
    QVERIFY(QDir().rename(path(u"keys"_s), path(u"old"_s)));
    QTRY_COMPARE(statusOf(m_alice), Status::TemporaryError);
    QVERIFY(QDir().rename(path(u"old"_s), path(u"keys"_s)));
    QTRY_COMPARE(statusOf(m_alice), Status::Success);
}

void tst_ChangingFiles::readsUsersOfAnOpenFile()
{
    const auto status = [this](const QString &user) {
        return m_authenticator->evaluate(Domain, {}, QZapCredentials::plain(user, "secret"))
            .status();
    };
    QFile file(path(u"users"_s));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    QVERIFY(file.write("alice=secret\nbob=secret\n") > 0);
    file.close();
    QVERIFY(m_authenticator->configurePlainFile(Domain, file.fileName()));
    QTRY_COMPARE(status(u"alice"_s), Status::Success);
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    QVERIFY(file.write("bob=secret\n") > 0);
    QTRY_COMPARE(status(u"alice"_s), Status::TemporaryError);
    QTRY_COMPARE(status(u"bob"_s), Status::Success);
    file.close();
    QTRY_COMPARE(status(u"alice"_s), Status::AuthenticationFailure);
    QCOMPARE(status(u"bob"_s), Status::Success);
}

void tst_ChangingFiles::revokesWhileTheLoopIsBlocked_data()
{
    QTest::addColumn<bool>("isList");
    QTest::addColumn<bool>("usesWorkerThread");
    QTest::newRow("directory, own thread") << false << false;
    QTest::newRow("directory, worker thread") << false << true;
    QTest::newRow("list, own thread") << true << false;
    QTest::newRow("list, worker thread") << true << true;
}

// The application's event loop does not run from the revocation until it takes effect. Without a
// worker thread, the next request is evaluated without the revoked key.
void tst_ChangingFiles::revokesWhileTheLoopIsBlocked()
{
    QFETCH(const bool, isList);
    QFETCH(const bool, usesWorkerThread);
    const QString list = path(u"list"_s);
    const auto write = [&](const QByteArray &contents) {
        QSaveFile file(list);
        return file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size()
               && file.commit();
    };
    QVERIFY(write(m_alice.publicKeyText().toLatin1() + '\n'));
    m_authenticator->setWorkerThread(usesWorkerThread);
    QVERIFY(m_authenticator->configureCurve(Domain, isList ? list : path(u"keys"_s)));
    QVERIFY(m_authenticator->start());
    QTRY_COMPARE(statusOf(m_alice), Status::Success);
    const QZapDomain *const domain = m_authenticator->domain(Domain, QZap::Mechanism::Curve);
    QTRY_VERIFY(domain->isReady());

    ZapClient client(*m_context);
    const QByteArrayList request =
        ZapClient::request("CURVE", {m_alice.publicKey()}, Domain.toLatin1());
    const auto isRevoked = [&] {
        if (!usesWorkerThread)
            return statusOf(m_alice) == Status::AuthenticationFailure;
        client.send(request);
        std::optional<QByteArrayList> reply;
        for (const QDeadlineTimer limit(5000); !reply && !limit.hasExpired();)
            reply = client.receive();
        return reply && reply->value(2) == "400";
    };
    QVERIFY(!isRevoked());
    QVERIFY(isList ? write("# nobody\n") : QFile::remove(path(u"keys/alice.key"_s)));
    bool isInForce = false;
    for (const QDeadlineTimer limit(5000); !isInForce && !limit.hasExpired();)
        isInForce = isRevoked();
    QVERIFY(isInForce);
}

// Neither loading the users nor changing some of them blocks the loop: the thread of the domain
// takes less time than sorting the names would.
void tst_ChangingFiles::doesNotBlockTheLoopWithManyUsers()
{
    constexpr int Count = 50'000;
    const auto write = [this](int first) {
        QByteArray contents;
        contents.reserve(qsizetype{Count} * 24);
        for (int i = first; i < first + Count; ++i) {
            contents += userName(i).toLatin1() + "=secret\n";
        }
        QSaveFile file(path(u"users"_s));
        return file.open(QIODevice::WriteOnly)
               && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
               && file.write(contents) == contents.size() && file.commit();
    };
    QStringList names;
    for (int i = 0; i < Count; ++i)
        names.append(userName(i));
    const qint64 beforeSorting = threadTime();
    names.sort();
    const qint64 sorting = threadTime() - beforeSorting;

    QVERIFY(write(0));
    QVERIFY(m_authenticator->configurePlainFile(Domain, path(u"users"_s)));
    const auto *const domain = qobject_cast<const QZapPlainDomain *>(
        m_authenticator->domain(Domain, QZap::Mechanism::Plain));
    const auto waitForUsers = [&](int first) {
        QSignalSpy changed(domain, &QZapPlainDomain::usersChanged);
        const qint64 before = threadTime();
        QEventLoop loop;
        connect(domain, &QZapPlainDomain::usersChanged, &loop, &QEventLoop::quit);
        QTimer::singleShot(60'000, &loop, &QEventLoop::quit);
        loop.exec();
        const qint64 took = threadTime() - before;
        QCOMPARE(changed.count(), 1);
        QCOMPARE(domain->users().size(), Count);
        QVERIFY(domain->users().contains(userName(first)));
        QVERIFY2(took < sorting / 2, qPrintable(u"%1 ns, %2 to sort"_s.arg(took).arg(sorting)));
    };
    waitForUsers(0);
    QVERIFY(write(1));
    waitForUsers(Count);
}

QTEST_GUILESS_MAIN(tst_ChangingFiles)
#include "tst_changingfiles.moc"
