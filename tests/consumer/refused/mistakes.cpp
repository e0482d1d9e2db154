// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Each branch is a mistake that must not compile; the last one is correct. See
// ../refusedbycompiler.cmake, which builds them one by one.

#include <QZap/QZap>

#include <zmq.hpp>

bool use(QZapAuthenticator &authenticator, zmq::context_t *context, zmq::socket_t *socket)
{
    const QString domain = QStringLiteral("domain");
    const QZapCertificate certificate;
#if defined(SET_CONTEXT)
    return authenticator.setContext(context);
#elif defined(SET_DEFAULT_CONTEXT)
    return QZap::setDefaultContext(context);
#elif defined(SECURE_NULL)
    return QZap::secureNull(socket, domain);
#elif defined(SECURE_PLAIN)
    return QZap::securePlain(socket, domain);
#elif defined(SECURE_CURVE)
    return QZap::secureCurve(socket, domain, certificate);
#elif defined(SECURE_GSSAPI)
    return QZap::secureGssapi(socket, domain);
#elif defined(SOCKET_NOTIFIER)
    const QZapSocketNotifier notifier(socket);
    return notifier.isEnabled();
#elif defined(SET_PLAIN_CLIENT)
    return QZap::setPlainClient(socket, domain, QByteArray());
#elif defined(SET_CURVE_CLIENT)
    return QZap::setCurveClient(socket, certificate, domain);
#elif defined(SOCKET_MONITOR)
    const QZapSocketMonitor monitor(socket);
    return monitor.isValid();
#else
    const QZapSocketMonitor monitor(*socket);
    const QZapSocketMonitor monitorOfHandle(socket->handle());
    const QZapSocketNotifier notifier(*socket);
    const QZapSocketNotifier ofHandle(socket->handle());
    return authenticator.setContext(*context) && authenticator.setContext(context->handle())
           && QZap::setDefaultContext(*context) && QZap::secureNull(*socket, domain)
           && QZap::securePlain(zmq::socket_ref(*socket), domain)
           && QZap::secureCurve(socket->handle(), domain, certificate)
           && QZap::secureGssapi(*socket, domain)
           && QZap::setPlainClient(*socket, domain, QByteArray())
           && QZap::setCurveClient(zmq::socket_ref(*socket), certificate, domain);
#endif
}
