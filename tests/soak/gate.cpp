// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "gate.h"

#include "questionmaker.h"

#include <algorithm>

namespace {

// Returns whether the entry matches. Only the entries that are used are handled: addresses,
// 10.0.0.0/8 and fd00::/8.
bool matches(const QString &entry, const QByteArray &address)
{
    if (entry.endsWith(QLatin1StringView("/8")))
        return address.startsWith(entry.left(entry.startsWith(u'1') ? 3 : 2).toLatin1());
    return entry.toLatin1() == address;
}

bool names(const QStringList &entries, const QByteArray &address)
{
    return std::any_of(entries.begin(), entries.end(),
                       [&address](const QString &entry) { return matches(entry, address); });
}

} // namespace

void Gate::update(const QZapAuthenticator &authenticator, qint64 step)
{
    const QByteArrayList addresses = QuestionMaker::addresses();
    for (const QByteArray &address : addresses) {
        if (!isShut(authenticator, address))
            m_shutSince.remove(address);
        else if (!m_shutSince.contains(address))
            m_shutSince.insert(address, step);
    }
}

bool Gate::wasShutSince(const QByteArray &address, qint64 step) const
{
    const auto since = m_shutSince.constFind(address);
    return since != m_shutSince.constEnd() && *since < step;
}

bool Gate::isShut(const QZapAuthenticator &authenticator, const QByteArray &address)
{
    if (authenticator.isLockdown())
        return true;
    const QStringList allowed = authenticator.allowedAddresses();
    const QStringList denied = authenticator.deniedAddresses();
    if (allowed.isEmpty() && denied.isEmpty())
        return false; // a list that is set, but empty, looks like no list
    const bool isAddress = !address.isEmpty() && address != "nowhere";
    return !isAddress || names(denied, address) || (!allowed.isEmpty() && !names(allowed, address));
}
