// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "pendingdecisions.h"

#include <QZap/QZapRequest>

#include <QtCore/qdatetime.h>

#include <algorithm>

void PendingDecisions::add(const QZapDecision &decision)
{
    beginInsertRows({}, count(), count());
    m_waiting.append({++m_lastGuest, decision});
    endInsertRows();
    Q_EMIT countChanged();
}

void PendingDecisions::removeExpired()
{
    for (int row = count() - 1; row >= 0; --row) {
        if (!m_waiting.at(row).decision.isPending())
            take(row);
    }
}

bool PendingDecisions::approve(int guest)
{
    const int row = rowOf(guest);
    if (row < 0)
        return false;
    const QZapDecision decision = take(row);
    // Anybody can generate a key, so the id only tells that this is the same guest again. It
    // contains the whole key, since an attacker could generate keys until one starts like another
    // guest's.
    return decision.accept(QLatin1String("guest-") + decision.request().publicKeyText());
}

bool PendingDecisions::refuse(int guest, const QString &reason)
{
    const int row = rowOf(guest);
    return row >= 0 && take(row).reject(reason);
}

int PendingDecisions::rowOf(int guest) const
{
    const auto found =
        std::find_if(m_waiting.begin(), m_waiting.end(),
                     [guest](const Waiting &waiting) { return waiting.guest == guest; });
    return found == m_waiting.end() ? -1 : static_cast<int>(found - m_waiting.begin());
}

QZapDecision PendingDecisions::take(int row)
{
    beginRemoveRows({}, row, row);
    QZapDecision decision = m_waiting.takeAt(row).decision;
    endRemoveRows();
    Q_EMIT countChanged();
    return decision;
}

int PendingDecisions::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant PendingDecisions::data(const QModelIndex &index, int role) const
{
    if (!hasIndex(index.row(), index.column(), index.parent()))
        return {};
    const Waiting &waiting = m_waiting.at(index.row());
    const QZapRequest request = waiting.decision.request();
    switch (role) {
    case AddressRole:
        return request.address();
    case KeyRole:
        return request.publicKeyText();
    case DomainRole:
        return request.domain();
    case TimeRole:
        return request.timestamp();
    case GuestRole:
        return waiting.guest;
    default:
        return {};
    }
}

QHash<int, QByteArray> PendingDecisions::roleNames() const
{
    return {{AddressRole, "address"},
            {KeyRole, "key"},
            {DomainRole, "domain"},
            {TimeRole, "time"},
            {GuestRole, "guest"}};
}
