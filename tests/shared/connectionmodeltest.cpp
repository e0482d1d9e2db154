// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "connectionmodeltest.h"

#include <QtCore/qstringlistmodel.h>
#include <QtTest/qtest.h>

void ConnectionModelTest::initTestCase()
{
    // The model tester of Qt 6.8 looks up types of Qt GUI once, which prints a warning in a program
    // without Qt GUI.
    QStringListModel model(QStringList(QStringLiteral("row")));
    const QAbstractItemModelTester tester(&model);
}

void ConnectionModelTest::init()
{
    GuardTest::init();
    configure({QStringLiteral("alice"), QStringLiteral("bob"), QStringLiteral("carol")});
    start();
    m_model = std::make_unique<QZapConnectionModel>();
    m_tester = std::make_unique<QAbstractItemModelTester>(
        m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    m_model->setGuard(m_guard.get());
}

void ConnectionModelTest::cleanup()
{
    m_clients.clear();
    m_tester.reset();
    m_model.reset();
    GuardTest::cleanup();
}

void ConnectionModelTest::join(const QString &user)
{
    if (!m_socket)
        m_endpoint = serve();
    zmq::socket_t socket =
        client(zmq::socket_type::dealer, m_endpoint, QZap::Mechanism::Plain, user);
    QVERIFY(send(socket, "hello"));
    QCOMPARE(m_guard->userId(waitForMessage()), user);
    m_clients.insert_or_assign(user, std::move(socket));
}

QStringList ConnectionModelTest::usersOf(const QZapConnectionModel &model)
{
    QStringList result;
    for (int row = 0; row < model.rowCount(); ++row)
        result += model.index(row, 0).data(QZapConnectionModel::UserRole).toString();
    return result;
}
