// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "waiting.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>

#include <algorithm>

using namespace std::chrono_literals;

namespace {
constexpr std::chrono::minutes Timeout = 1min;
} // namespace

void runLoop(std::chrono::milliseconds time)
{
    QEventLoop loop;
    QTimer::singleShot(time, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

bool runLoopUntil(const std::function<bool()> &condition, std::chrono::milliseconds timeout)
{
    constexpr std::chrono::milliseconds Interval = 2ms;
    QEventLoop loop;
    QTimer timer;
    timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&timer, &QTimer::timeout, &loop, [&] {
        if (condition())
            loop.quit();
    });
    QTimer::singleShot(timeout, &loop, &QEventLoop::quit);
    timer.start(Interval);
    loop.exec();
    return condition();
}

bool waitUntilReady(const QZapAuthenticator &authenticator)
{
    QEventLoop loop;
    const auto areReady = [&] {
        const auto domains = authenticator.domains();
        return std::all_of(domains.begin(), domains.end(),
                           [](const QZapDomain *domain) { return domain->isReady(); });
    };
    const auto domains = authenticator.domains();
    for (const QZapDomain *domain : domains) {
        QObject::connect(domain, &QZapDomain::readyChanged, &loop, [&] {
            if (areReady())
                loop.quit();
        });
    }
    QTimer::singleShot(Timeout, &loop, &QEventLoop::quit);
    if (!areReady())
        loop.exec();
    return areReady();
}
