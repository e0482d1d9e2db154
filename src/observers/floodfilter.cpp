// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/floodfilter.h"

#include <utility>

namespace QZap::Internal {

namespace {

void appendPart(QByteArrayView part, QByteArray *key)
{
    *key += part;
    *key += '\0';
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

} // namespace

FloodFilter::Alike &FloodFilter::find(const DecisionRecord &record)
{
    m_key.resize(0);
    m_key += static_cast<char>(record.outcome);
    m_key += static_cast<char>(record.cause);
    m_key += static_cast<char>(record.mechanism);
    m_key += static_cast<char>(static_cast<int>(record.status) / 100);
    const qsizetype common = m_key.size();
    appendPart(record.domain, &m_key);
    appendPart(record.address, &m_key);
    const bool isAccepted = record.outcome == Outcome::Accepted;
    if (isAccepted) {
        appendPart(record.user, &m_key);
        m_key += record.key;
    }
    if (Alike *entry = known())
        return *entry;
    int &count = isAccepted ? m_accepted : m_addresses;
    if (count < (isAccepted ? MaximumAccepted : MaximumAddresses)) {
        ++count;
        return insert();
    }
    m_key.truncate(common);
    Alike *others = known();
    return others ? *others : insert();
}

FloodFilter::Alike *FloodFilter::known()
{
    const ByteKey key = ByteKey::view(m_key);
    if (!m_hashes.test(ByteKey::Hash()(key) % m_hashes.size()))
        return nullptr;
    const auto entry = m_alike.find(key);
    return entry == m_alike.end() ? nullptr : &entry->second;
}

FloodFilter::Alike &FloodFilter::insert()
{
    ByteKey key{QByteArray(m_key.constData(), m_key.size())};
    m_hashes.set(ByteKey::Hash()(key) % m_hashes.size());
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
        for (auto &entry : m_alike) {
            if (entry.second.repeated.count > 0)
                result.push_back(std::move(entry.second.repeated));
        }
    }
    m_alike.clear();
    m_hashes.reset();
    m_addresses = 0;
    m_accepted = 0;
    m_end = now + Window;
    return result;
}

} // namespace QZap::Internal
