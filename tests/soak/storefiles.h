// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef STOREFILES_H
#define STOREFILES_H

#include "dice.h"
#include "people.h"

#include <QZap/QZapCertificate>

#include <QtCore/qfile.h>
#include <QtCore/qstring.h>
#include <QtCore/qtemporarydir.h>

// The files with the known peers, which are edited repeatedly. None of them ever contains mallory,
// except decoys, which no authenticator is configured to read.
class StoreFiles
{
public:
    explicit StoreFiles(const People &people);

    QString directory() const { return m_directory.path(); }
    // Returns a directory with the same names, but mallory's key.
    QString decoys() const { return m_directory.filePath(QStringLiteral("decoys")); }
    QString users() const { return m_directory.filePath(QStringLiteral("users")); }
    QString keys() const { return m_directory.filePath(QStringLiteral("keys")); }
    QString keyList() const { return m_directory.filePath(QStringLiteral("keys.list")); }
    void edit(Dice *dice);
    // Finishes the slow write.
    void finish();
    // Returns whether a certificate in keys() currently has this public key.
    bool hasKey(const QByteArray &publicKey) const;

private:
    void editUsers(Dice *dice) const;
    void editKeys(Dice *dice) const;
    void editKeyList(Dice *dice) const;
    void editLinks(Dice *dice) const;
    // Writes to a file in small parts, and keeps it open between them.
    void writeSlowly(Dice *dice);
    static void write(const QString &file, const QByteArray &text, bool replaces);

    const People &m_people;
    QTemporaryDir m_directory;
    QByteArray m_hashedUser; // carol's line, stored because hashing is slow
    QFile m_slow;            // the file that is being written slowly
    QByteArray m_rest;       // remains to be written to it
};

#endif // STOREFILES_H
