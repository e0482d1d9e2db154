// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef STORMMEASUREMENT_H
#define STORMMEASUREMENT_H

#include "guard/devices.h"
#include "options.h"
#include "results.h"
#include "stores/credentialfile.h"

// Measures how long it takes until all devices have connected again after their server was
// restarted: with a guard, and with the raw handler. The devices are in other processes.
class StormMeasurement
{
public:
    StormMeasurement(const Options &options, const Devices &devices, const QString &keyList,
                     Guarding *figures);

    // Returns whether it succeeded; otherwise sets *errorMessage.
    bool run(QString *errorMessage);

private:
    struct Storm
    {
        double seconds = 0;
        Samples lateness; // of the event loop that receives the devices' messages
    };

    std::optional<Storm> measureRaw(QString *errorMessage) const;
    std::optional<Storm> measureGuarded(QString *errorMessage) const;
    // `isWanted` is called with each message.
    std::optional<Storm> measure(zmq::socket_t *socket,
                                 const std::function<bool(const zmq::message_t &)> &isWanted,
                                 QString *errorMessage) const;

    const Options &m_options;
    const Devices &m_devices;
    const QString m_keyList;
    Guarding &m_figures;
    CredentialFile m_keyPairs;
};

#endif // STORMMEASUREMENT_H
