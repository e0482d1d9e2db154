// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "namelist.h"

void NameList::setNames(const QStringList &names)
{
    if (m_names == names)
        return;
    for (int row = count() - 1; row >= 0; --row) {
        if (names.contains(m_names.at(row)))
            continue;
        beginRemoveRows({}, row, row);
        m_names.removeAt(row);
        endRemoveRows();
    }
    for (int row = 0; row < static_cast<int>(names.size()); ++row) {
        if (row < count() && m_names.at(row) == names.at(row))
            continue;
        beginInsertRows({}, row, row);
        m_names.insert(row, names.at(row));
        endInsertRows();
    }
    if (const int wanted = static_cast<int>(names.size()); wanted < count()) {
        beginRemoveRows({}, wanted, count() - 1);
        m_names = names;
        endRemoveRows();
    }
    Q_EMIT countChanged();
}

int NameList::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant NameList::data(const QModelIndex &index, int role) const
{
    if (role != Qt::DisplayRole || !hasIndex(index.row(), index.column(), index.parent()))
        return {};
    return m_names.at(index.row());
}

QHash<int, QByteArray> NameList::roleNames() const
{
    return {{Qt::DisplayRole, "name"}};
}
