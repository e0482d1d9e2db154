// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/deviceprocesses.h"

#include <algorithm>

#ifdef Q_OS_UNIX
#    include <sys/resource.h>
#endif

namespace {

constexpr qint64 DevicesOfAProcess = 2000;
constexpr qint64 OtherDescriptors = 500; // of the server's process
constexpr int StartTimeout = 60000;      // ms

} // namespace

DeviceProcesses::~DeviceProcesses()
{
    for (const auto &process : m_processes)
        process->kill();
    for (const auto &process : m_processes)
        process->waitForFinished();
}

bool DeviceProcesses::makeRoom(qint64 devices, QString *errorMessage)
{
#ifdef Q_OS_UNIX
    const auto needed = static_cast<rlim_t>(devices + OtherDescriptors);
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
        return true;
    if (limit.rlim_max < needed) {
        *errorMessage =
            QStringLiteral("%1 devices need %2 descriptors in the server's process, which may have "
                           "%3: raise its hard limit (ulimit -Hn), or set --devices to %4 at most")
                .arg(devices)
                .arg(needed)
                .arg(limit.rlim_max)
                .arg(std::max<qint64>(static_cast<qint64>(limit.rlim_max) - OtherDescriptors, 0));
        return false;
    }
    limit.rlim_cur = needed;
    if (::setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return true;
    *errorMessage = QStringLiteral("the limit of descriptors cannot be raised to %1").arg(needed);
    return false;
#else
    Q_UNUSED(devices)
    Q_UNUSED(errorMessage)
    return true;
#endif
}

bool DeviceProcesses::start(const QString &endpoint, const QString &serverKey,
                            const QString &keyFile, qint64 devices, QString *errorMessage)
{
    for (qint64 started = 0; started < devices; started += DevicesOfAProcess) {
        const qint64 count = std::min(DevicesOfAProcess, devices - started);
        auto process = std::make_unique<QProcess>();
        process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process->start(QStringLiteral(QZAP_DEVICES_PROGRAM),
                       {endpoint, serverKey, keyFile, QString::number(count)});
        m_processes.push_back(std::move(process));
    }
    for (const auto &process : m_processes) {
        if (!process->waitForReadyRead(StartTimeout)) {
            *errorMessage = QStringLiteral("the devices do not start: ") + process->errorString();
            return false;
        }
    }
    return true;
}
