// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DEVICEPROCESSES_H
#define DEVICEPROCESSES_H

#include <QtCore/qprocess.h>
#include <QtCore/qstring.h>

#include <memory>
#include <vector>

// The devices of a reconnect storm, in several processes: each of them needs up to two descriptors
// in its process, and a process may have only so many. Ends the processes when destroyed.
class DeviceProcesses
{
public:
    DeviceProcesses() = default;
    ~DeviceProcesses();
    DeviceProcesses(const DeviceProcesses &) = delete;
    DeviceProcesses &operator=(const DeviceProcesses &) = delete;

    // Raises this process's limit of descriptors so far that the server can have all devices
    // connected. Returns false if the system forbids it, and sets *errorMessage.
    [[nodiscard]] static bool makeRoom(qint64 devices, QString *errorMessage);

    // Starts the processes, and waits until all devices try to connect. Returns false if that
    // fails, and sets *errorMessage.
    [[nodiscard]] bool start(const QString &endpoint, const QString &serverKey,
                             const QString &keyFile, qint64 devices, QString *errorMessage);

private:
    std::vector<std::unique_ptr<QProcess>> m_processes;
};

#endif // DEVICEPROCESSES_H
