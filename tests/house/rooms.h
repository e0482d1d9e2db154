// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ROOMS_H
#define ROOMS_H

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

// A folder whose files have the same permitted includes.
struct Room
{
    bool allows(const QString &what) const { return allowed.contains(what); }

    QString folder;
    QString name;        // the last part of the folder
    QStringList allowed; // with "all" resolved
    // The text of the table in CONTRIBUTING.md.
    QString allowedText;
};

// An external header that only some rooms may include.
struct Restriction
{
    bool applies(const QString &header) const;

    QString header; // may end in *
    QStringList rooms;
};

// The table in rooms.txt, which explains its syntax.
class Rooms
{
public:
    static Rooms parse(const QByteArray &text);

    // Returns errors in the table itself.
    const QStringList &errors() const { return m_errors; }
    // Returns the rooms in the order of the table, with dependencies first.
    const QList<Room> &all() const { return m_rooms; }
    // Returns the room of the folder; null if there is none.
    const Room *find(const QString &folder) const;
    const QList<Restriction> &restrictions() const { return m_restrictions; }
    // Whether every room may include the public header, except rooms that include nothing.
    bool isFree(const QString &header) const { return m_free.contains(header); }
    // Whether the public header includes all the others.
    bool isUmbrella(const QString &header) const { return m_umbrellas.contains(header); }

private:
    void parseLine(const QString &key, const QStringList &values);
    void addRoom(const QString &folder, const QStringList &values);
    void addRestrictions(const QStringList &rooms, const QStringList &headers);
    QStringList names() const;

    QStringList m_errors;
    QList<Room> m_rooms;
    QList<Restriction> m_restrictions;
    QStringList m_free;
    QStringList m_umbrellas;
};

#endif // ROOMS_H
