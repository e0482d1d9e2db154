// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCONNECTIONMODEL_H
#define QZAPCONNECTIONMODEL_H

#include <QZap/qzap.h>

#include <QtCore/qabstractitemmodel.h>

#include <memory>

class QZapConnectionModelPrivate;
class QZapGuard;

class QZAP_EXPORT QZapConnectionModel : public QAbstractTableModel
{
    Q_OBJECT
    Q_MOC_INCLUDE(<QZap / qzapguard.h>)
    Q_PROPERTY(QZapGuard *guard READ guard WRITE setGuard NOTIFY guardChanged)
    Q_DISABLE_COPY_MOVE(QZapConnectionModel)
    Q_DECLARE_PRIVATE(QZapConnectionModel)

public:
    enum Column {
        UserColumn,
        AddressColumn,
        DomainColumn,
        MechanismColumn,
        SinceColumn,
        FieldsColumn,
    };
    Q_ENUM(Column)

    enum Role {
        SortRole = Qt::UserRole,
        UserRole,
        AddressRole,
        DomainRole,
        MechanismRole,
        SinceRole,
        FieldsRole,
        SessionRole,
        RevokedRole,
    };
    Q_ENUM(Role)

    explicit QZapConnectionModel(QObject *parent = nullptr);
    ~QZapConnectionModel() override;

    QZapGuard *guard() const;
    void setGuard(QZapGuard *guard);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;

    Q_INVOKABLE bool disconnectRow(int row);

Q_SIGNALS:
    void guardChanged();

private:
    std::unique_ptr<QZapConnectionModelPrivate> d_ptr;
};

#endif // QZAPCONNECTIONMODEL_H
