// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "pendingdecisions.h"

#include <QZap/QZapRequest>

#include <QtCore/qdatetime.h>

void PendingDecisions::add(const QZapDecision &decision)
{
    beginInsertRows({}, count(), count());
    m_decisions.append(decision);
    endInsertRows();
    Q_EMIT countChanged();
}

void PendingDecisions::removeExpired()
{
    for (int row = count() - 1; row >= 0; --row) {
        if (!m_decisions.at(row).isPending())
            take(row);
    }
}

bool PendingDecisions::approve(int row)
{
    if (row < 0 || row >= count())
        return false;
    const QZapDecision decision = take(row);
    // Anybody can have any key: it says no more than that this is the same guest again.
    return decision.accept(QLatin1String("guest-") + decision.request().publicKeyText().left(5));
}

bool PendingDecisions::refuse(int row, const QString &reason)
{
    return row >= 0 && row < count() && take(row).reject(reason);
}

QZapDecision PendingDecisions::take(int row)
{
    beginRemoveRows({}, row, row);
    QZapDecision decision = m_decisions.takeAt(row);
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
    const QZapRequest request = m_decisions.at(index.row()).request();
    switch (role) {
    case AddressRole:
        return request.address();
    case KeyRole:
        return request.publicKeyText();
    case DomainRole:
        return request.domain();
    case TimeRole:
        return request.timestamp();
    default:
        return {};
    }
}

QHash<int, QByteArray> PendingDecisions::roleNames() const
{
    return {{AddressRole, "address"}, {KeyRole, "key"}, {DomainRole, "domain"}, {TimeRole, "time"}};
}
