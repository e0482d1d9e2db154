// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/qzapsqlsource_p.h"

#include "base/text.h"
#include "sql/replication.h"
#include "sql/replicationsatexit.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qthread.h>

#include <utility>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

Q_LOGGING_CATEGORY(lcSqlSource, "qzap")

// How long a stop waits for the thread. A thread that does not end in time, because the name of a
// host is not resolved or a disk does not answer, ends by itself later, and changes nothing.
constexpr auto LongestStop = 500ms;
// How long the exit of the program waits in addition, for the thread of an ended run to end.
constexpr auto LongestJoin = 200ms;
constexpr qsizetype LongestDomain = 255;
constexpr qsizetype LongestChannel = 63; // PostgreSQL truncates names

} // namespace

QZapSqlSourcePrivate::QZapSqlSourcePrivate(QZapSqlSource *q)
    : q_ptr(q)
    , m_invoker(std::make_shared<WeakInvoker>(q))
    , m_watch(q, [this] { watchServer(); })
{
    ReplicationsAtExit::prepare();
}

QZapSqlSourcePrivate::~QZapSqlSourcePrivate()
{
    m_invoker->close();
    endRun();
    if (!m_pool)
        return;
    if (m_process == QCoreApplication::applicationPid())
        WorkerPool::retire(std::move(m_pool));
    else
        (void)m_pool.release(); // after fork(), the child process has no such thread
}

bool QZapSqlSourcePrivate::isOwnThread(const char *function) const
{
    if (q_ptr->thread() == QThread::currentThread())
        return true;
    qWarning("QZapSqlSource::%s: must be called in the thread that the source lives in; the call "
             "has no effect",
             function);
    return false;
}

void QZapSqlSourcePrivate::setPatience(std::chrono::milliseconds patience)
{
    m_patience = patience;
    if (m_watch.isActive())
        startWatch();
}

void QZapSqlSourcePrivate::startWatch()
{
    m_watch.start(std::chrono::ceil<std::chrono::milliseconds>(m_patience / 8));
}

void QZapSqlSourcePrivate::watchServer()
{
    if (!m_run)
        return;
    m_run->breakIfSilent(m_patience.count());
    startWatch();
}

void QZapSqlSourcePrivate::setStore(QZapCredentialsStore *newStore)
{
    Q_Q(QZapSqlSource);
    if (store)
        QObject::disconnect(store, &QObject::destroyed, q, nullptr);
    store = newStore;
    if (newStore)
        QObject::connect(newStore, &QObject::destroyed, q, [this] { storeIsGone(nullptr); });
    scheduleRestart();
    Q_EMIT q->storeChanged();
}

void QZapSqlSourcePrivate::set(QString *setting, const QString &value,
                               void (QZapSqlSource::*changed)())
{
    if (*setting == value)
        return;
    *setting = value;
    scheduleRestart();
    Q_EMIT(q_ptr->*changed)();
}

void QZapSqlSourcePrivate::setPollInterval(int milliseconds)
{
    pollInterval = milliseconds;
    if (m_run)
        m_run->setPollInterval(std::chrono::milliseconds(milliseconds));
    Q_EMIT q_ptr->pollIntervalChanged();
}

SqlSettings QZapSqlSourcePrivate::settings() const
{
    SqlSettings all;
    all.options.driver = driver;
    all.options.connectionOptions = connectionOptions;
    // The current directory may change.
    if (driver == "QSQLITE"_L1)
        all.options.connectionOptions = QFileInfo(connectionOptions).absoluteFilePath();
    all.domain = domain;
    all.notifyChannel = notifyChannel;
    return all;
}

Problem QZapSqlSourcePrivate::settingsProblem() const
{
    if (!store)
        return u"there is no store; set the property store"_s;
    SqlOptions options;
    options.driver = driver;
    options.connectionOptions = connectionOptions;
    if (Problem problem = options.problem())
        return problem;
    const QByteArray domainName = domain.toUtf8();
    if (domainName.isEmpty() || domainName.size() > LongestDomain || !domain.isValidUtf16()
        || !isCleanText(domainName)) {
        return u"the domain %1 is not a name of 1 to %2 bytes; a source reads exactly one domain"_s
            .arg(quoted(domain.left(LongestDomain)), QString::number(LongestDomain));
    }
    const QByteArray channel = notifyChannel.toUtf8();
    if (channel.size() > LongestChannel || !notifyChannel.isValidUtf16() || !isCleanText(channel)) {
        return u"the channel %1 is not a name of at most %2 bytes"_s.arg(
            quoted(notifyChannel.left(LongestDomain)), QString::number(LongestChannel));
    }
    return {};
}

bool QZapSqlSourcePrivate::start()
{
    if (isRunning)
        return true;
    const Problem problem = startRun();
    if (problem) {
        fail(problem);
        return false;
    }
    setState(true, false, {});
    return true;
}

void QZapSqlSourcePrivate::stop()
{
    endRun();
    setState(false, false, isRunning ? QString() : errorString);
}

Problem QZapSqlSourcePrivate::startRun()
{
    if (Problem problem = settingsProblem())
        return problem;
    const std::shared_ptr<StoreAccess> access = StoreAccess::claim(store);
    if (!access)
        return u"another source fills the store; each source needs a store of its own"_s;
    if (!m_pool) {
        auto pool = std::make_unique<WorkerPool>("QZap SQL", 1);
        pool->setLongestWaitAtExit(LongestJoin);
        if (const std::error_code error = pool->start()) {
            return u"the thread that reads the database cannot be started: %1"_s.arg(
                QString::fromStdString(error.message()));
        }
        m_pool = std::move(pool);
        m_process = QCoreApplication::applicationPid();
    }
    const auto self = std::make_shared<std::weak_ptr<ReplicationRun>>();
    m_run = std::make_shared<ReplicationRun>(
        settings(), access, [this, self, invoker = m_invoker](const ReplicationNews &news) {
            invoker->post([this, run = self->lock(), news] { report(run, news); });
        });
    *self = m_run;
    m_run->setPollInterval(std::chrono::milliseconds(pollInterval));
    m_storeWatch = QObject::connect(
        store, &QZapCredentialsStore::aboutToBeDestroyed, [this, access, invoker = m_invoker] {
            access->close();
            invoker->post([this, access] { storeIsGone(access.get()); });
        });
    ReplicationsAtExit::add(m_run);
    m_pool->run([run = m_run] {
        Replication(run).run();
        run->setEnded();
    });
    startWatch();
    return {};
}

void QZapSqlSourcePrivate::endRun()
{
    if (!m_run)
        return;
    m_watch.stop();
    QObject::disconnect(m_storeWatch);
    const std::shared_ptr<ReplicationRun> run = std::exchange(m_run, {});
    if (m_process != QCoreApplication::applicationPid())
        return;
    run->stop();
    run->waitForEnd(LongestStop);
}

// All settings that are changed together take effect with one restart.
void QZapSqlSourcePrivate::scheduleRestart()
{
    if (!isRunning || std::exchange(m_isRestartScheduled, true))
        return;
    callLater(q_ptr, [this] { restart(); });
}

void QZapSqlSourcePrivate::restart()
{
    m_isRestartScheduled = false;
    if (!isRunning)
        return;
    endRun();
    if (const Problem problem = startRun())
        fail(problem);
    else
        setState(true, false, {});
}

// Emits the signals of all properties that have changed.
void QZapSqlSourcePrivate::setState(bool running, bool connected, const QString &error)
{
    Q_Q(QZapSqlSource);
    const QPointer<QZapSqlSource> guard(q);
    const bool isRunningChanged = std::exchange(isRunning, running) != running;
    const bool isConnectedChanged = std::exchange(isConnected, connected) != connected;
    const bool isErrorChanged = std::exchange(errorString, error) != error;
    if (isErrorChanged)
        Q_EMIT q->errorStringChanged();
    if (guard && isConnectedChanged)
        Q_EMIT q->connectedChanged();
    if (guard && isRunningChanged)
        Q_EMIT q->runningChanged();
}

void QZapSqlSourcePrivate::report(const std::shared_ptr<ReplicationRun> &run,
                                  const ReplicationNews &news)
{
    Q_Q(QZapSqlSource);
    if (!run || run != m_run)
        return; // of a run that was ended
    const QPointer<QZapSqlSource> guard(q);
    if (!news.occurred.isEmpty())
        qCWarning(lcSqlSource, "SQL source: %ls", qUtf16Printable(news.occurred));
    setState(true, news.isConnected, news.errorString);
    if (guard && !news.occurred.isEmpty())
        Q_EMIT q->errorOccurred(news.occurred);
}

void QZapSqlSourcePrivate::storeIsGone(const StoreAccess *access)
{
    Q_Q(QZapSqlSource);
    if (access ? !m_run || m_run->access().get() != access : bool(store))
        return; // of a store that was replaced
    const QPointer<QZapSqlSource> guard(q);
    if (isRunning) {
        endRun();
        fail(u"the store was destroyed"_s);
    }
    if (guard && !access)
        Q_EMIT q->storeChanged();
}

// Nothing runs.
void QZapSqlSourcePrivate::fail(const Problem &problem)
{
    Q_Q(QZapSqlSource);
    const QPointer<QZapSqlSource> guard(q);
    const QString text = problem.text();
    qCWarning(lcSqlSource, "SQL source: %ls", qUtf16Printable(text));
    setState(false, false, text);
    if (guard)
        Q_EMIT q->errorOccurred(text);
}
