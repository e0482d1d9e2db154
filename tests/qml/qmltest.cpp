// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "qmltest.h"

#include <QZap/qzap.h>

#include <QtTest/qtest.h>

void QmlTest::initTestCase()
{
    QVERIFY(QZap::setDefaultContext(m_context));
}

void QmlTest::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void QmlTest::addThreadRows()
{
    QTest::addColumn<bool>("workerThread");
    QTest::newRow("own thread") << false;
    QTest::newRow("private thread") << true;
}
