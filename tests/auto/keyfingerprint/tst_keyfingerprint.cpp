// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/keyfingerprint.h"

#include <QtCore/qbytearray.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_KeyFingerprint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isTheStartOfTheDigest_data();
    void isTheStartOfTheDigest();
};

void tst_KeyFingerprint::isTheStartOfTheDigest_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("fingerprint");
    // Computed with hashlib.blake2b of Python.
    QTest::newRow("zeros") << QByteArray(32, '\0') << QByteArray("9ab7a73a97a1a303");
    QTest::newRow("letters") << QByteArray(32, 'k') << QByteArray("7e789ffd6cfcc726");
    QTest::newRow("empty") << QByteArray() << QByteArray("786a02f742015903");
}

void tst_KeyFingerprint::isTheStartOfTheDigest()
{
    QFETCH(const QByteArray, key);
    QFETCH(const QByteArray, fingerprint);
    const KeyFingerprint result = keyFingerprint(key);
    QCOMPARE(QByteArray(result.data(), static_cast<qsizetype>(result.size())), fingerprint);
}

QTEST_APPLESS_MAIN(tst_KeyFingerprint)
#include "tst_keyfingerprint.moc"
