// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CONNECTIONMODELTEST_H
#define CONNECTIONMODELTEST_H

#include "guardtest.h"

#include <QZap/qzapconnectionmodel.h>

#include <QtCore/qstringlist.h>
#include <QtTest/qabstractitemmodeltester.h>

#include <map>
#include <memory>

// Base class of tests of the connection model. Each test function gets a model of the connections
// of a guard, which is checked by Qt's tester of models. The users alice, bob and carol are
// accepted.
class ConnectionModelTest : public GuardTest
{
    Q_OBJECT

protected Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

protected:
    // Connects a user with PLAIN, whose first message is passed to the guard.
    void join(const QString &user);
    void leave(const QString &user) { m_clients.erase(user); }
    // Returns the users in the model, from row 0 on.
    QStringList users() const { return usersOf(*m_model); }
    static QStringList usersOf(const QZapConnectionModel &model);

    QString m_endpoint;
    std::map<QString, zmq::socket_t> m_clients;
    std::unique_ptr<QZapConnectionModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

#endif // CONNECTIONMODELTEST_H
