// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef USERLIST_H
#define USERLIST_H

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qstringlist.h>
#include <QtQml/qqmlregistration.h>

// The users of a password file, which the authenticator watches. Passwords are hashed on another
// thread: that takes its time, on purpose.
class UserList : public QAbstractListModel
{
    Q_OBJECT
    Q_PROPERTY(QString file READ file CONSTANT)
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    Q_PROPERTY(bool busy READ isBusy NOTIFY busyChanged)
    QML_ELEMENT
    QML_UNCREATABLE("There is one, in Backend.")

public:
    explicit UserList(const QString &file, QObject *parent = nullptr);

    QString file() const { return m_file; }
    int count() const { return static_cast<int>(m_users.size()); }
    bool isBusy() const { return m_busy; }

    // added() or failed() follows.
    Q_INVOKABLE void setPassword(const QString &user, const QString &password);
    // What is wrong, or nothing.
    Q_INVOKABLE QString remove(const QString &user);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void added(const QString &user);
    void failed(const QString &problem);
    void countChanged();
    void busyChanged();

private:
    void setBusy(bool busy);
    QString read();

    QString m_file;
    QStringList m_users;
    bool m_busy = false;
};

#endif // USERLIST_H
