// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CONNECTIONLIST_H
#define CONNECTIONLIST_H

#include <QZap/QZapSession>

#include <QtCore/qabstractitemmodel.h>
#include <QtQml/qqmlregistration.h>

#include <memory>
#include <vector>

class QZapConnectionModel;
class QZapGuard;

// The connections of several guards in one list, in the order in which they came.
//
// While the list is held, since a person points at it, no row moves: a row whose connection has
// ended stays, and if its peer comes back, it gets this row again.
class ConnectionList : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(int connectedCount READ connectedCount NOTIFY connectedCountChanged)
    Q_PROPERTY(bool canDisconnect READ canDisconnect NOTIFY canDisconnectChanged)
    Q_PROPERTY(bool held READ isHeld WRITE setHeld NOTIFY heldChanged)
    QML_ELEMENT
    QML_UNCREATABLE("There is one, in ServerSockets.")

public:
    enum Role {
        NumberRole = Qt::UserRole,
        UserRole,
        AddressRole,
        DomainRole,
        MechanismRole,
        SinceRole,
        ConnectedRole,
    };

    explicit ConnectionList(QObject *parent = nullptr);
    ~ConnectionList() override;

    // The guards must have the same authenticator.
    void addGuard(QZapGuard *guard);

    int connectedCount() const { return m_connectedCount; }
    bool canDisconnect() const;
    bool isHeld() const { return m_held; }
    void setHeld(bool held);
    // Ends the connection with this number, which may connect again. Returns whether it existed.
    Q_INVOKABLE bool disconnectPeer(qint64 number);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void connectedCountChanged();
    void canDisconnectChanged();
    void heldChanged();

private:
    struct Entry
    {
        QZapSession session;
        bool isConnected = true;
    };

    void add(const QZapSession &session);
    void end(const QZapSession &session);
    void removeEnded();
    void removeRow(int row);
    void count(int difference);

    std::vector<std::unique_ptr<QZapConnectionModel>> m_models;
    QList<Entry> m_entries;
    int m_connectedCount = 0;
    bool m_held = false;
};

#endif // CONNECTIONLIST_H
