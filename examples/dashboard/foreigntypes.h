// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FOREIGNTYPES_H
#define FOREIGNTYPES_H

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qsortfilterproxymodel.h>
#include <QtQml/qqml.h>

// The base classes of the models, which qmllint would not know otherwise.

struct ItemModelBase
{
    Q_GADGET
    QML_FOREIGN(QAbstractItemModel)
    QML_ANONYMOUS
};

struct ListModelBase
{
    Q_GADGET
    QML_FOREIGN(QAbstractListModel)
    QML_ANONYMOUS
};

struct ProxyModelBase
{
    Q_GADGET
    QML_FOREIGN(QAbstractProxyModel)
    QML_ANONYMOUS
};

struct SortFilterProxyModelBase
{
    Q_GADGET
    QML_FOREIGN(QSortFilterProxyModel)
    QML_ANONYMOUS
};

#endif // FOREIGNTYPES_H
