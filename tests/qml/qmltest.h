// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QMLTEST_H
#define QMLTEST_H

#include <QtCore/qobject.h>

#include <zmq.hpp>

// Base class of tests of ZapAuthenticator. They set a default ZeroMQ context, as a program may
// before it loads QML, and fail on printed warnings.
class QmlTest : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void initTestCase();
    void init();

protected:
    // Adds a column workerThread, with a row for each value.
    static void addThreadRows();

    zmq::context_t m_context;
};

#endif // QMLTEST_H
