// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ACTIVITYMODELTEST_H
#define ACTIVITYMODELTEST_H

#include <QZap/qzapactivitymodel.h>
#include <QZap/qzapauthenticator.h>

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtTest/qabstractitemmodeltester.h>

#include <memory>

// Base class of tests of the activity model. Each test function gets a model of the decisions of an
// authenticator, which is checked by Qt's tester of models.
class ActivityModelTest : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

protected:
    using Model = QZapActivityModel;

    // Sends a request of a PLAIN peer. The user bob is accepted with the password "x".
    static void ask(QZapAuthenticator &authenticator, const QByteArray &user,
                    const QByteArray &password = "x");
    // Sends requests of peers named by ascending numbers.
    void ask(int first, int last);
    // Returns the numbers of the peers in the model, from row 0 on.
    QList<int> users() const { return usersOf(*m_model); }
    static QList<int> usersOf(const Model &model);
    // Returns the numbers from the first down to the last.
    static QList<int> numbers(int first, int last);
    void waitForDecisions(qint64 count);

    std::unique_ptr<QZapAuthenticator> m_authenticator;
    std::unique_ptr<Model> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

#endif // ACTIVITYMODELTEST_H
