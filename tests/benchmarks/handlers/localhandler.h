// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LOCALHANDLER_H
#define LOCALHANDLER_H

#include "handlers/handler.h"

// A handler in this process, in a ZeroMQ context of its own, so that all of them stand by.
class LocalHandler : public Handler
{
public:
    ~LocalHandler() override;

    bool ask(AskingLoad load, AskingResult *result) override;
    bool connectPeers(HandshakeLoad load, HandshakeResult *result) override;

protected:
    // Made when first asked for.
    virtual void *context();
    // To be called when no socket of the handler is left.
    void terminateContext();

    static void startThreads(void *context);

private:
    void *m_context = nullptr;
};

#endif // LOCALHANDLER_H
