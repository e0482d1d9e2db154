// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "idlemeasurement.h"

#include "waiting.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qdir.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qfile.h>
#include <QtCore/qhash.h>

#include <zmq.h>

#include <chrono>
#include <memory>
#include <thread>

namespace {

using namespace std::chrono_literals;

// Returns how often each thread has waited.
QHash<QString, qint64> waits()
{
    static constexpr char Entry[] = "\nvoluntary_ctxt_switches:";
    QHash<QString, qint64> result;
    const QDir tasks(QStringLiteral("/proc/self/task"));
    const auto threads = tasks.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &thread : threads) {
        QFile file(tasks.filePath(thread + QStringLiteral("/status")));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray text = file.readAll();
        const qsizetype entry = text.indexOf(Entry);
        if (entry < 0)
            continue;
        const qsizetype begin = entry + static_cast<qsizetype>(sizeof Entry - 1);
        result.insert(thread,
                      text.mid(begin, text.indexOf('\n', begin) - begin).trimmed().toLongLong());
    }
    return result;
}

// Returns the wake-ups of all permanent threads except the calling one.
qint64 wakeUpsMeanwhile(double seconds)
{
    const QString self = QFile::symLinkTarget(QStringLiteral("/proc/thread-self"));
    const QHash<QString, qint64> before = waits();
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    const QHash<QString, qint64> after = waits();
    qint64 result = 0;
    for (auto it = after.begin(); it != after.end(); ++it) {
        if (before.contains(it.key()) && !self.endsWith(u'/' + it.key()))
            result += it.value() - before.value(it.key());
    }
    return result;
}

} // namespace

std::optional<Idle> measureIdle(const Fixture &fixture, double seconds, QString *errorMessage)
{
    const std::unique_ptr<void, decltype(&zmq_ctx_term)> context(zmq_ctx_new(), &zmq_ctx_term);
    const QString domain = QStringLiteral("idle");
    QZapAuthenticator authenticator;
    if (!authenticator.setContext(context.get())
        || !authenticator.configureCurve(domain, fixture.certificates())
        || !authenticator.configurePlainFile(domain, fixture.passwordFile())
        || !authenticator.start() || !waitUntilReady(authenticator)) {
        *errorMessage = QStringLiteral("qzap does not start: ") + authenticator.errorString();
        return std::nullopt;
    }
    if (waits().isEmpty()) {
        *errorMessage = QStringLiteral("Wake-ups can only be counted on Linux");
        return std::nullopt;
    }
    runLoop(500ms); // until everything is done

    Idle idle{seconds, 0};
    QEventLoop loop;
    std::thread watcher([&] {
        std::this_thread::sleep_for(100ms); // until the event loop waits
        idle.wakeUps = wakeUpsMeanwhile(seconds);
        QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
    });
    loop.exec();
    watcher.join();
    return idle;
}
