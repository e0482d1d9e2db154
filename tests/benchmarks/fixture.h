// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FIXTURE_H
#define FIXTURE_H

#include "load/load.h"
#include "memoryfolder.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

// The mechanism of requests, and the number of keys in their domain.
struct Workload
{
    QByteArray mechanism;
    qint64 keys = 0; // for CURVE only
    QByteArray domain;

    QString name() const;
};

// The keys of a CURVE domain.
struct KeyList
{
    QByteArray domain;
    QString file;
    qint64 keys = 0;
};

// The credentials of every handler, in memory and as files.
class Fixture
{
public:
    static constexpr char SmallDomain[] = "one";  // of NULL, of one PLAIN user, of one CURVE key
    static constexpr char LargeDomain[] = "many"; // of all CURVE keys

    explicit Fixture(qint64 keys);

    // Writes the files. Returns whether it succeeded; otherwise sets *errorMessage.
    bool create(QString *errorMessage);

    qint64 keys() const { return m_keys; }
    QByteArray user() const { return "bench"; }
    QByteArray password() const { return "correct horse"; }
    // Returns the lists in ascending order, from one key to all of them.
    const QList<KeyList> &keyLists() const { return m_keyLists; }
    QString largeKeyList() const { return m_keyLists.last().file; }
    QString certificates() const { return path("certificates"); } // a folder with one certificate
    QString passwordFile() const { return path("passwords"); }

    QList<Workload> workloads(const QStringList &mechanisms) const;
    // Returns CURVE with each of the key lists.
    QList<Workload> growingWorkloads() const;
    AskingLoad askingLoad(const Workload &workload) const;
    HandshakeLoad handshakeLoad(const Workload &workload) const;

private:
    QString path(const QByteArray &name) const;
    bool writeKeyList(const KeyList &list, QString *errorMessage) const;
    bool write(const QString &file, const QByteArray &text, QString *errorMessage) const;

    qint64 m_keys;
    MemoryFolder m_folder;
    QList<KeyList> m_keyLists;
    QByteArray m_user = user();
    QByteArray m_password = password();
    QByteArray m_clientPublic; // Z85
    QByteArray m_clientSecret;
    QByteArray m_serverPublic;
    QByteArray m_serverSecret;
    QByteArray m_firstKey; // the client's public key, 32 bytes
};

#endif // FIXTURE_H
