// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef NAMELIST_H
#define NAMELIST_H

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qstringlist.h>
#include <QtQml/qqmlregistration.h>

// A list of different names. It changes row by row, so that a view keeps its position.
class NameList : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(QStringList names READ names WRITE setNames NOTIFY countChanged)
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    QML_ELEMENT

public:
    using QAbstractListModel::QAbstractListModel;

    QStringList names() const { return m_names; }
    void setNames(const QStringList &names);
    int count() const { return static_cast<int>(m_names.size()); }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();

private:
    QStringList m_names;
};

#endif // NAMELIST_H
