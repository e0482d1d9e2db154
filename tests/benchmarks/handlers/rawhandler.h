// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef RAWHANDLER_H
#define RAWHANDLER_H

#include "handlers/localhandler.h"

#include <thread>

// A handler with the lowest possible cost, which accepts everybody.
class RawHandler : public LocalHandler
{
public:
    ~RawHandler() override { RawHandler::stop(); }

    QString name() const override { return QStringLiteral("raw"); }
    bool serves(const Workload & /*workload*/) const override { return true; }
    bool start(const Fixture &fixture, QString *errorMessage) override;
    void stop() override;

private:
    void run();

    void *m_socket = nullptr;
    std::thread m_thread;
};

#endif // RAWHANDLER_H
