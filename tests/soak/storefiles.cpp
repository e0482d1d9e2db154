// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storefiles.h"

#include <QZap/QZapPasswordFile>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

StoreFiles::StoreFiles(const People &people)
    : m_people(people)
{
    QZapPasswordFile hashed;
    hashed.setHashMemory(1);
    hashed.setPassword(QStringLiteral("carol"), People::Password);
    hashed.save(users());
    QFile file(users());
    if (file.open(QIODevice::ReadOnly))
        m_hashedUser = file.readAll().trimmed();
    file.close();

    QDir(m_directory.path()).mkdir(QStringLiteral("keys"));
    Dice dice(0);
    editKeyList(&dice);
    m_people.alice.save(keys(), QStringLiteral("alice"));
    QDir(m_directory.path()).mkpath(QStringLiteral("decoys/keys"));
    m_people.mallory.save(decoys() + QStringLiteral("/keys"), QStringLiteral("mallory"));
}

void StoreFiles::edit(Dice *dice)
{
    switch (dice->below(3)) {
    case 0:
        editUsers(dice);
        break;
    case 1:
        editKeys(dice);
        break;
    default:
        editKeyList(dice);
        break;
    }
}

void StoreFiles::editUsers(Dice *dice) const
{
    const QByteArray alice = QByteArray("alice=") + People::Password;
    switch (dice->below(5)) {
    case 0:
        QFile::remove(users());
        break;
    case 1:
        write(users(), alice + "\nbroken\n", dice->flip());
        break;
    case 2:
        write(users(), m_hashedUser, dice->flip());
        break;
    default:
        write(users(), alice + '\n' + m_hashedUser + '\n', dice->flip());
        break;
    }
}

void StoreFiles::editKeys(Dice *dice) const
{
    const bool isAlice = dice->flip();
    const QString name = isAlice ? QStringLiteral("alice") : QStringLiteral("bob");
    const QString file = QDir(keys()).filePath(name + QStringLiteral(".key"));
    switch (dice->below(4)) {
    case 0:
        QFile::remove(file);
        break;
    case 1:
        write(file, "no certificate\n", dice->flip());
        break;
    default:
        (isAlice ? m_people.alice : m_people.bob)
            .save(keys(), name, QZapCertificate::SaveOption::Overwrite);
        break;
    }
}

void StoreFiles::editKeyList(Dice *dice) const
{
    QByteArray text = "# who is known\n";
    if (dice->flip())
        text += m_people.alice.publicKeyText().toLatin1() + " alice team=blue\n";
    if (dice->flip())
        text += m_people.bob.publicKeyText().toLatin1() + '\n';
    if (dice->oneIn(4))
        text += "broken\n";
    write(keyList(), text, dice->flip());
}

// In place, or by another file that takes its place.
void StoreFiles::write(const QString &file, const QByteArray &text, bool replaces)
{
    const QString name = replaces ? file + QStringLiteral(".new") : file;
    QFile target(name);
    if (!target.open(QIODevice::WriteOnly | QIODevice::Truncate))
        return;
    target.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    target.write(text);
    target.close();
    if (replaces) {
        QFile::remove(file);
        target.rename(file);
    }
}
