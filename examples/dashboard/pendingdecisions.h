// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PENDINGDECISIONS_H
#define PENDINGDECISIONS_H

#include <QZap/QZapDecision>

#include <QtCore/qabstractitemmodel.h>
#include <QtQml/qqmlregistration.h>

// Decisions that wait for somebody to make them, the oldest first.
class PendingDecisions : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    QML_ELEMENT

public:
    enum Role { AddressRole = Qt::UserRole, KeyRole, DomainRole, TimeRole };

    using QAbstractListModel::QAbstractListModel;

    int count() const { return static_cast<int>(m_decisions.size()); }

    Q_INVOKABLE void add(const QZapDecision &decision);
    // Forgets those that need no answer any more.
    Q_INVOKABLE void removeExpired();
    // Whether the answer was in time.
    Q_INVOKABLE bool approve(int row);
    Q_INVOKABLE bool refuse(int row, const QString &reason);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();

private:
    QZapDecision take(int row);

    QList<QZapDecision> m_decisions;
};

#endif // PENDINGDECISIONS_H
