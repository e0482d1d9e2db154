// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef WORKERTHREADTEST_H
#define WORKERTHREADTEST_H

#include <QZap/qzapauthenticator.h>

#include <QtCore/qobject.h>

#include <zmq.hpp>

#include <memory>

// Base class of tests of the private thread. Each test function gets a stopped authenticator with
// workerThread.
class WorkerThreadTest : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void init();
    void cleanup();

protected:
    static QString test() { return QStringLiteral("test"); }

    std::unique_ptr<zmq::context_t> m_context;
    std::unique_ptr<QZapAuthenticator> m_authenticator;
};

#endif // WORKERTHREADTEST_H
