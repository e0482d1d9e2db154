// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef USERLIST_H
#define USERLIST_H

#include "namelist.h"

#include <QtCore/qbytearray.h>

// The users of a password file, which the authenticator watches. Passwords are hashed in another
// thread, since hashing is slow by design.
class UserList : public NameList
{
    Q_OBJECT
    Q_PROPERTY(QString file READ file CONSTANT)
    Q_PROPERTY(bool busy READ isBusy NOTIFY busyChanged)
    QML_ELEMENT
    QML_UNCREATABLE("There is one, in Backend.")

public:
    explicit UserList(const QString &file, QObject *parent = nullptr);

    QString file() const { return m_file; }
    bool isBusy() const { return m_busy; }

    // The result is signaled by added() or failed().
    Q_INVOKABLE void setPassword(const QString &user, const QString &password);
    // These functions return an error message, or an empty string on success.
    Q_INVOKABLE QString remove(const QString &user);
    // Undoes the last removal, with the password that the user had.
    Q_INVOKABLE QString restore(const QString &user);

Q_SIGNALS:
    void added(const QString &user);
    void failed(const QString &problem);
    void busyChanged();

private:
    void setBusy(bool busy);
    QString read();

    struct Removal
    {
        QString user;
        QByteArray before; // the contents of the file
        QByteArray after;
    };

    QString m_file;
    Removal m_removal;
    bool m_busy = false;
};

#endif // USERLIST_H
