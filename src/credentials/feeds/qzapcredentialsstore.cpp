// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapcredentialsstore.h>

#include "base/eventloopwatch.h"
#include "base/text.h"
#include "credentials/certificates/expirytime.h"
#include "credentials/feeds/qzapcredentialsstore_p.h"
#include "credentials/feeds/qzapcredentialsupdate_p.h"

#include <QtCore/qpointer.h>
#include <QtCore/qvariantmap.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

/*!
    \class QZapCredentialsStore
    \inmodule QZap
    \inheaderfile QZap/QZapCredentialsStore
    \brief The QZapCredentialsStore class holds keys and users that a program gets from anywhere: a
    service, a database, or another process.

    A store is the property \c store of any number of QZapCurveDomain and QZapPlainDomain objects,
    of any authenticators, instead of files. A CURVE domain uses its keys, and a PLAIN domain its
    users. It is changed by updates, from any thread, and each update takes effect as a whole or not
    at all:

    \code
    QZapCredentialsStore store;
    domain->setStore(&store);

    QZapCredentialsUpdate all = store.begin(QZapCredentialsStore::ReplaceAll);
    for (const Device &device : devices)
        all.upsertKey(device.key, device.name);
    all.commit();
    \endcode

    Until the first update is in force, the peers of the domains wait. While the first replacement
    is being built, peers that are missing get temporary answers. With a QZapGuard, an update ends
    the sessions of removed keys and users, and of those whose user id, hash or published fields
    have changed; others continue.

    The store object is only a handle: peers are checked in the authenticator's thread without a
    lock, and large sets are built and freed in another thread, never on an event loop. A key
    without fields takes about 77 bytes, and less than twice that while it is replaced. For each
    domain that uses fields, a copy of the set is kept with these fields, which domains with the
    same complete set do not need.

    Once the store is destroyed, its domains give temporary answers, and live sessions remain. All
    functions that are not documented to be thread-safe must be called in the store's thread. All
    signals except staleTimeChanged() and aboutToBeDestroyed() are emitted from its event loop.

    \sa QZapCredentialsUpdate, {Credentials from Anywhere}
*/

/*!
    \enum QZapCredentialsStore::Mode

    Determines what an update contains.

    \value Delta The entries that change.
    \value ReplaceAll All entries: keys and users that the update does not contain are removed.
*/

/*!
    \property QZapCredentialsStore::ready
    \brief whether the domains of the store check their peers

    Default: \c false, until the first update is in force. It is also \c false while the store is
    stale.

    \sa staleTime
*/

/*!
    \property QZapCredentialsStore::count
    \brief the number of keys and users, including expired ones
*/

/*!
    \property QZapCredentialsStore::errorString
    \brief why the last update has failed; empty if it has succeeded

    An invalid entry is named by its number in the update, and by its key or name. The text contains
    no secret.

    \sa QZapCredentialsUpdate::errorString()
*/

/*!
    \property QZapCredentialsStore::staleTime
    \brief for how many milliseconds the entries are used without being confirmed

    Default: -1, without limit. Other negative values are refused with a warning.

    A program that can no longer reach the source of its credentials does not learn of revocations.
    If neither confirm() is called nor a replacement put in force for this time, the domains of the
    store give temporary answers until one of the two happens, whether or not any event loop runs.
    Live sessions remain, unless their keys or users are removed. Deltas confirm nothing, since they
    do not prove that the other entries are still valid. Time for which the computer is suspended is
    not necessarily counted.
*/

/*!
    \property QZapCredentialsStore::confirmedAt
    \brief when the entries were last known to be complete and up to date

    This is the time of the last confirm(), or of the commit of the last replacement that is in
    force. Invalid if there was none.
*/

QZapCredentialsStorePrivate::QZapCredentialsStorePrivate(QZapCredentialsStore *q)
    : q_ptr(q)
    , m_invoker(std::make_shared<WeakInvoker>(q))
    , m_core(std::make_shared<StoreCore>([invoker = m_invoker, isAnnounced = m_isAnnounced, this] {
        announce(invoker, isAnnounced, this);
    }))
    , m_keeper(
          WorkerPool::shared(WorkerPool::Purpose::Loading),
          [](const QString &problem) {
              qWarning("QZapCredentialsStore: %ls", qUtf16Printable(problem));
          },
          q)
    , m_timer(q, [this] {
        if (m_core->freshness()->isStale())
            m_core->announce();
        else
            startTimer();
    })
{
    new EventLoopWatch(q, {[this] {
                           startTimer();
                           deliver();
                       }});
}

QZapCredentialsStorePrivate::~QZapCredentialsStorePrivate()
{
    m_invoker->close();
    m_core->close();
}

void QZapCredentialsStorePrivate::announce(const std::shared_ptr<WeakInvoker> &invoker,
                                           const std::shared_ptr<std::atomic<bool>> &isAnnounced,
                                           QZapCredentialsStorePrivate *d)
{
    announceOnce(isAnnounced.get(), [&] { return invoker->post([d] { d->deliver(); }); });
}

void QZapCredentialsStorePrivate::deliver()
{
    Q_Q(QZapCredentialsStore);
    *m_isAnnounced = false; // first: later changes are announced again
    startTimer();
    const StoreCore::Status now = m_core->status();
    const StoreCore::Status before = std::exchange(m_announced, now);
    const QPointer<QZapCredentialsStore> guard(q);
    if (now.count != before.count)
        Q_EMIT q->countChanged();
    if (guard && now.confirmedAt != before.confirmedAt)
        Q_EMIT q->confirmedAtChanged();
    if (guard && now.error != before.error)
        Q_EMIT q->errorStringChanged();
    if (guard && now.isReady != before.isReady)
        Q_EMIT q->readyChanged();
}

// The time may be longer than a timer can run.
void QZapCredentialsStorePrivate::startTimer()
{
    constexpr std::chrono::hours Longest{1};
    const qint64 staleAt = m_core->freshness()->staleAt();
    const qint64 now = Clock::steady();
    if (staleAt == Freshness::Never || staleAt <= now) {
        m_timer.stop();
        return;
    }
    const auto wait =
        std::chrono::ceil<std::chrono::milliseconds>(std::chrono::nanoseconds(staleAt - now));
    m_timer.start(std::min<std::chrono::milliseconds>(wait, Longest));
}

/*!
    Constructs an empty store with \a parent, which is not \l ready.
*/
QZapCredentialsStore::QZapCredentialsStore(QObject *parent)
    : QObject(parent)
{
    WorkerPool::joinAtExit();
    d_ptr = std::make_unique<QZapCredentialsStorePrivate>(this);
}

/*!
    Destroys the store, after aboutToBeDestroyed() was emitted. Updates that are not in force yet
    fail, and domains with the store give temporary answers until they get another one. Live
    sessions remain.
*/
QZapCredentialsStore::~QZapCredentialsStore()
{
    Q_EMIT aboutToBeDestroyed();
}

/*!
    \fn void QZapCredentialsStore::aboutToBeDestroyed()

    Emitted by the destructor while all functions of the store can still be called. If another
    thread calls begin() or confirm(), make it stop in a slot with a direct connection, and wait
    there until it has stopped: QObject::destroyed() is emitted too late.
*/

/*!
    Starts an update of the given \a mode. Thread-safe, while the store exists. The update itself
    may outlive the store, and fails then.
*/
QZapCredentialsUpdate QZapCredentialsStore::begin(Mode mode)
{
    Q_D(QZapCredentialsStore);
    return QZapCredentialsUpdatePrivate::create(d->core(), mode == ReplaceAll);
}

bool QZapCredentialsStore::isReady() const
{
    Q_D(const QZapCredentialsStore);
    return d->core()->status().isReady;
}

qint64 QZapCredentialsStore::count() const
{
    Q_D(const QZapCredentialsStore);
    return d->core()->status().count;
}

QString QZapCredentialsStore::errorString() const
{
    Q_D(const QZapCredentialsStore);
    return d->core()->status().error.text();
}

int QZapCredentialsStore::staleTime() const
{
    Q_D(const QZapCredentialsStore);
    return d->core()->staleTime();
}

void QZapCredentialsStore::setStaleTime(int milliseconds)
{
    Q_D(QZapCredentialsStore);
    if (milliseconds < -1) {
        qWarning("QZapCredentialsStore::setStaleTime: %d is less than -1; the call has no effect",
                 milliseconds);
        return;
    }
    if (staleTime() == milliseconds)
        return;
    d->core()->setStaleTime(milliseconds);
    Q_EMIT staleTimeChanged();
}

/*!
    \overload
*/
void QZapCredentialsStore::setStaleTime(std::chrono::milliseconds time)
{
    setStaleTime(static_cast<int>(std::clamp<qint64>(time.count(), std::numeric_limits<int>::min(),
                                                     std::numeric_limits<int>::max())));
}

QDateTime QZapCredentialsStore::confirmedAt() const
{
    Q_D(const QZapCredentialsStore);
    const qint64 time = d->core()->status().confirmedAt;
    return time == 0 ? QDateTime() : QDateTime::fromMSecsSinceEpoch(time);
}

/*!
    Reports that the source of the entries was asked just now, and that they are still complete. If
    the store was stale, its entries are in force again at once. Thread-safe.

    \sa staleTime
*/
void QZapCredentialsStore::confirm()
{
    Q_D(QZapCredentialsStore);
    d->core()->confirm();
}

// Returns the problem of the members' names and types, except that of the time.
Problem QZapCredentialsStorePrivate::entryProblem(const QVariantMap &entry)
{
    const auto hasType = [&entry](const QString &name, QMetaType type) {
        const auto member = entry.constFind(name);
        return member == entry.constEnd() || member->metaType() == type;
    };
    if (!hasType(u"userId"_s, QMetaType::fromType<QString>()))
        return u"userId is not text"_s;
    if (!hasType(u"fields"_s, QMetaType::fromType<QVariantMap>()))
        return u"fields is not an object"_s;
    for (auto member = entry.begin(); member != entry.end(); ++member) {
        const QString &name = member.key();
        if (name != "key"_L1 && name != "userId"_L1 && name != "fields"_L1
            && name != "notAfter"_L1) {
            return u"%1 is not one of key, userId, fields and notAfter"_s.arg(quoted(name));
        }
    }
    // Otherwise, a text of 32 characters would be used as the bytes of a key.
    const QString key = entry.value(u"key"_s).toString();
    if (key.size() != CurveKeyTextSize || !key.isValidUtf16())
        return u"the key is not %1 characters of Z85 text"_s.arg(CurveKeyTextSize);
    return {};
}

Result<StoreEntry::Time> QZapCredentialsStorePrivate::notAfterOf(const QVariantMap &entry)
{
    const auto time = entry.constFind(u"notAfter"_s);
    if (time == entry.constEnd())
        return StoreEntry::Time();
    if (time->metaType() != QMetaType::fromType<QString>())
        return StoreEntry::Time(time->toDateTime()); // invalid unless it is one
    const Result<qint64> parsed = expiryTimeOf(NotAfterField, time->toString().toUtf8());
    if (!parsed)
        return parsed.problem();
    return StoreEntry::Time(QDateTime::fromMSecsSinceEpoch(*parsed));
}

Problem QZapCredentialsStorePrivate::addKeys(const QVariantList &keys,
                                             QZapCredentialsUpdate *update)
{
    qsizetype number = 0;
    for (const QVariant &key : keys) {
        ++number;
        const bool isText = key.metaType() == QMetaType::fromType<QString>();
        const QVariantMap entry = isText ? QVariantMap{{u"key"_s, key}} : key.toMap();
        const Result<StoreEntry::Time> notAfter = notAfterOf(entry);
        Problem problem = entryProblem(entry);
        if (!problem)
            problem = notAfter.problem();
        if (problem)
            return problem.within(u"entry %1: "_s.arg(number));
        // Not toLatin1(): it replaces characters with question marks, which are Z85 text.
        if (!update->upsertKey(entry.value(u"key"_s).toString().toUtf8(),
                               entry.value(u"userId"_s).toString(),
                               entry.value(u"fields"_s).toMap(), *notAfter)) {
            return {}; // the update has the problem
        }
    }
    return {};
}

/*!
    Replaces all entries with \a keys, and returns whether the list is valid; if not, nothing
    changes, and \l errorString names the entry. The keys are in force a moment later.

    For QML. Each entry is the key's Z85 text, or an object with the members \c key and \c userId
    (text), \c fields (an object) and \c notAfter (a Date, or text such as
    \c{"2027-01-31T00:00:00Z"}), of which only \c key is required. An entry with other members, or
    with members of other types, is invalid.
*/
bool QZapCredentialsStore::replaceKeys(const QVariantList &keys)
{
    QZapCredentialsUpdate update = begin(ReplaceAll);
    if (const Problem problem = QZapCredentialsStorePrivate::addKeys(keys, &update))
        QZapCredentialsUpdatePrivate::get(&update)->fail(problem);
    const bool isValid = update.errorString().isEmpty();
    update.commit();
    return isValid;
}
