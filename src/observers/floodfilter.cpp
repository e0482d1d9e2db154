// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/floodfilter.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace QZap::Internal {

namespace {

// Joins the parts, so that different parts have different results. Keeps the memory of the result.
// This is faster than QByteArray::append() for each part.
void join(const std::array<QByteArrayView, 4> &parts, quint32 number, QByteArray *result)
{
    std::array<quint32, 5> head{number};
    qsizetype size = sizeof head;
    for (size_t i = 0; i < parts.size(); ++i) {
        head[i + 1] = static_cast<quint32>(parts[i].size());
        size += parts[i].size();
    }
    result->resize(size);
    char *at = result->data();
    std::memcpy(at, head.data(), sizeof head);
    at += sizeof head;
    for (const QByteArrayView part : parts)
        at = std::copy(part.begin(), part.end(), at);
}

// Returns what all decisions that are alike have in common.
quint32 commonOf(const DecisionRecord &record)
{
    const auto byte = [](auto value, int shift) { return static_cast<quint32>(value) << shift; };
    return byte(record.outcome, 0) | byte(record.cause, 8) | byte(record.mechanism, 16)
           | byte(static_cast<int>(record.status) / 100, 24);
}

RepeatedDecision repeatedDecision(const DecisionRecord &record)
{
    RepeatedDecision result;
    result.status = record.status;
    result.outcome = record.outcome;
    result.cause = record.cause;
    result.mechanism = record.mechanism;
    result.reason = record.reason.toByteArray();
    result.domain = record.domain.toByteArray();
    result.address = record.address.toByteArray();
    if (record.outcome == Outcome::Accepted) {
        result.user = record.user.toByteArray();
        result.key = record.key.toByteArray();
    }
    return result;
}

template <typename Entries>
void takeRepeated(Entries *entries, std::vector<RepeatedDecision> *result)
{
    for (auto &entry : *entries) {
        if (entry.second.repeated.count > 0)
            result->push_back(std::move(entry.second.repeated));
    }
}

} // namespace

FloodFilter::Alike &FloodFilter::find(const DecisionRecord &record)
{
    const bool isAccepted = record.outcome == Outcome::Accepted;
    join({record.domain, record.address, isAccepted ? record.user : QByteArrayView(),
          isAccepted ? record.key : QByteArrayView()},
         commonOf(record), &m_key);
    if (!m_last || !isEqual(m_key, m_lastKey)) {
        m_last = nullptr; // if memory runs out
        m_last = &findByKey(record);
        m_key.swap(m_lastKey);
    }
    return *m_last;
}

FloodFilter::Alike &FloodFilter::findByKey(const DecisionRecord &record)
{
    if (Alike *entry = known())
        return *entry;
    const bool isAccepted = record.outcome == Outcome::Accepted;
    int &count = isAccepted ? m_accepted : m_addresses;
    if (count < (isAccepted ? MaximumAccepted : MaximumAddresses)) {
        ++count;
        return insert();
    }
    return m_rest[commonOf(record)];
}

std::array<size_t, 2> FloodFilter::bitsOf(const ByteKey &key)
{
    const quint64 hash = ByteKey::Hash()(key);
    const quint64 other = hash * 0x9e3779b97f4a7c15 >> 32;
    return {static_cast<size_t>(hash % BitCount), static_cast<size_t>(other % BitCount)};
}

FloodFilter::Alike *FloodFilter::known()
{
    const ByteKey key = ByteKey::view(m_key);
    const auto [first, second] = bitsOf(key);
    if (!m_bits[first] || !m_bits[second])
        return nullptr;
    const auto entry = m_alike.find(key);
    return entry == m_alike.end() ? nullptr : &entry->second;
}

FloodFilter::Alike &FloodFilter::insert()
{
    ByteKey key{QByteArray(m_key.constData(), m_key.size())};
    for (const size_t bit : bitsOf(key))
        m_bits.set(bit);
    return m_alike[std::move(key)];
}

bool FloodFilter::passes(const DecisionRecord &record, qint64 now)
{
    if (m_alike.empty())
        m_end = now + Window;
    Alike &entry = find(record);
    if (entry.written < MaximumAlike) {
        ++entry.written;
        return true;
    }
    RepeatedDecision &repeated = entry.repeated;
    if (repeated.count == 0)
        repeated = repeatedDecision(record);
    else
        repeated.keepCommon(record);
    ++repeated.count;
    repeated.time = record.time;
    m_hasRepeated = true;
    return false;
}

std::optional<qint64> FloodFilter::end() const
{
    return m_hasRepeated ? std::optional(m_end) : std::nullopt;
}

std::vector<RepeatedDecision> FloodFilter::take(qint64 now)
{
    std::vector<RepeatedDecision> result;
    if (std::exchange(m_hasRepeated, false)) {
        takeRepeated(&m_alike, &result);
        takeRepeated(&m_rest, &result);
    }
    m_last = nullptr;
    m_alike.clear();
    m_rest.clear();
    m_bits.reset();
    m_addresses = 0;
    m_accepted = 0;
    m_end = now + Window;
    return result;
}

} // namespace QZap::Internal
