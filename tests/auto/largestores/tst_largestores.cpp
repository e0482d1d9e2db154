// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "largeblocks.h"
#include "zapclient.h"

#include <QtCore/qcryptographichash.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <zmq.hpp>

#include <memory>

using QZap::Mechanism;

// Tests that large stores, whose freeing takes milliseconds, are not freed on an event loop.
class tst_LargeStores : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsLargeBlocks();
    void areFreedByLoaders_data();
    void areFreedByLoaders();

private:
    static void fill(const QString &path, bool areKeys, int first)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        QByteArray text;
        for (int i = first; i < first + 100'000; ++i) {
            const QByteArray number = QByteArray::number(i);
            text += areKeys ? QCryptographicHash::hash(number, QCryptographicHash::Sha1).toHex()
                            : "user" + number + "=secret";
            text += '\n';
        }
        QCOMPARE(file.write(text), text.size());
    }
};

// Checks that the counter works: otherwise the other test could not fail.
void tst_LargeStores::countsLargeBlocks()
{
    QByteArray block(10'000'000, 'x');
    const LargeBlocks blocks;
    block = QByteArray();
    QCOMPARE(LargeBlocks::freedByOthers(), 1);
    QCOMPARE(LargeBlocks::freedByLoaders(), 0);
}

void tst_LargeStores::areFreedByLoaders_data()
{
    QTest::addColumn<bool>("areKeys");
    QTest::addColumn<bool>("workerThread");
    QTest::addColumn<QByteArray>("end");
    for (const bool areKeys : {true, false}) {
        for (const bool workerThread : {false, true}) {
            for (const char *const end : {"changed", "unset", "removed", "destroyed"}) {
                QTest::addRow("%s, %s, %s", areKeys ? "keys" : "passwords",
                              workerThread ? "worker thread" : "own thread", end)
                    << areKeys << workerThread << QByteArray(end);
            }
        }
    }
}

void tst_LargeStores::areFreedByLoaders()
{
    QFETCH(const bool, areKeys);
    QFETCH(const bool, workerThread);
    QFETCH(const QByteArray, end);
    const QTemporaryDir directory;
    const QString path = directory.filePath(QStringLiteral("store"));
    fill(path, areKeys, 0);
    zmq::context_t context;
    auto authenticator = std::make_unique<QZapAuthenticator>(context);
    authenticator->setWorkerThread(workerThread);
    const QString name = QStringLiteral("test");
    QVERIFY(areKeys ? authenticator->configureCurve(name, path)
                    : authenticator->configurePlainFile(name, path));
    QZapDomain *const domain =
        authenticator->domain(name, areKeys ? Mechanism::Curve : Mechanism::Plain);
    QVERIFY(authenticator->start());
    QTRY_VERIFY(domain->isReady());
    // After this request, the engine has a reference to the store.
    ZapClient client(context);
    const auto request = [&] {
        client.send(areKeys ? ZapClient::request("CURVE", {QByteArray(32, 'x')})
                            : ZapClient::request("PLAIN", {"user0", "secret"}));
        return client.waitForReply().value(2);
    };
    QCOMPARE(request(), QByteArray(areKeys ? "400" : "200"));

    if (end == "changed")
        fill(path, areKeys, 100'000);
    const LargeBlocks blocks;
    if (end == "changed") {
        QTRY_VERIFY(LargeBlocks::freedByLoaders() > 0);
        (void)request();
    } else if (end == "unset") {
        if (areKeys)
            qobject_cast<QZapCurveDomain *>(domain)->setLocation({});
        else
            qobject_cast<QZapPlainDomain *>(domain)->setPasswordFile({});
        (void)request();
    } else if (end == "removed") {
        delete domain;
        (void)request();
    } else {
        authenticator.reset();
    }
    QTRY_VERIFY(LargeBlocks::freedByLoaders() > 0);
    QCOMPARE(LargeBlocks::freedByOthers(), 0);
}

QTEST_GUILESS_MAIN(tst_LargeStores)
#include "tst_largestores.moc"
