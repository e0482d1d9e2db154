// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CZMQHANDLER_H
#define CZMQHANDLER_H

#include "handlers/localhandler.h"

#include <czmq.h>

// czmq's zauth actor. It knows no domains and binds in czmq's own context.
class CzmqHandler : public LocalHandler
{
public:
    ~CzmqHandler() override { CzmqHandler::stop(); }

    QString name() const override { return QStringLiteral("czmq"); }
    int slowness() const override { return 4; }
    bool start(const Fixture &fixture, QString *errorMessage) override;
    void stop() override;

protected:
    void *context() override;

private:
    zactor_t *m_actor = nullptr;
};

#endif // CZMQHANDLER_H
