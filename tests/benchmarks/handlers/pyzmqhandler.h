// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PYZMQHANDLER_H
#define PYZMQHANDLER_H

#include "handlers/handler.h"

#include <QtCore/qjsonobject.h>
#include <QtCore/qprocess.h>

// One of pyzmq's authenticators in a Python process, which uses the same code to send requests.
class PyzmqHandler : public Handler
{
public:
    enum class Kind { Thread, Asyncio };

    PyzmqHandler(Kind kind, bool bound);
    ~PyzmqHandler() override { PyzmqHandler::stop(); }

    QString name() const override;
    int slowness() const override { return m_kind == Kind::Thread ? 10 : 30; }
    bool start(const Fixture &fixture, QString *errorMessage) override;
    void stop() override;
    bool ask(AskingLoad load, AskingResult *result) override;
    bool connectPeers(HandshakeLoad load, HandshakeResult *result) override;

private:
    // Returns an empty object if the process does not answer.
    QJsonObject call(const QJsonObject &command);

    Kind m_kind;
    bool m_bound; // to the handlers' cores
    QProcess m_process;
};

#endif // PYZMQHANDLER_H
