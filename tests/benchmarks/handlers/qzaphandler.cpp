// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "handlers/qzaphandler.h"

#include "load/cores.h"
#include "waiting.h"

#include <QZap/qzapauditlog.h>
#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcredentialsprovider.h>
#include <QZap/qzapguard.h>
#include <QZap/qzapopenmetrics.h>

#include <QtCore/qfile.h>
#include <QtCore/qsemaphore.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace std::chrono_literals;

QZapHandler::QZapHandler(Variant variant, Cores cores)
    : m_variant(variant)
    , m_cores(cores)
{
    m_thread.setObjectName(QStringLiteral("qzap")); // identifies it in a profile
}

QZapHandler::~QZapHandler()
{
    QZapHandler::stop();
}

QString QZapHandler::name() const
{
    switch (m_variant) {
    case Variant::Listeners:
        return QStringLiteral("qzap-listeners");
    case Variant::Provider:
        return QStringLiteral("qzap-provider");
    case Variant::WorkerThread:
        return QStringLiteral("qzap-worker");
    case Variant::Guard:
        return QStringLiteral("qzap-guard");
    case Variant::AuditLog:
        return QStringLiteral("qzap-audit");
    case Variant::SlowAuditLog:
        return QStringLiteral("qzap-audit-slow");
    case Variant::Plain:
        break;
    }
    return QStringLiteral("qzap");
}

bool QZapHandler::start(const Fixture &fixture, QString *errorMessage)
{
    m_inThread = std::make_unique<QObject>();
    m_inThread->moveToThread(&m_thread);
    context(); // creates its threads before this one is bound to cores
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
    if (m_variant == Variant::Listeners || m_variant == Variant::WorkerThread) {
        QObject::connect(&authenticator, &QZapAuthenticator::authenticated, m_inThread.get(),
                         [this] { ++m_heard; });
        QObject::connect(&authenticator, &QZapAuthenticator::rejected, m_inThread.get(),
                         [this] { ++m_heard; });
    }
    if (m_variant == Variant::Provider) {
        m_provider = std::make_unique<QZapCredentialsProvider>();
        QObject::connect(m_provider.get(), &QZapCredentialsProvider::authenticating,
                         m_inThread.get(), [](const QZapDecision &decision) { decision.accept(); });
        authenticator.setCredentialsProvider(QZap::AnyDomain, m_provider.get());
    }
    if (m_variant == Variant::Guard)
        m_guard = std::make_unique<QZapGuard>(&authenticator);
    if (m_variant == Variant::AuditLog || m_variant == Variant::SlowAuditLog)
        startAudit();
    authenticator.setWorkerThread(m_variant == Variant::WorkerThread);
    if (authenticator.setContext(context()) && configure(&authenticator, fixture)
        && waitUntilReady(authenticator) && authenticator.start()) {
        return true;
    }
    *errorMessage = authenticator.errorString();
    return false;
}

void QZapHandler::startAudit()
{
    const QString file = m_folder.filePath(QStringLiteral("audit.log"));
    if (m_variant == Variant::SlowAuditLog) {
        const QByteArray pipe = QFile::encodeName(file);
        if (::mkfifo(pipe.constData(), 0600) == 0)
            m_reader = ::open(pipe.constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    }
    m_auditLog = std::make_unique<QZapAuditLog>(m_authenticator.get());
    m_auditLog->setFileName(file);
    m_scraper = std::make_unique<QTimer>();
    QObject::connect(m_scraper.get(), &QTimer::timeout, m_authenticator.get(),
                     [this] { m_heard += QZap::openMetrics(m_authenticator.get()).size(); });
    m_scraper->start(1s);
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
            m_scraper.reset();
            if (m_reader >= 0)
                ::close(std::exchange(m_reader, -1)); // or the log would wait for it
            m_auditLog.reset();
            m_guard.reset();
            m_authenticator.reset();
            m_provider.reset();
            m_probe.reset();
        },
        Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
    m_inThread.reset();
    terminateContext();
}

void QZapHandler::block(double seconds)
{
    QSemaphore begun;
    QMetaObject::invokeMethod(
        m_inThread.get(),
        [&begun, seconds] {
            begun.release();
            std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        },
        Qt::QueuedConnection);
    begun.acquire();
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
