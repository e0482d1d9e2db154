// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "userlist.h"

#include <QZap/QZapPasswordFile>

#include <QtConcurrent/qtconcurrentrun.h>
#include <QtCore/qfile.h>
#include <QtCore/qsavefile.h>

namespace {

// Returns an error message, or an empty string on success.
QString writeUser(const QString &file, const QString &user, const QByteArray &password)
{
    QString error;
    auto users = QZapPasswordFile::load(file, &error);
    if (users && users->setPassword(user, password, QZapPasswordFile::Format::Argon2id, &error))
        users->save(file, &error);
    return error;
}

QByteArray contentOf(const QString &name)
{
    QFile file(name);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

UserList::UserList(const QString &file, QObject *parent)
    : NameList(parent)
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
    const QByteArray before = contentOf(m_file);
    auto users = QZapPasswordFile::load(m_file, &error);
    if (!users)
        return error;
    users->removeUser(user);
    if (!users->save(m_file, &error))
        return error;
    m_removal = {user, before, contentOf(m_file)};
    return read();
}

QString UserList::restore(const QString &user)
{
    const Removal removal = std::exchange(m_removal, {});
    if (m_busy || removal.user != user || contentOf(m_file) != removal.after)
        return tr("The users have changed since %1 was removed. Set a password again.").arg(user);
    QSaveFile file(m_file);
    if (!file.open(QFile::WriteOnly) || file.write(removal.before) != removal.before.size()
        || !file.commit()) {
        return tr("%1 cannot be written: %2").arg(m_file, file.errorString());
    }
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
    QStringList names = users->users();
    names.sort();
    setNames(names);
    return {};
}
