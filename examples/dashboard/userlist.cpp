// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "userlist.h"

#include <QZap/QZapPasswordFile>

#include <QtConcurrent/qtconcurrentrun.h>
#include <QtCore/qfile.h>

namespace {

// What is wrong, or nothing.
QString writeUser(const QString &file, const QString &user, const QByteArray &password)
{
    QString error;
    auto users = QZapPasswordFile::load(file, &error);
    if (users && users->setPassword(user, password, QZapPasswordFile::Format::Argon2id, &error))
        users->save(file, &error);
    return error;
}

} // namespace

UserList::UserList(const QString &file, QObject *parent)
    : QAbstractListModel(parent)
    , m_file(file)
{
    if (!QFile::exists(file))
        QZapPasswordFile().save(file);
    read();
}

void UserList::setPassword(const QString &user, const QString &password)
{
    if (m_busy)
        return;
    if (user.trimmed().isEmpty() || password.isEmpty()) {
        Q_EMIT failed(user.trimmed().isEmpty() ? tr("Give the user a name.")
                                               : tr("Give the user a password."));
        return;
    }
    setBusy(true);
    QtConcurrent::run(writeUser, m_file, user.trimmed(), password.toUtf8())
        .then(this, [this, user](QString problem) {
            setBusy(false);
            if (problem.isEmpty())
                problem = read();
            if (problem.isEmpty())
                Q_EMIT added(user);
            else
                Q_EMIT failed(problem);
        });
}

QString UserList::remove(const QString &user)
{
    QString error;
    auto users = QZapPasswordFile::load(m_file, &error);
    if (!users)
        return error;
    users->removeUser(user);
    if (!users->save(m_file, &error))
        return error;
    return read();
}

void UserList::setBusy(bool busy)
{
    m_busy = busy;
    Q_EMIT busyChanged();
}

QString UserList::read()
{
    QString error;
    const auto users = QZapPasswordFile::load(m_file, &error);
    if (!users)
        return error;
    beginResetModel();
    m_users = users->users();
    m_users.sort();
    endResetModel();
    Q_EMIT countChanged();
    return {};
}

int UserList::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant UserList::data(const QModelIndex &index, int role) const
{
    if (role != Qt::DisplayRole || !hasIndex(index.row(), index.column(), index.parent()))
        return {};
    return m_users.at(index.row());
}

QHash<int, QByteArray> UserList::roleNames() const
{
    return {{Qt::DisplayRole, "name"}};
}
