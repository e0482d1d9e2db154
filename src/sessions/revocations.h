// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_REVOCATIONS_H
#define QZAP_SESSIONS_REVOCATIONS_H

#include "base/bytehash.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qhash.h>

#include <atomic>
#include <mutex>

namespace QZap::Internal {

// Which sessions were revoked: those of a user, or of all users, up to a number. Thread-safe.
//
// Of bounded size: records that are dropped revoke the older sessions of all users instead.
class Revocations
{
public:
    static constexpr qsizetype MaximumRecords = 16384;
    // Below this number, records are not pruned.
    static constexpr qsizetype UnprunedRecords = 256;

    // Revokes the sessions of a user (UTF-8) with numbers up to this one. Returns whether those of
    // all other users had to be revoked, too.
    bool revoke(QByteArrayView userId, quint64 upTo);
    void revokeAll(quint64 upTo);
    [[nodiscard]] bool isRevoked(QByteArrayView userId, quint64 number) const;

    // Drops the records that no session with a live connection predates: `oldest` is a lower limit
    // of the numbers of these. Older sessions, of which only unread messages remain, are revoked.
    void prune(quint64 oldest);
    qsizetype count() const;

private:
    void raise(quint64 upTo);

    std::atomic<quint64> m_all{0}; // the number up to which all sessions are revoked
    std::atomic<bool> m_hasRecords{false};
    mutable std::mutex m_mutex;
    QHash<ByteKey, quint64> m_records; // by user id
    quint64 m_prunedBelow = 0;         // there are no older records
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_REVOCATIONS_H
