// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/postedrequest.h"

#include <QtCore/qfuture.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace QZap::Internal;

class tst_PostedRequest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(QStringLiteral(".*"))); }
    void passesOnItsContents();
    void fulfillsThePromiseIfItIsNotTaken();
};

void tst_PostedRequest::passesOnItsContents()
{
    auto promise = std::make_shared<QPromise<int>>();
    promise->start();
    const QFuture<int> future = promise->future();
    auto request = std::make_unique<PostedRequest<int>>(QByteArrayList{"a", "b"}, promise, 1);
    QCOMPARE(request->takeFrames(), QByteArrayList({"a", "b"}));
    QCOMPARE(request->takePromise(), promise);
    request.reset();
    QVERIFY(!future.isFinished());
    promise->addResult(2);
    promise->finish();
    QCOMPARE(future.results(), QList<int>{2});
}

void tst_PostedRequest::fulfillsThePromiseIfItIsNotTaken()
{
    auto promise = std::make_shared<QPromise<int>>();
    promise->start();
    const QFuture<int> future = promise->future();
    auto request = std::make_unique<PostedRequest<int>>(QByteArrayList{"a"}, std::move(promise), 1);
    QVERIFY(!future.isFinished());
    request.reset();
    QVERIFY(future.isFinished());
    QVERIFY(!future.isCanceled());
    QCOMPARE(future.results(), QList<int>{1});
}

QTEST_GUILESS_MAIN(tst_PostedRequest)
#include "tst_postedrequest.moc"
