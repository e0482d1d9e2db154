// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef HANDLER_H
#define HANDLER_H

#include "fixture.h"

#include <QtCore/qstring.h>

// A ZAP handler to be measured, in this process or in a separate one.
class Handler
{
public:
    Handler() = default;
    virtual ~Handler() = default;
    Handler(const Handler &) = delete;
    Handler &operator=(const Handler &) = delete;

    virtual QString name() const = 0;
    virtual bool serves(const Workload &workload) const { return workload.keys <= 1; }
    // Returns the divisor of the number of requests: slower handlers are measured with fewer
    // requests.
    virtual int slowness() const { return 1; }

    virtual bool start(const Fixture &fixture, QString *errorMessage) = 0;
    virtual void stop() = 0;

    virtual bool ask(AskingLoad load, AskingResult *result) = 0;
    virtual bool connectPeers(HandshakeLoad load, HandshakeResult *result) = 0;
};

#endif // HANDLER_H
