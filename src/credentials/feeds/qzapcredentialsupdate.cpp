// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzapcredentialsupdate.h>

#include "base/workerpool.h"
#include "credentials/feeds/qzapcredentialsupdate_p.h"

#include <QtCore/qpromise.h>

#include <new>
#include <utility>

using namespace QZap::Internal;

/*!
    \class QZapCredentialsUpdate
    \inmodule QZap
    \inheaderfile QZap/QZapCredentialsUpdate
    \brief The QZapCredentialsUpdate class is a change of a credentials store that takes effect as a
    whole or not at all.

    An update is started by QZapCredentialsStore::begin(), filled with entries, and committed. An
    update that is destroyed without being committed has no effect. It can be filled and committed
    in any thread, by one thread at a time; there may be any number of updates at a time.

    \code
    QZapCredentialsUpdate update = store.begin(QZapCredentialsStore::Delta);
    update.upsertKey(key, "turbine-3", {{"Role", "sensor"}});
    update.removeKey(stolenKey);
    update.commit(); // stolenKey is refused from now on
    \endcode

    If an entry is invalid, the whole update fails: commit() changes nothing, and errorString()
    contains the number of the entry. A source whose other entries have to take effect anyway calls
    setSkipsInvalidEntries(). Entries are checked by the rules for the lines of key lists
    and password files:

    \list
    \li A public key has 32 bytes, or 40 characters of Z85, and is not a low-order point of
        Curve25519.
    \li A user id has at most 255 bytes in UTF-8 without control characters, and is neither
        \c anonymous nor the key of another peer.
    \li There are at most 64 fields, whose names are those that the metadata of a reply can have,
        and whose values are text of up to 4096 bytes. A field named like \c not-after is invalid:
        the time of expiry is an argument.
    \li A user name is valid for QZapPlainDomain, and its hash is an argon2id hash that takes at
        most 64 MiB to check.
    \endlist

    \sa QZapCredentialsStore
*/

QZapCredentialsUpdatePrivate::~QZapCredentialsUpdatePrivate()
{
    WorkerPool::release(std::move(m_records)); // may be large
}

QZapCredentialsUpdate QZapCredentialsUpdatePrivate::create(const std::shared_ptr<StoreCore> &core,
                                                           bool replaces)
{
    return QZapCredentialsUpdate(std::make_unique<QZapCredentialsUpdatePrivate>(core, replaces));
}

bool QZapCredentialsUpdatePrivate::append(const StoreEntry &entry)
{
    try {
        m_records->append(entry.record());
    } catch (const std::bad_alloc &) {
        fail(QStringLiteral("entry %1: there is not enough memory for it").arg(m_number));
        return false;
    }
    return true;
}

void QZapCredentialsUpdatePrivate::fail(const Problem &problem)
{
    m_problem = problem;
    WorkerPool::release(std::exchange(m_records, {}));
}

QFuture<bool> QZapCredentialsUpdatePrivate::refusal()
{
    QPromise<bool> promise;
    promise.start();
    promise.addResult(false);
    promise.finish();
    return promise.future();
}

QFuture<bool> QZapCredentialsUpdatePrivate::commit()
{
    try {
        return tryCommit();
    } catch (const std::bad_alloc &) {
        m_problem = QStringLiteral("there is not enough memory for the update");
        m_core->fail(m_problem);
        return m_refusal;
    }
}

QFuture<bool> QZapCredentialsUpdatePrivate::tryCommit()
{
    if (std::exchange(m_isCommitted, true)) {
        if (!m_problem)
            m_problem = QStringLiteral("the update was committed before");
        return refusal();
    }
    if (m_problem) {
        m_core->fail(m_problem);
        return refusal();
    }
    const std::shared_ptr<const StoreRecords> records =
        WorkerPool::releasedOnPool(std::exchange(m_records, {}));
    return m_replaces ? m_core->replace(records) : m_core->change(records);
}

QString QZapCredentialsUpdatePrivate::errorString() const
{
    return (m_problem ? m_problem : m_skipped).text();
}

QZapCredentialsUpdate::QZapCredentialsUpdate(std::unique_ptr<QZapCredentialsUpdatePrivate> dd)
    : d(std::move(dd))
{ }

/*!
    Move-constructs an update from \a other, which has no effect afterwards.
*/
QZapCredentialsUpdate::QZapCredentialsUpdate(QZapCredentialsUpdate &&other) noexcept = default;

/*!
    Moves \a other into this update, whose entries are dropped if they were not committed.
*/
QZapCredentialsUpdate &
QZapCredentialsUpdate::operator=(QZapCredentialsUpdate &&other) noexcept = default;

/*!
    Destroys the update. If it was not committed, it has no effect.
*/
QZapCredentialsUpdate::~QZapCredentialsUpdate() = default;

/*!
    \fn void QZapCredentialsUpdate::swap(QZapCredentialsUpdate &other)

    Swaps this update with \a other. Never fails.
*/

/*!
    Returns whether invalid entries are skipped. Default: \c false.

    \sa setSkipsInvalidEntries()
*/
bool QZapCredentialsUpdate::skipsInvalidEntries() const
{
    return d && d->skips;
}

/*!
    Determines that invalid entries that are added from now on are skipped if \a skips is \c true:
    the functions that add them return \c false, errorString() says why, and the update can be
    committed without them. Otherwise, which is the default, an invalid entry fails the whole
    update.

    A source of many entries, of which somebody else may have spoiled one, skips that one and
    reports it. With a replacement, nobody gets in by an entry that was skipped. A delta leaves the
    store's former entry of the same key or name in force unless it removes it: after an invalid
    entry, call removeKey() or removeUser().
*/
void QZapCredentialsUpdate::setSkipsInvalidEntries(bool skips)
{
    if (d)
        d->skips = skips;
}

// Optional times are passed by value.
// NOLINTBEGIN(performance-unnecessary-value-param)

/*!
    Adds \a publicKey, or replaces it with all of its data if the store has it, and returns whether
    the entry is valid.

    The peer with the key gets \a userId, unless QZapCurveDomain::userIdField names one of
    \a fields; if both are empty, what QZapAuthenticator::curveUserId() returns. The peer's messages
    carry those of \a fields that are among QZapDomain::publishedFields. From \a notAfter on, the
    peer is refused, and its live sessions end; without it, the entry never expires.

    The last call for a key counts. Sessions of a peer whose user id and published fields remain the
    same do not end.
*/
bool QZapCredentialsUpdate::upsertKey(const QByteArray &publicKey, const QString &userId,
                                      const QVariantMap &fields, std::optional<QDateTime> notAfter)
{
    return d && d->add(StoreEntry::ofKey(publicKey, userId, fields, notAfter), [&] {
        return StoreEntry::nameOfKey(publicKey);
    });
}

/*!
    Adds the user \a name with the password that \a hash is the hash of, or replaces the user if the
    store has it, and returns whether the entry is valid. The hash is one that
    QZapPasswordFile::hash() or libsodium's \c crypto_pwhash_str() has made. \a fields and
    \a notAfter are used as by upsertKey(); the user id is the name.

    Sessions of a user whose hash and published fields remain the same do not end.
*/
bool QZapCredentialsUpdate::upsertUser(const QString &name, const QByteArray &hash,
                                       const QVariantMap &fields, std::optional<QDateTime> notAfter)
{
    return d && d->add(StoreEntry::ofUser(name, hash, fields, notAfter), [&] {
        return StoreEntry::nameOfUser(name);
    });
}

// NOLINTEND(performance-unnecessary-value-param)

/*!
    Removes \a publicKey: its peer is refused, and its live sessions end. Does nothing if the store
    does not have it. Returns whether the argument is a key.
*/
bool QZapCredentialsUpdate::removeKey(const QByteArray &publicKey)
{
    return d && d->add(StoreEntry::ofRemovedKey(publicKey), [&] {
        return StoreEntry::nameOfKey(publicKey);
    });
}

/*!
    Removes the user \a name: the user is refused, and the live sessions of the user end. Does
    nothing if the store does not have the user. Returns whether the argument is a valid name.
*/
bool QZapCredentialsUpdate::removeUser(const QString &name)
{
    return d
           && d->add(StoreEntry::ofRemovedUser(name), [&] { return StoreEntry::nameOfUser(name); });
}

/*!
    Puts the entries in force, all of them or none, and returns a future for whether it has
    succeeded. Updates take effect in the order of their commits.

    A \e delta is in force when the function returns: it has changed the set in force, and it also
    changes each replacement that was committed before and is not in force yet. It takes time in
    proportion to its entries. A \e replacement is put in force by another thread, which builds it
    while the previous set remains in force; it drops what deltas that were committed before have
    changed.

    The future is \c false, and nothing changes, if

    \list
    \li an entry is invalid: see errorString() and QZapCredentialsStore::errorString;
    \li the store was destroyed, or is destroyed before the entries are in force;
    \li there is not enough memory;
    \li the update was committed or moved from before.
    \endlist

    If there is not enough memory to tell all domains of the entries, the domains of the store give
    temporary answers until the next update or QZapCredentialsStore::confirm().

    The future is finished in another thread, or when the function returns.
*/
QFuture<bool> QZapCredentialsUpdate::commit()
{
    return d ? d->commit() : QZapCredentialsUpdatePrivate::refusal();
}

/*!
    Returns why the update cannot be committed; empty if it can. The text names the first invalid
    entry by its number, counted from 1, and by its key or name. If invalid entries are skipped, it
    names the last one of these, and the update can be committed.

    \sa setSkipsInvalidEntries()
*/
QString QZapCredentialsUpdate::errorString() const
{
    return d ? d->errorString() : QString();
}
