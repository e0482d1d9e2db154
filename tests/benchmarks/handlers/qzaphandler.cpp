// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handlers/qzaphandler.h"

#include "load/cores.h"
#include "waiting.h"

#include <QZap/qzapauthenticator.h>

#include <optional>

QZapHandler::QZapHandler(Listeners listeners, Cores cores)
    : m_listeners(listeners)
    , m_cores(cores)
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
        std::optional<HandlersCores> bound;
        if (m_cores == Cores::Handlers)
            bound.emplace();
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
    if (authenticator.setContext(context()) && configure(&authenticator, fixture)
        && waitUntilReady(authenticator) && authenticator.start()) {
        return true;
    }
    *errorMessage = authenticator.errorString();
    return false;
}

bool QZapHandler::configure(QZapAuthenticator *authenticator, const Fixture &fixture)
{
    const QString small = QString::fromLatin1(Fixture::SmallDomain);
    bool ok = authenticator->configureNull(small, true)
              && authenticator->configurePlain(small, {{QString::fromLatin1(fixture.user()),
                                                        QString::fromLatin1(fixture.password())}});
    for (const KeyList &list : fixture.keyLists())
        ok = ok && authenticator->configureCurve(QString::fromLatin1(list.domain), list.file);
    return ok;
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
