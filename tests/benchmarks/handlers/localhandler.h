// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LOCALHANDLER_H
#define LOCALHANDLER_H

#include "handlers/handler.h"

// A handler in this process, with its own ZeroMQ context, so that all handlers can exist at the
// same time.
class LocalHandler : public Handler
{
public:
    ~LocalHandler() override;

    bool ask(AskingLoad load, AskingResult *result) override;
    bool connectPeers(HandshakeLoad load, HandshakeResult *result) override;

protected:
    // Returns the context, which is created at first use.
    virtual void *context();
    // Call this when the handler has no sockets left.
    void terminateContext();

    static void startThreads(void *context);

private:
    void *m_context = nullptr;
};

#endif // LOCALHANDLER_H
