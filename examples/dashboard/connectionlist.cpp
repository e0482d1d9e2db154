// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "connectionlist.h"

#include <QZap/QZapConnectionModel>
#include <QZap/QZapGuard>

#include <algorithm>
#include <iterator>

namespace {

constexpr int MaximumEnded = 200; // rows that are kept

QZapSession sessionIn(const QZapConnectionModel *model, int row)
{
    return model->index(row, 0).data(QZapConnectionModel::SessionRole).value<QZapSession>();
}

} // namespace

ConnectionList::ConnectionList(QObject *parent)
    : QAbstractListModel(parent)
{ }

ConnectionList::~ConnectionList() = default;

void ConnectionList::addGuard(QZapGuard *guard)
{
    m_models.push_back(std::make_unique<QZapConnectionModel>());
    QZapConnectionModel *const model = m_models.back().get();
    connect(model, &QAbstractItemModel::rowsInserted, this,
            [this, model](const QModelIndex &, int first, int last) {
                for (int row = first; row <= last; ++row)
                    add(sessionIn(model, row));
            });
    connect(model, &QAbstractItemModel::rowsAboutToBeRemoved, this,
            [this, model](const QModelIndex &, int first, int last) {
                for (int row = first; row <= last; ++row)
                    end(sessionIn(model, row));
            });
    connect(guard, &QZapGuard::canDisconnectChanged, this, &ConnectionList::canDisconnectChanged);
    model->setGuard(guard);
    Q_EMIT canDisconnectChanged();
}

bool ConnectionList::canDisconnect() const
{
    return std::any_of(m_models.begin(), m_models.end(), [](const auto &model) {
        return model->guard() && model->guard()->canDisconnect();
    });
}

void ConnectionList::setHeld(bool held)
{
    if (m_held == held)
        return;
    m_held = held;
    if (!held)
        removeEnded();
    Q_EMIT heldChanged();
}

bool ConnectionList::disconnectPeer(qint64 number)
{
    for (const auto &model : m_models) {
        for (int row = 0; row < model->rowCount(); ++row) {
            if (static_cast<qint64>(sessionIn(model.get(), row).number()) == number)
                return model->disconnectRow(row);
        }
    }
    return false;
}

void ConnectionList::add(const QZapSession &session)
{
    const auto earlier =
        std::find_if(m_entries.begin(), m_entries.end(), [&session](const Entry &entry) {
            return !entry.isConnected && entry.session.userId() == session.userId()
                   && entry.session.domain() == session.domain()
                   && entry.session.address() == session.address();
        });
    if (earlier == m_entries.end()) {
        const int row = rowCount();
        beginInsertRows({}, row, row);
        m_entries.append({session});
        endInsertRows();
    } else {
        *earlier = {session};
        const QModelIndex changed = index(static_cast<int>(earlier - m_entries.begin()));
        Q_EMIT dataChanged(changed, changed);
    }
    count(1);
}

void ConnectionList::end(const QZapSession &session)
{
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(), [&session](const Entry &entry) {
            return entry.isConnected && entry.session == session;
        });
    if (found == m_entries.end())
        return;
    const int row = static_cast<int>(found - m_entries.begin());
    if (m_held && m_entries.size() - m_connectedCount < MaximumEnded) {
        found->isConnected = false;
        Q_EMIT dataChanged(index(row), index(row), {ConnectedRole});
    } else {
        removeRow(row);
    }
    count(-1);
}

void ConnectionList::removeEnded()
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        if (!m_entries.at(row).isConnected)
            removeRow(row);
    }
}

void ConnectionList::removeRow(int row)
{
    beginRemoveRows({}, row, row);
    m_entries.removeAt(row);
    endRemoveRows();
}

void ConnectionList::count(int difference)
{
    m_connectedCount += difference;
    Q_EMIT connectedCountChanged();
}

int ConnectionList::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant ConnectionList::data(const QModelIndex &index, int role) const
{
    if (!hasIndex(index.row(), index.column(), index.parent()))
        return {};
    const Entry &entry = m_entries.at(index.row());
    switch (role) {
    case NumberRole:
        return static_cast<qint64>(entry.session.number());
    case UserRole:
        return entry.session.userId();
    case AddressRole:
        return entry.session.address();
    case DomainRole:
        return entry.session.domain();
    case MechanismRole:
        return QVariant::fromValue(entry.session.mechanism());
    case SinceRole:
        return entry.session.since();
    case ConnectedRole:
        return entry.isConnected;
    default:
        return {};
    }
}

QHash<int, QByteArray> ConnectionList::roleNames() const
{
    return {{NumberRole, "number"},      {UserRole, "user"},           {AddressRole, "address"},
            {DomainRole, "domain"},      {MechanismRole, "mechanism"}, {SinceRole, "since"},
            {ConnectedRole, "connected"}};
}
