// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Prints the memory usage of the process, a program with a ZeroMQ socket. If built WITH_QZAP, also
// prints it with an authenticator, and then with the keys of a key list.

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qtimer.h>

#ifdef WITH_QZAP
#    include <QZap/qzapauthenticator.h>
#endif

#include <zmq.h>

#include <chrono>
#include <cstdio>

#include <unistd.h>

namespace {

void printResidentMemory()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return;
    const qint64 pages = file.readAll().split(' ').value(1).toLongLong();
    std::printf("%lld\n", static_cast<long long>(pages * sysconf(_SC_PAGESIZE)));
}

// Lets the event loop do its pending work, which uses memory as well.
void settle()
{
    constexpr std::chrono::milliseconds Moment(300);
    QTimer::singleShot(Moment, qApp, &QCoreApplication::quit);
    QCoreApplication::exec();
}

#ifdef WITH_QZAP
bool printWithAuthenticator(void *context, const QString &keyList)
{
    const QString domain = QStringLiteral("keys");
    QZapAuthenticator authenticator;
    if (!authenticator.setContext(context) || !authenticator.configureNull(domain, true)
        || !authenticator.configurePlain(domain,
                                         {{QStringLiteral("user"), QStringLiteral("password")}})
        || !authenticator.start())
        return false;
    settle();
    printResidentMemory();
    if (!authenticator.configureCurve(domain, keyList))
        return false;
    while (!authenticator.domain(domain, QZap::Mechanism::Curve)->isReady())
        settle();
    settle();
    printResidentMemory();
    return true;
}
#endif

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    void *const context = zmq_ctx_new();
    void *const socket = zmq_socket(context, ZMQ_ROUTER);
    bool ok = zmq_bind(socket, "tcp://127.0.0.1:*") == 0;
#ifdef WITH_QZAP
    ok = ok && printWithAuthenticator(context, QCoreApplication::arguments().value(1));
#else
    settle();
    printResidentMemory();
#endif
    zmq_close(socket);
    zmq_ctx_term(context);
    return ok ? 0 : 1;
}
