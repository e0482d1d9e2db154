// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handlers/qzaphandler.h"

#include "load/cores.h"

#include <QZap/qzapauthenticator.h>

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qtimer.h>

#include <chrono>

namespace {
using namespace std::chrono_literals;
constexpr std::chrono::seconds LoadTimeout = 60s;
} // namespace

QZapHandler::QZapHandler(Listeners listeners)
    : m_listeners(listeners)
{
    m_thread.setObjectName(QStringLiteral("qzap")); // to tell it apart in a profile
}

QZapHandler::~QZapHandler()
{
    QZapHandler::stop();
}

QString QZapHandler::name() const
{
    return m_listeners == Listeners::None ? QStringLiteral("qzap")
                                          : QStringLiteral("qzap-listeners");
}

bool QZapHandler::start(const Fixture &fixture, QString *errorMessage)
{
    m_inThread = std::make_unique<QObject>();
    m_inThread->moveToThread(&m_thread);
    context(); // here, where its threads are not bound
    {
        const HandlersCores bound;
        m_thread.start();
    }
    bool ok = false;
    QMetaObject::invokeMethod(
        m_inThread.get(), [&] { ok = startInThread(fixture, errorMessage); },
        Qt::BlockingQueuedConnection);
    return ok;
}

bool QZapHandler::startInThread(const Fixture &fixture, QString *errorMessage)
{
    m_probe = std::make_unique<LatenessProbe>();
    m_authenticator = std::make_unique<QZapAuthenticator>();
    QZapAuthenticator &authenticator = *m_authenticator;
    if (m_listeners == Listeners::Connected) {
        QObject::connect(&authenticator, &QZapAuthenticator::authenticated, m_inThread.get(),
                         [this] { ++m_heard; });
        QObject::connect(&authenticator, &QZapAuthenticator::rejected, m_inThread.get(),
                         [this] { ++m_heard; });
    }
    const QString small = QString::fromLatin1(Fixture::SmallDomain);
    const QString large = QString::fromLatin1(Fixture::LargeDomain);
    bool ok = authenticator.setContext(context()) && authenticator.configureNull(small, true)
              && authenticator.configurePlain(small, {{QString::fromLatin1(fixture.user()),
                                                       QString::fromLatin1(fixture.password())}})
              && authenticator.configureCurve(small, fixture.smallKeyList());
    QElapsedTimer clock;
    clock.start();
    ok = ok && authenticator.configureCurve(large, fixture.largeKeyList())
         && waitUntilReady(Fixture::LargeDomain);
    m_loadSeconds = static_cast<double>(clock.nsecsElapsed()) * 1e-9;
    ok = ok && waitUntilReady(Fixture::SmallDomain) && authenticator.start();
    if (!ok)
        *errorMessage = authenticator.errorString();
    return ok;
}

bool QZapHandler::waitUntilReady(const char *domain) const
{
    QZapDomain *const object =
        m_authenticator->domain(QString::fromLatin1(domain), QZap::Mechanism::Curve);
    if (!object)
        return false;
    QEventLoop loop;
    QObject::connect(object, &QZapDomain::readyChanged, &loop, &QEventLoop::quit);
    QTimer::singleShot(LoadTimeout, &loop, &QEventLoop::quit);
    if (!object->isReady())
        loop.exec();
    return object->isReady();
}

void QZapHandler::stop()
{
    if (!m_thread.isRunning())
        return;
    QMetaObject::invokeMethod(
        m_inThread.get(),
        [this] {
            m_authenticator.reset();
            m_probe.reset();
        },
        Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
    m_inThread.reset();
    terminateContext();
}

void QZapHandler::startProbe()
{
    QMetaObject::invokeMethod(
        m_inThread.get(), [this] { m_probe->start(); }, Qt::BlockingQueuedConnection);
}

QList<LatenessProbe::Timeout> QZapHandler::stopProbe()
{
    QList<LatenessProbe::Timeout> result;
    QMetaObject::invokeMethod(
        m_inThread.get(), [&] { result = m_probe->stop(); }, Qt::BlockingQueuedConnection);
    return result;
}
