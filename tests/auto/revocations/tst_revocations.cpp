// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sessions/revocations.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_Revocations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void revokesOlderSessionsOfTheUser();
    void revokesAll();
    void keepsTheLaterOfTwo();
    void prunesWhatNoLiveSessionPredates();
    void keepsWhatALiveSessionPredates();
    void closesIfThereAreTooMany();
};

void tst_Revocations::revokesOlderSessionsOfTheUser()
{
    Revocations revocations;
    QVERIFY(!revocations.isRevoked("bob", 1));
    revocations.revoke("bob", 5);
    QVERIFY(revocations.isRevoked("bob", 5));
    QVERIFY(!revocations.isRevoked("bob", 6));
    QVERIFY(!revocations.isRevoked("alice", 5));
    QVERIFY(!revocations.isRevoked("", 5));
}

void tst_Revocations::revokesAll()
{
    Revocations revocations;
    revocations.revoke("bob", 3);
    revocations.revoke("alice", 9);
    revocations.revokeAll(5);
    QVERIFY(revocations.isRevoked("carol", 5));
    QVERIFY(!revocations.isRevoked("carol", 6));
    QVERIFY(revocations.isRevoked("alice", 9));
    QCOMPARE(revocations.count(), 1);
}

void tst_Revocations::keepsTheLaterOfTwo()
{
    Revocations revocations;
    revocations.revoke("bob", 7);
    revocations.revoke("bob", 3);
    QVERIFY(revocations.isRevoked("bob", 7));
    QCOMPARE(revocations.count(), 1);
}

void tst_Revocations::prunesWhatNoLiveSessionPredates()
{
    Revocations revocations;
    const int count = static_cast<int>(Revocations::UnprunedRecords) + 10;
    for (int i = 1; i <= count; ++i)
        revocations.revoke(QByteArray::number(i), static_cast<quint64>(i));
    revocations.prune(101);
    QCOMPARE(revocations.count(), count - 100);
    // An unread message of a peer that has left is never authorized again.
    QVERIFY(revocations.isRevoked("50", 50));
    QVERIFY(revocations.isRevoked("101", 101));
    QVERIFY(!revocations.isRevoked("bob", 101));
}

void tst_Revocations::keepsWhatALiveSessionPredates()
{
    Revocations revocations;
    for (int i = 1; i <= 1000; ++i)
        revocations.revoke(QByteArray::number(i), static_cast<quint64>(i));
    revocations.prune(0);
    QCOMPARE(revocations.count(), 1000);
    QVERIFY(!revocations.isRevoked("bob", 1));
}

void tst_Revocations::closesIfThereAreTooMany()
{
    Revocations revocations;
    const auto count = static_cast<quint64>(Revocations::MaximumRecords) + 1;
    for (quint64 i = 1; i <= count; ++i)
        revocations.revoke(QByteArray::number(i), i);
    QVERIFY(revocations.count() <= Revocations::MaximumRecords);
    QVERIFY(revocations.isRevoked("1", 1));
    QVERIFY(revocations.isRevoked("bob", count));
    QVERIFY(!revocations.isRevoked("bob", count + 1));
}

QTEST_GUILESS_MAIN(tst_Revocations)
#include "tst_revocations.moc"
