// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "activitymodeltest.h"

#include <QtCore/qstringlistmodel.h>
#include <QtTest/qtest.h>

void ActivityModelTest::initTestCase()
{
    // The model tester of Qt 6.8 looks up types of Qt GUI once, which prints a warning in a program
    // without Qt GUI.
    QStringListModel model(QStringList(QStringLiteral("row")));
    const QAbstractItemModelTester tester(&model);
}

void ActivityModelTest::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_authenticator = std::make_unique<QZapAuthenticator>();
    QVERIFY(m_authenticator->configurePlain(QStringLiteral("test"),
                                            {{QStringLiteral("bob"), QStringLiteral("x")}}));
    m_model = std::make_unique<Model>();
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    m_model->setAuthenticator(m_authenticator.get());
}

void ActivityModelTest::cleanup()
{
    m_tester.reset();
    m_model.reset();
    m_authenticator.reset();
}

void ActivityModelTest::ask(QZapAuthenticator &authenticator, const QByteArray &user,
                            const QByteArray &password)
{
    authenticator.handleZapMessage(
        {"1.0", "1", "test", "192.0.2.7", "id", "PLAIN", user, password});
}

void ActivityModelTest::ask(int first, int last)
{
    for (int i = first; i <= last; ++i)
        ask(*m_authenticator, QByteArray::number(i));
}

QList<int> ActivityModelTest::usersOf(const Model &model)
{
    QList<int> result;
    for (int row = 0; row < model.rowCount(); ++row)
        result += model.index(row, 0).data(Model::UserRole).toInt();
    return result;
}

QList<int> ActivityModelTest::numbers(int first, int last)
{
    QList<int> result;
    for (int i = first; i >= last; --i)
        result += i;
    return result;
}

void ActivityModelTest::waitForDecisions(qint64 count)
{
    QTRY_COMPARE(m_authenticator->rejectedCount() + m_authenticator->acceptedCount(), count);
}
