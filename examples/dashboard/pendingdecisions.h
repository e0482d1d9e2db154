// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PENDINGDECISIONS_H
#define PENDINGDECISIONS_H

#include <QZap/QZapDecision>

#include <QtCore/qabstractitemmodel.h>
#include <QtQml/qqmlregistration.h>

// Decisions that wait for a person, the oldest first.
class PendingDecisions : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(int first READ first NOTIFY countChanged)
    QML_ELEMENT

public:
    enum Role { AddressRole = Qt::UserRole, KeyRole, DomainRole, TimeRole, GuestRole };

    using QAbstractListModel::QAbstractListModel;

    int count() const { return static_cast<int>(m_waiting.size()); }
    // Returns the number of the guest in the first row; 0 if nobody waits.
    int first() const { return m_waiting.isEmpty() ? 0 : m_waiting.constFirst().guest; }

    Q_INVOKABLE void add(const QZapDecision &decision);
    // Removes the decisions that no longer need an answer.
    Q_INVOKABLE void removeExpired();
    // These functions return whether the answer was in time. Guests are identified by numbers,
    // since rows move while a person reads them.
    Q_INVOKABLE bool approve(int guest);
    Q_INVOKABLE bool refuse(int guest, const QString &reason);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();

private:
    struct Waiting
    {
        int guest;
        QZapDecision decision;
    };

    int rowOf(int guest) const;
    QZapDecision take(int row);

    QList<Waiting> m_waiting;
    int m_lastGuest = 0;
};

#endif // PENDINGDECISIONS_H
