// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "storefiles.h"

#include <QZap/QZapPasswordFile>

#include <QtCore/qdir.h>

#include <algorithm>

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
    for (const QString &version : {QStringLiteral("1"), QStringLiteral("2")})
        QDir(m_directory.path()).mkpath(QStringLiteral("store/") + version);
    m_people.bob.save(m_directory.filePath(QStringLiteral("store/1")), QStringLiteral("bob"));
    write(m_directory.filePath(QStringLiteral("store/2/bob.key")), "no certificate\n", false);
    QDir(m_directory.path()).mkpath(QStringLiteral("decoys/keys"));
    m_people.mallory.save(decoys() + QStringLiteral("/keys"), QStringLiteral("mallory"));
}

void StoreFiles::edit(Dice *dice)
{
    switch (dice->below(6)) {
    case 0:
        editUsers(dice);
        break;
    case 1:
        editKeys(dice);
        break;
    case 2:
        editLinks(dice);
        break;
    case 3:
    case 4:
        writeSlowly(dice);
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

// One name is a link to a certificate through a directory that is itself a link.
void StoreFiles::editLinks(Dice *dice) const
{
    const QString store = m_directory.filePath(QStringLiteral("store"));
    const QString current = store + QStringLiteral("/current");
    const QString name = keys() + QStringLiteral("/bob.key");
    switch (dice->below(5)) {
    case 0:
        QFile::remove(current);
        break;
    case 1:
        QFile::remove(name);
        QFile::link(QStringLiteral("../store/current/bob.key"), name);
        break;
    case 2:
        m_people.bob.save(store + QStringLiteral("/1"), QStringLiteral("bob"),
                          QZapCertificate::SaveOption::Overwrite);
        break;
    default:
        QFile::remove(current);
        QFile::link(dice->flip() ? QStringLiteral("1") : QStringLiteral("2"), current);
        break;
    }
}

void StoreFiles::writeSlowly(Dice *dice)
{
    if (!m_slow.isOpen()) {
        m_slow.setFileName(dice->of({users(), keyList(), keys() + QStringLiteral("/alice.key")}));
        if (!m_slow.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
            return;
        m_slow.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
        const QByteArray key = m_people.alice.publicKeyText().toLatin1();
        if (m_slow.fileName() == users())
            m_rest = QByteArray("alice=") + People::Password + '\n' + m_hashedUser + '\n';
        else if (m_slow.fileName() == keyList())
            m_rest = key + " alice\n" + m_people.bob.publicKeyText().toLatin1() + " bob\n";
        else
            m_rest = "metadata\ncurve\n    public-key = \"" + key + "\"\n";
        return;
    }
    const qint64 written = m_slow.write(m_rest.left(1 + dice->below(60)));
    m_rest.remove(0, qMax<qsizetype>(written, 0));
    if (m_rest.isEmpty() || dice->oneIn(8))
        m_slow.close();
}

void StoreFiles::finish()
{
    m_slow.close();
}

bool StoreFiles::hasKey(const QByteArray &publicKey) const
{
    const QDir directory(keys());
    const QStringList names = directory.entryList({QStringLiteral("*.key")}, QDir::Files);
    return std::any_of(names.cbegin(), names.cend(), [&](const QString &name) {
        const auto certificate = QZapCertificate::load(directory.filePath(name));
        return certificate && certificate->publicKey() == publicKey;
    });
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

// Writes to the file in place, or replaces it with a new one.
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
