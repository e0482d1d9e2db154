// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcertificate.h>
#include <QZap/qzapdomain.h>

#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <thread>

using namespace Qt::StringLiterals;

using Status = QZap::Status;

namespace {

const auto Domain = u"devices"_s;

// Lets no further file be opened.
class NoDescriptors
{
public:
    NoDescriptors()
    {
        const int first = ::open("/", O_RDONLY | O_CLOEXEC);
        ::close(first);
        ::getrlimit(RLIMIT_NOFILE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = static_cast<rlim_t>(first);
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
            qFatal("cannot limit descriptors");
    }
    Q_DISABLE_COPY_MOVE(NoDescriptors)
    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &m_before); }

private:
    rlimit m_before = {};
};

} // namespace

// What an authenticator answers while the files of its domains change.
class tst_ChangingFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void aCauseIsReportedOnce();
    void whatWasMissedForWantOfDescriptorsIsFoundLater();

private:
    QString path(const QString &name) const { return m_directory->filePath(name); }
    Status statusOf(const QZapCertificate &certificate) const
    {
        return m_authenticator
            ->evaluate(Domain, {}, QZapCredentials::curve(certificate.publicKey()))
            .status();
    }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QTemporaryDir> m_directory;
    QZapCertificate m_alice = QZapCertificate::generate();
    QZapCertificate m_bob = QZapCertificate::generate();
};

void tst_ChangingFiles::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_context = std::make_unique<zmq::context_t>();
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir().mkdir(path(u"keys"_s)));
    QVERIFY(m_alice.save(path(u"keys"_s), u"alice"_s));
    QVERIFY(m_bob.save(path(u"keys"_s), u"bob"_s));
}

void tst_ChangingFiles::cleanup()
{
    m_authenticator.reset();
    m_context.reset();
    m_directory.reset();
}

void tst_ChangingFiles::aCauseIsReportedOnce()
{
    QVERIFY(m_authenticator->configureCurve(Domain, path(u"keys"_s)));
    QTRY_COMPARE(statusOf(m_bob), Status::Success);
    const QZapDomain *const domain = m_authenticator->domain(Domain, QZap::Mechanism::Curve);
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    const auto write = [](const QString &name, const QByteArray &contents) {
        QFile file(name);
        return file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size();
    };
    QVERIFY(write(path(u"keys/alice.key"_s), "broken\n"));
    QTRY_COMPARE(errors.count(), 1);
    // Another file's event, another cause, and the end of the first one.
    QVERIFY(QFile::remove(path(u"keys/bob.key"_s)));
    QTRY_COMPARE(statusOf(m_bob), Status::AuthenticationFailure);
    QCOMPARE(errors.count(), 1);
    QVERIFY(write(path(u"keys/carol.key"_s), "broken\n"));
    QTRY_COMPARE(errors.count(), 2);
    QVERIFY(domain->errorString().contains(u"alice.key"_s));
    QVERIFY(QFile::remove(path(u"keys/alice.key"_s)));
    QTRY_VERIFY(!domain->errorString().contains(u"alice.key"_s));
    QCOMPARE(errors.count(), 2);
    // The same cause again, after it had ended.
    QVERIFY(write(path(u"keys/alice.key"_s), "broken\n"));
    QTRY_COMPARE(errors.count(), 3);
}

// Nothing happens any more by then that would make anybody look.
void tst_ChangingFiles::whatWasMissedForWantOfDescriptorsIsFoundLater()
{
    QVERIFY(m_authenticator->configureCurve(Domain, path(u"keys"_s)));
    QTRY_COMPARE(statusOf(m_alice), Status::Success);
    QSignalSpy errors(m_authenticator.get(), &QZapAuthenticator::errorOccurred);
    QVERIFY(QFile::remove(path(u"keys/alice.key"_s)));
    {
        const NoDescriptors none;
        QTRY_VERIFY(
            !m_authenticator->domain(Domain, QZap::Mechanism::Curve)->errorString().isEmpty());
        // Attempts follow after a quarter and after half a second.
        QDeadlineTimer attempts(900);
        QTRY_VERIFY(attempts.hasExpired());
        QCOMPARE(errors.count(), 1);
        QCOMPARE(statusOf(m_bob), Status::Success);
    }
    QTRY_COMPARE(statusOf(m_alice), Status::AuthenticationFailure);
    QCOMPARE(statusOf(m_bob), Status::Success);
    QCOMPARE(errors.count(), 1);
    QVERIFY(m_authenticator->domain(Domain, QZap::Mechanism::Curve)->errorString().isEmpty());
}

QTEST_GUILESS_MAIN(tst_ChangingFiles)
#include "tst_changingfiles.moc"
