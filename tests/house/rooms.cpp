// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "rooms.h"

using namespace Qt::StringLiterals;

namespace {

bool isHeader(const QString &value)
{
    return value.size() > 2 && value.startsWith(u'<') && value.endsWith(u'>');
}

QString textOf(const QString &value)
{
    if (value == "all"_L1)
        return u"every room above"_s;
    if (value == "public"_L1)
        return u"the public headers"_s;
    return u'`' + value + u'`';
}

} // namespace

bool Restriction::applies(const QString &included) const
{
    return header.endsWith(u'*') ? included.startsWith(header.chopped(1)) : included == header;
}

Rooms Rooms::parse(const QByteArray &text)
{
    Rooms rooms;
    for (const QByteArray &raw : text.split('\n')) {
        const QString line = QString::fromUtf8(raw).section(u'#', 0, 0).trimmed();
        if (line.isEmpty())
            continue;
        if (!line.contains(u':')) {
            rooms.m_errors += u"has a line without a colon: %1"_s.arg(line);
            continue;
        }
        rooms.parseLine(line.section(u':', 0, 0).simplified(),
                        line.section(u':', 1).simplified().split(u' ', Qt::SkipEmptyParts));
    }
    return rooms;
}

void Rooms::parseLine(const QString &key, const QStringList &values)
{
    if (key.startsWith("only "_L1)) {
        addRestrictions(key.split(u' ').mid(1), values);
        return;
    }
    if (key != "free"_L1 && key != "umbrella"_L1) {
        addRoom(key, values);
        return;
    }
    for (const QString &value : values) {
        if (isHeader(value))
            (key == "free"_L1 ? m_free : m_umbrellas) += value.mid(1, value.size() - 2);
        else
            m_errors += u"names %1, which is no <header>, as %2"_s.arg(value, key);
    }
}

void Rooms::addRoom(const QString &folder, const QStringList &values)
{
    Room room;
    room.folder = folder;
    room.name = folder.section(u'/', -1);
    if (names().contains(room.name))
        m_errors += u"has two rooms of the name %1"_s.arg(room.name);
    QStringList texts;
    for (const QString &value : values) {
        texts += textOf(value);
        if (value == "all"_L1)
            room.allowed += names();
        else if (value == "public"_L1 || isHeader(value) || names().contains(value))
            room.allowed += value;
        else
            m_errors += u"lets %1 include %2, which is not a room above it"_s.arg(room.name, value);
    }
    room.allowedText = texts.isEmpty() ? u"nothing"_s : texts.join(", "_L1);
    m_rooms += room;
}

void Rooms::addRestrictions(const QStringList &rooms, const QStringList &headers)
{
    for (const QString &room : rooms) {
        if (!names().contains(room))
            m_errors += u"lets %1 include %2, and has no such room"_s.arg(room, headers.join(u' '));
    }
    for (const QString &header : headers) {
        if (isHeader(header))
            m_restrictions += {header.mid(1, header.size() - 2), rooms};
        else
            m_errors += u"restricts %1, which is no <header>"_s.arg(header);
    }
}

const Room *Rooms::find(const QString &folder) const
{
    for (const Room &room : m_rooms) {
        if (room.folder == folder)
            return &room;
    }
    return nullptr;
}

QStringList Rooms::names() const
{
    QStringList result;
    for (const Room &room : m_rooms)
        result += room.name;
    return result;
}
