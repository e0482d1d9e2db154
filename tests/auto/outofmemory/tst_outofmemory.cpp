// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "memoryshortage.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>
#include <optional>
#include <vector>

#include <sys/prctl.h>
#include <unistd.h>

using QZap::Status;

// Tests a process that runs out of memory while its files change: it does not end, and the change
// takes effect once memory is available again, without another change. The same for updates of
// credentials stores, which may also fail.
class tst_OutOfMemory : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void filesChange_data();
    void filesChange();
    void filesAreFirstLoaded_data();
    void filesAreFirstLoaded();
    void storesChange_data();
    void storesChange();
    void storesAreDestroyed();

private:
    static constexpr int Domains = 24;      // each has a watching thread
    static constexpr int Allocations = 168; // of one change; each fails in one thread

    QString name(int domain) const { return QStringLiteral("d%1").arg(domain); }
    QString path(int domain) const { return m_directory->filePath(name(domain)); }
    static void write(const QString &file, const QByteArray &text)
    {
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        QVERIFY(out.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        QCOMPARE(out.write(text), text.size());
    }
    static QByteArray ownThread()
    {
        char name[16] = {};
        prctl(PR_GET_NAME, name);
        return name;
    }
    // Adds two domains with a store that lets Alice in.
    void configureStore(QZapCredentialsStore *store);
    // Returns the statuses of Alice and Bob in both domains.
    QList<Status> storeStatuses() const
    {
        return {statusOf(0, false), statusOf(0, true), statusOf(1, false), statusOf(1, true)};
    }
    static void addRows(const std::vector<const char *> &threads);
    // Writes files that let in either Alice or Bob.
    void admit(int domain, bool isBob);
    void configure(int domain);
    Status statusOf(int domain, bool isBob) const;
    bool isAdmitted(int domain, bool isBob) const
    {
        return statusOf(domain, isBob) == Status::Success
               && statusOf(domain, !isBob) != Status::Success;
    }
    bool areAdmitted(bool isBob) const
    {
        for (int i = 0; i < Domains; ++i) {
            if (!isAdmitted(i, isBob))
                return false;
        }
        return true;
    }

    QString m_kind;
    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
    QZapCertificate m_keys[2] = {QZapCertificate::generate(), QZapCertificate::generate()};
};

void tst_OutOfMemory::init()
{
    m_context = std::make_unique<zmq::context_t>();
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
    m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    m_kind.clear();
}

void tst_OutOfMemory::cleanup()
{
    m_authenticator.reset();
    m_context.reset();
    m_directory.reset();
}

void tst_OutOfMemory::admit(int domain, bool isBob)
{
    const QByteArray key = m_keys[isBob ? 1 : 0].publicKeyText().toLatin1();
    if (m_kind == QLatin1StringView("passwords")) {
        write(path(domain), isBob ? "bob=secret\n" : "alice=secret\n");
    } else if (m_kind == QLatin1StringView("list")) {
        write(path(domain), key + '\n');
    } else {
        // The key is in the target of a link, and the link is replaced.
        const QDir directory(path(domain));
        QVERIFY(directory.mkpath(QStringLiteral(".")));
        const QString target =
            path(domain) + (isBob ? QStringLiteral("-bob") : QStringLiteral("-alice"));
        write(target, "metadata\ncurve\n    public-key = \"" + key + "\"\n");
        const QByteArray link = QFile::encodeName(directory.filePath(QStringLiteral("peer.key")));
        (void)::unlink(link.constData());
        QCOMPARE(::symlink(QFile::encodeName(target).constData(), link.constData()), 0);
    }
}

void tst_OutOfMemory::configure(int domain)
{
    QVERIFY(m_kind == QLatin1StringView("passwords")
                ? m_authenticator->configurePlainFile(name(domain), path(domain))
                : m_authenticator->configureCurve(name(domain), path(domain)));
}

Status tst_OutOfMemory::statusOf(int domain, bool isBob) const
{
    const auto credentials =
        m_kind == QLatin1StringView("passwords")
            ? QZapCredentials::plain(isBob ? QStringLiteral("bob") : QStringLiteral("alice"),
                                     "secret")
            : QZapCredentials::curve(m_keys[isBob ? 1 : 0].publicKey());
    return m_authenticator->evaluate(name(domain), QStringLiteral("127.0.0.1"), credentials)
        .status();
}

void tst_OutOfMemory::addRows(const std::vector<const char *> &threads)
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QByteArray>("thread");
    QTest::addColumn<int>("failures");
    for (const char *const kind : {"directory", "list", "passwords"}) {
        for (const char *const thread : threads) {
            const bool isList = qstrcmp(kind, "list") == 0;
            for (int failures = 1; failures < (isList ? 4 : 2); failures += 2) {
                QTest::addRow("%s, %s, %d in a row", kind, thread, failures)
                    << QString::fromLatin1(kind) << QByteArray(thread) << failures;
            }
        }
    }
}

void tst_OutOfMemory::filesChange_data()
{
    addRows({"QZap watching", "QZap loader"});
}

// Each allocation of the change fails once, in one of the threads.
void tst_OutOfMemory::filesChange()
{
    QFETCH(const QString, kind);
    QFETCH(const QByteArray, thread);
    QFETCH(const int, failures);
    m_kind = kind;
    for (int i = 0; i < Domains; ++i) {
        admit(i, false);
        configure(i);
    }
    QTRY_VERIFY_WITH_TIMEOUT(areAdmitted(false), 60'000);
    bool isBob = false;
    for (int after = 0; after < Allocations; after += Domains) {
        isBob = !isBob;
        const MemoryShortage shortage(thread.constData(), after, Domains, failures);
        for (int i = 0; i < Domains; ++i)
            admit(i, isBob);
        QTRY_VERIFY_WITH_TIMEOUT(areAdmitted(isBob), 60'000);
        QVERIFY(after > 0 || MemoryShortage::failures() > 0);
    }
}

// The watching thread is left out: when a watch begins, it calls QObject::connect(), which does not
// check the result of malloc() in Qt 6.4.
void tst_OutOfMemory::filesAreFirstLoaded_data()
{
    addRows({"QZap loader"});
}

void tst_OutOfMemory::filesAreFirstLoaded()
{
    QFETCH(const QString, kind);
    QFETCH(const QByteArray, thread);
    QFETCH(const int, failures);
    m_kind = kind;
    for (int i = 0; i < Domains; ++i)
        admit(i, true);
    for (int after = 0; after < Allocations; after += Domains) {
        const MemoryShortage shortage(thread.constData(), after, Domains, failures);
        for (int i = 0; i < Domains; ++i)
            configure(i);
        QTRY_VERIFY_WITH_TIMEOUT(areAdmitted(true), 60'000);
        QVERIFY(after > 0 || MemoryShortage::failures() > 0);
        m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
    }
}

void tst_OutOfMemory::configureStore(QZapCredentialsStore *store)
{
    for (int i = 0; i < 2; ++i) {
        auto *const domain = new QZapCurveDomain(m_authenticator.get());
        domain->setName(name(i));
        domain->setStore(store);
        QVERIFY(m_authenticator->addDomain(domain));
    }
    QZapCredentialsUpdate update = store->begin(QZapCredentialsStore::ReplaceAll);
    QVERIFY(update.upsertKey(m_keys[0].publicKey()));
    QVERIFY(update.commit().result());
}

void tst_OutOfMemory::storesChange_data()
{
    QTest::addColumn<QZapCredentialsStore::Mode>("mode");
    QTest::addColumn<QByteArray>("thread");
    QTest::newRow("delta") << QZapCredentialsStore::Delta << ownThread();
    QTest::newRow("replacement") << QZapCredentialsStore::ReplaceAll << ownThread();
}

// An update takes effect in all domains or in none. If some were told of it before memory ran out,
// all give temporary answers until the store is confirmed.
void tst_OutOfMemory::storesChange()
{
    QFETCH(const QZapCredentialsStore::Mode, mode);
    QFETCH(const QByteArray, thread);
    const QList<Status> aliceOnly = {Status::Success, Status::AuthenticationFailure,
                                     Status::Success, Status::AuthenticationFailure};
    const QList<Status> bobOnly = {Status::AuthenticationFailure, Status::Success,
                                   Status::AuthenticationFailure, Status::Success};
    const QList<Status> none(4, Status::TemporaryError);
    int failures = 1;
    int after = 0;
    for (; failures > 0; ++after) {
        m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
        QZapCredentialsStore store;
        configureStore(&store);
        QZapCredentialsUpdate update = store.begin(mode);
        QVERIFY(update.removeKey(m_keys[0].publicKey()));
        QVERIFY(update.upsertKey(m_keys[1].publicKey()));
        std::optional<QFuture<bool>> done;
        {
            const MemoryShortage shortage(thread.constData(), after, 1, 1);
            done = update.commit();
            failures = MemoryShortage::failures();
        }
        const QList<Status> wanted = done->result() ? bobOnly : aliceOnly;
        QVERIFY(done->result() || !store.errorString().isEmpty());
        if (done->result() || storeStatuses() != none)
            QCOMPARE(storeStatuses(), wanted);
        store.confirm();
        QCOMPARE(storeStatuses(), wanted);
    }
    QVERIFY(after > 1);
}

void tst_OutOfMemory::storesAreDestroyed()
{
    int failures = 1;
    int after = 0;
    for (; failures > 0; ++after) {
        m_authenticator = std::make_unique<QZapAuthenticator>(*m_context);
        auto store = std::make_unique<QZapCredentialsStore>();
        configureStore(store.get());
        {
            const MemoryShortage shortage(ownThread().constData(), after, 1, 1);
            store.reset();
            failures = MemoryShortage::failures();
        }
        QCOMPARE(storeStatuses(), QList<Status>(4, Status::TemporaryError));
    }
    QVERIFY(after > 1);
}

QTEST_GUILESS_MAIN(tst_OutOfMemory)
#include "tst_outofmemory.moc"
