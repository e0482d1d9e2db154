// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPACTIVITYMODEL_H
#define QZAPACTIVITYMODEL_H

#include <QZap/qzap.h>

#include <QtCore/qabstractitemmodel.h>

#include <memory>

class QZapActivityModelPrivate;
class QZapAuthenticator;

class QZAP_EXPORT QZapActivityModel : public QAbstractTableModel
{
    Q_OBJECT
    Q_MOC_INCLUDE(<QZap / qzapauthenticator.h>)
    Q_PROPERTY(QZapAuthenticator *authenticator READ authenticator WRITE setAuthenticator NOTIFY
                   authenticatorChanged)
    Q_PROPERTY(int maximumRows READ maximumRows WRITE setMaximumRows NOTIFY maximumRowsChanged)
    Q_DISABLE_COPY_MOVE(QZapActivityModel)
    Q_DECLARE_PRIVATE(QZapActivityModel)

public:
    enum Column {
        TimeColumn,
        VerdictColumn,
        UserColumn,
        AddressColumn,
        DomainColumn,
        MechanismColumn,
        ReasonColumn,
    };
    Q_ENUM(Column)

    enum Role {
        SortRole = Qt::UserRole,
        TimeRole,
        VerdictRole,
        UserRole,
        AddressRole,
        DomainRole,
        MechanismRole,
        ReasonRole,
        EnforcedRole,
    };
    Q_ENUM(Role)

    explicit QZapActivityModel(QObject *parent = nullptr);
    ~QZapActivityModel() override;

    QZapAuthenticator *authenticator() const;
    void setAuthenticator(QZapAuthenticator *authenticator);
    int maximumRows() const;
    void setMaximumRows(int maximum);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;
    QHash<int, QByteArray> roleNames() const override;

public Q_SLOTS:
    void clear();

Q_SIGNALS:
    void authenticatorChanged();
    void maximumRowsChanged();

private:
    std::unique_ptr<QZapActivityModelPrivate> d_ptr;
};

#endif // QZAPACTIVITYMODEL_H
