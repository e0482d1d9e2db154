// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SESSIONS_ACCEPTEDPEERS_H
#define QZAP_SESSIONS_ACCEPTEDPEERS_H

#include <QZap/qzap.h>

#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>

namespace QZap::Internal {

// The users and credentials that were accepted, with the number of the last session of each, in a
// table of fixed size. Each that was accepted is found; another one may be taken for it, rarely.
// Thread-safe.
class AcceptedPeers
{
public:
    // Where a peer was accepted: the domain and mechanism of the socket.
    struct Place
    {
        QByteArrayView domain;
        Mechanism mechanism = Mechanism::Unknown;
    };

    AcceptedPeers() = default;
    Q_DISABLE_COPY_MOVE(AcceptedPeers)

    // Allocates the table. Until then, nothing is recorded.
    void enable();
    // Records a session. The user id is empty if the peer has none.
    void add(const Place &place, QByteArrayView credential, QByteArrayView userId, quint64 number);

    // Return whether a session with a higher number may have been recorded.
    [[nodiscard]] bool mayHaveUser(const Place &place, QByteArrayView userId, quint64 after) const;
    [[nodiscard]] bool mayHaveCredential(const Place &place, QByteArrayView credential,
                                         quint64 after) const;

private:
    static constexpr size_t SlotCount = 32768;
    using Slots = std::array<std::atomic<quint64>, SlotCount>;

    static size_t slotOf(quint64 label, const Place &place, QByteArrayView text);
    static void raise(std::atomic<quint64> *slot, quint64 number);
    bool isAbove(size_t slot, quint64 after) const;

    std::mutex m_mutex; // of enable()
    std::unique_ptr<Slots> m_storage;
    std::atomic<Slots *> m_slots{nullptr};
};

} // namespace QZap::Internal

#endif // QZAP_SESSIONS_ACCEPTEDPEERS_H
