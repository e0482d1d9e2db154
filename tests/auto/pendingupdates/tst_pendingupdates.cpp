// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "authenticatortest.h"
#include "heldloads.h"

#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;

// Tests what happens to a store while an update is being put in force.
class tst_PendingUpdates : public AuthenticatorTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void cleanup() override;

    void appliesADeltaAtOnceAndAfterwards_data();
    void appliesADeltaAtOnceAndAfterwards();
    void givesTemporaryAnswersBeforeTheFirstReplacement();
    void failsIfTheStoreIsDestroyed();
    void dropsAPendingUpdateOfAFormerStore();
    void preparesFieldsDuringADelta();
    void attachesDomainsDuringAChange();

private:
    using Mode = QZapCredentialsStore::Mode;

    static QByteArray key(char fill) { return QByteArray(32, fill); }
    static QZapCredentials peer(char fill) { return QZapCredentials::curve(key(fill)); }
    QZapCurveDomain *attach(const QString &name = test())
    {
        auto *const domain = new QZapCurveDomain(m_authenticator.get());
        domain->setName(name);
        domain->setStore(m_store.get());
        return m_authenticator->addDomain(domain) ? domain : nullptr;
    }
    // Commits an update with these keys.
    QFuture<bool> commit(Mode mode, const QByteArray &fills)
    {
        QZapCredentialsUpdate update = m_store->begin(mode);
        for (const char fill : fills)
            update.upsertKey(key(fill), QString(QLatin1Char(fill)));
        return update.commit();
    }
    QZap::Status status(char fill) const { return evaluate(*m_authenticator, peer(fill)); }

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<QZapCredentialsStore> m_store;
};

void tst_PendingUpdates::init()
{
    AuthenticatorTest::init();
    m_authenticator = std::make_unique<QZapAuthenticator>();
    m_store = std::make_unique<QZapCredentialsStore>();
}

void tst_PendingUpdates::cleanup()
{
    m_authenticator.reset();
    m_store.reset();
    AuthenticatorTest::cleanup();
}

void tst_PendingUpdates::appliesADeltaAtOnceAndAfterwards_data()
{
    QTest::addColumn<QStringList>("fields");
    QTest::newRow("a shared table") << QStringList();
    QTest::newRow("a table with fields") << QStringList{u"Role"_s};
}

void tst_PendingUpdates::appliesADeltaAtOnceAndAfterwards()
{
    QFETCH(QStringList, fields);
    QZapCurveDomain *const domain = attach();
    domain->setPublishedFields(fields);
    QVERIFY(commit(Mode::ReplaceAll, "abc").result());
    QTRY_VERIFY(domain->isReady());
    HeldLoads held;
    const QFuture<bool> replacement = commit(Mode::ReplaceAll, "abx");
    QZapCredentialsUpdate delta = m_store->begin(Mode::Delta);
    QVERIFY(delta.removeKey(key('a')));
    QVERIFY(delta.upsertKey(key('n')));
    const QFuture<bool> change = delta.commit();
    QVERIFY(change.isFinished());
    QVERIFY(change.result());
    QVERIFY(!replacement.isFinished());
    QCOMPARE(status('a'), QZap::Status::AuthenticationFailure);
    QCOMPARE(status('n'), QZap::Status::Success);
    QCOMPARE(status('c'), QZap::Status::Success); // until the replacement is in force
    QCOMPARE(status('x'), QZap::Status::AuthenticationFailure);
    held.release();
    QVERIFY(replacement.result());
    QCOMPARE(status('a'), QZap::Status::AuthenticationFailure);
    QCOMPARE(status('n'), QZap::Status::Success);
    QCOMPARE(status('b'), QZap::Status::Success);
    QCOMPARE(status('c'), QZap::Status::AuthenticationFailure);
    QCOMPARE(status('x'), QZap::Status::Success);
    QCOMPARE(m_store->count(), 3);
}

// A peer that is missing from the first delta may be in the replacement.
void tst_PendingUpdates::givesTemporaryAnswersBeforeTheFirstReplacement()
{
    attach();
    HeldLoads held;
    const QFuture<bool> replacement = commit(Mode::ReplaceAll, "ab");
    QVERIFY(commit(Mode::Delta, "c").result());
    QCOMPARE(status('c'), QZap::Status::Success);
    QCOMPARE(status('a'), QZap::Status::TemporaryError);
    held.release();
    QVERIFY(replacement.result());
    QCOMPARE(status('a'), QZap::Status::Success);
    QCOMPARE(status('x'), QZap::Status::AuthenticationFailure);
}

void tst_PendingUpdates::failsIfTheStoreIsDestroyed()
{
    QZapCurveDomain *const domain = attach();
    QVERIFY(commit(Mode::ReplaceAll, "a").result());
    HeldLoads held;
    const QFuture<bool> replacement = commit(Mode::ReplaceAll, "ab");
    m_store.reset();
    QCOMPARE(status('a'), QZap::Status::TemporaryError);
    held.release();
    QVERIFY(!replacement.result());
    QCOMPARE(status('a'), QZap::Status::TemporaryError);
    QCOMPARE(status('b'), QZap::Status::TemporaryError);
    QVERIFY(!domain->isReady());
}

void tst_PendingUpdates::dropsAPendingUpdateOfAFormerStore()
{
    QZapCurveDomain *const domain = attach();
    QZapCredentialsStore other;
    QVERIFY(other.begin(Mode::ReplaceAll).commit().result());
    HeldLoads held;
    const QFuture<bool> replacement = commit(Mode::ReplaceAll, "a");
    domain->setStore(&other);
    held.release();
    QVERIFY(replacement.result());
    QCOMPARE(status('a'), QZap::Status::AuthenticationFailure);
}

// The fields of all entries are prepared in another thread, while a delta changes one of them.
void tst_PendingUpdates::preparesFieldsDuringADelta()
{
    QZapCurveDomain *const domain = attach();
    QVERIFY(commit(Mode::ReplaceAll, "ab").result());
    QTRY_VERIFY(domain->isReady());
    HeldLoads held;
    domain->setPublishedFields({u"Role"_s});
    QZapCredentialsUpdate delta = m_store->begin(Mode::Delta);
    delta.upsertKey(key('a'), {}, {{u"Role"_s, u"sensor"_s}});
    delta.removeKey(key('b'));
    QVERIFY(delta.commit().result());
    held.release();
    QTRY_VERIFY(domain->isReady());
    QCOMPARE(m_authenticator->evaluate(test(), u"127.0.0.1"_s, peer('a')).metadata(),
             (QVariantMap{{u"Role"_s, u"sensor"_s}}));
    QCOMPARE(status('b'), QZap::Status::AuthenticationFailure);
}

// Domains get the store while a thread applies changes, which are slow but leave few entries, so
// that they are never merged.
void tst_PendingUpdates::attachesDomainsDuringAChange()
{
    constexpr int MostDomains = 100;
    constexpr int Changes = 50;
    constexpr int Records = 10000;
    QVERIFY(commit(Mode::ReplaceAll, "a").result());
    std::vector<QZapCredentialsUpdate> updates;
    for (int i = 0; i < Changes; ++i) {
        updates.push_back(m_store->begin(Mode::Delta));
        for (int record = 0; record < Records; ++record)
            updates.back().upsertKey(key('b'));
    }
    std::atomic<bool> isDone{false};
    std::thread thread([&] {
        for (QZapCredentialsUpdate &update : updates)
            update.commit();
        isDone = true;
    });
    QList<QString> names;
    do {
        names.append(QString::number(names.size()));
        attach(names.last());
    } while (!isDone && names.size() < MostDomains);
    thread.join();
    for (const QString &name : names) {
        QVERIFY2(m_authenticator->domain(name, QZap::Mechanism::Curve)->isReady(),
                 qPrintable(name));
        QCOMPARE(evaluate(*m_authenticator, peer('b'), name), QZap::Status::Success);
    }
}

QTEST_GUILESS_MAIN(tst_PendingUpdates)
#include "tst_pendingupdates.moc"
