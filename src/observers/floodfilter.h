// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_OBSERVERS_FLOODFILTER_H
#define QZAP_OBSERVERS_FLOODFILTER_H

#include "base/bytehash.h"
#include "observers/repeateddecision.h"
#include "reporting/decisionrecord.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qglobal.h>

#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

namespace QZap::Internal {

// Decides which decisions get a line of their own, and counts the others. Since peers determine the
// number of decisions, only the first ones of a second that are alike are written. Decisions that
// are alike have the same outcome, status, cause and mechanism. In addition, accepted peers have
// the same user id, key, domain and address; others, who can choose names and keys at will, have
// the same domain and address. The texts of reasons are not compared, since a provider's may
// contain what a peer has chosen. If there are too many different ones, the rest need not have the
// additional fields in common.
class FloodFilter
{
public:
    static constexpr qint64 Window = 1'000'000'000; // ns
    static constexpr int MaximumAlike = 10;         // in a window
    static constexpr int MaximumAddresses = 1000;   // in a window, of peers that are not accepted
    static constexpr int MaximumAccepted = 10'000;  // in a window, of different peers

    FloodFilter() = default;
    Q_DISABLE_COPY_MOVE(FloodFilter) // it points into its own table
    ~FloodFilter() = default;

    // Returns whether to write the decision; otherwise counts it. Call take() before, if the window
    // has ended.
    [[nodiscard]] bool passes(const DecisionRecord &record, qint64 now);
    // Returns the end of the window, by the steady clock, if decisions were counted in it.
    [[nodiscard]] std::optional<qint64> end() const;
    bool hasEnded(qint64 now) const { return now >= m_end; }
    // Returns the counted decisions, and starts a new window.
    [[nodiscard]] std::vector<RepeatedDecision> take(qint64 now);

private:
    struct Alike
    {
        int written = 0;
        RepeatedDecision repeated;
    };

    static constexpr size_t BitCount = 262'144;

    // Returns the bits of a key, which are the same for few others.
    static std::array<size_t, 2> bitsOf(const ByteKey &key);
    // Returns the decisions that are alike.
    Alike &find(const DecisionRecord &record);
    Alike &findByKey(const DecisionRecord &record);
    // Returns the entry with the key m_key, or a null pointer.
    Alike *known();
    Alike &insert();

    // A QHash would end the process if memory runs out.
    std::unordered_map<ByteKey, Alike, ByteKey::Hash> m_alike;
    std::unordered_map<quint32, Alike> m_rest; // by what the rest have in common
    // The bits of its keys (a Bloom filter). In a flood of different peers, most decisions have no
    // entry, and unlike the entries, these bits stay in the processor's cache.
    std::bitset<BitCount> m_bits;
    QByteArray m_key;
    // The last decision: in a flood of one peer, the next one is alike.
    QByteArray m_lastKey;
    Alike *m_last = nullptr;
    int m_addresses = 0; // of peers that are not accepted
    int m_accepted = 0;  // entries of accepted peers
    qint64 m_end = 0;
    bool m_hasRepeated = false;
};

} // namespace QZap::Internal

#endif // QZAP_OBSERVERS_FLOODFILTER_H
