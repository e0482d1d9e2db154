// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A plugin with a static authenticator, which contains QZap.

#include "busyauthenticator.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qeventloop.h>

namespace {

// The context is the first member, so all of its users are destroyed before it.
struct Service
{
    zmq::context_t context;
    QZapCredentialsProvider provider;
    QZapAuthenticator authenticator;
    zmq::socket_t client{context, zmq::socket_type::dealer};
};

} // namespace

extern "C" Q_DECL_EXPORT bool runPlugin(const QString &directory, bool workerThread)
{
    static Service service;
    QZapAuthenticator &authenticator = service.authenticator;
    authenticator.setWorkerThread(workerThread);
    if (!BusyAuthenticator::writeFiles(directory)
        || !BusyAuthenticator::start(authenticator, service.context, &service.provider,
                                     directory)) {
        return false;
    }
    service.client.set(zmq::sockopt::linger, 0);
    service.client.connect("inproc://zeromq.zap.01");
    while (!BusyAuthenticator::isLoaded(authenticator))
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 10);
    BusyAuthenticator::ask(service.client);
    QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    return authenticator.configureCurve(QStringLiteral("keys"),
                                        directory + QStringLiteral("/keys"));
}
