// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "houserules.h"

#include "cycles.h"

#include <QtCore/qdir.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int MaximumSourceLines = 500;
constexpr int MaximumHeaderLines = 200;

constexpr auto PublicFolder = "include/"_L1;

bool isPublic(const QString &path)
{
    return path.startsWith(PublicFolder);
}

// Returns a public header's name in includes.
QString publicName(const QString &path)
{
    return path.mid(PublicFolder.size());
}

// Returns the name with which files in other folders include the file.
QString includedName(const QString &path)
{
    return isPublic(path) ? publicName(path) : path.section(u'/', 1);
}

QString folderOf(const QString &path)
{
    return path.section(u'/', 0, -2);
}

QString baseNameOf(const QString &path)
{
    return path.section(u'/', -1).section(u'.', 0, 0);
}

bool isGenerated(const QString &header)
{
    return header.endsWith(".moc"_L1) || header.section(u'/', -1).startsWith("moc_"_L1);
}

// Returns the unit of a file: a source, its header and its private header are one. A public header
// is a unit of its own, since its implementation may include its users.
QString unitOf(const QString &path)
{
    QString name = baseNameOf(path);
    if (name.endsWith("_p"_L1))
        name.chop(2);
    return folderOf(path) + u'/' + name;
}

} // namespace

QString Breach::toString() const
{
    return (line > 0 ? u"%1:%2: "_s.arg(file).arg(line) : file + ": "_L1) + text;
}

HouseRules::HouseRules(const SourceTree &tree, const Rooms &rooms,
                       const QSet<QString> &builtSources)
    : m_tree(tree)
    , m_rooms(rooms)
    , m_builtSources(builtSources)
{
    for (auto file = tree.begin(); file != tree.end(); ++file) {
        if (file->isSource)
            m_sourceFolders.insert(baseNameOf(file.key()), folderOf(file.key()));
    }
}

QList<Breach> HouseRules::breaches() const
{
    QList<Breach> result;
    checkTable(&result);
    for (auto file = m_tree.begin(); file != m_tree.end(); ++file)
        checkFile(file.key(), *file, &result);
    checkCycles(&result);
    return result;
}

void HouseRules::checkTable(QList<Breach> *breaches) const
{
    const QString table = u"rooms.txt"_s;
    for (const QString &error : m_rooms.errors())
        breaches->append({table, 0, error});
    for (const Room &room : m_rooms.all()) {
        const QString start = room.folder + u'/';
        const auto first = m_tree.lowerBound(start);
        if (first == m_tree.end() || !first.key().startsWith(start))
            breaches->append({table, 0, u"names %1, which has no files"_s.arg(room.folder)});
    }
}

void HouseRules::checkFile(const QString &path, const SourceFile &file,
                           QList<Breach> *breaches) const
{
    if (!file.hasLicense)
        breaches->append({path, 0, u"has no SPDX lines for its copyright and license"_s});
    if (!file.isCpp)
        return;
    const int most = file.isSource ? MaximumSourceLines : MaximumHeaderLines;
    if (file.codeLines > most) {
        breaches->append({path, 0,
                          u"has %1 lines of code, and a %2 has %3 at most"_s.arg(file.codeLines)
                              .arg(file.isSource ? u"source"_s : u"header"_s)
                              .arg(most)});
    }
    if (file.isSource && !m_builtSources.contains(path))
        breaches->append({path, 0, u"is not built"_s});
    const bool isRoomless =
        isPublic(path)
        && (m_rooms.isFree(publicName(path)) || m_rooms.isUmbrella(publicName(path)));
    if (!isRoomless && !roomOf(path)) {
        breaches->append({path, 0,
                          isPublic(path)
                              ? u"has no source, and rooms.txt does not name it"_s
                              : u"is in %1, which rooms.txt does not list"_s.arg(folderOf(path))});
        return;
    }
    for (const Include &include : file.includes) {
        if (const QString problem = includeProblem(path, include.header); !problem.isEmpty())
            breaches->append({path, include.line, problem});
    }
}

QString HouseRules::includeProblem(const QString &path, const QString &header) const
{
    if (header.isEmpty())
        return u"includes what is not written as the name of a file"_s;
    const QString target = resolve(path, header);
    if (!target.isEmpty())
        return layerProblem(path, target);
    const bool isOwn = header.startsWith("QZap/"_L1);
    return isOwn ? u"includes %1, which does not exist"_s.arg(header)
                 : restrictionProblem(path, header);
}

QString HouseRules::restrictionProblem(const QString &path, const QString &header) const
{
    const Room *const room = roomOf(path);
    for (const Restriction &restriction : m_rooms.restrictions()) {
        if (!restriction.applies(header))
            continue;
        if (isPublic(path))
            return u"includes %1, which no public header may include"_s.arg(header);
        if (!room || !restriction.rooms.contains(room->name)) {
            return u"includes %1, which only %2 may include"_s.arg(header,
                                                                   restriction.rooms.join(", "_L1));
        }
    }
    return {};
}

QString HouseRules::layerProblem(const QString &path, const QString &target) const
{
    const QString name = isPublic(target) ? publicName(target) : QString();
    if (isPublic(path)) {
        if (!isPublic(target))
            return u"includes %1, which is not public"_s.arg(target);
        if (m_rooms.isUmbrella(publicName(path)))
            return {};
        if (m_rooms.isFree(publicName(path)) && !m_rooms.isFree(name))
            return u"includes %1, and may include free headers only"_s.arg(target);
    }
    if (m_rooms.isUmbrella(name))
        return u"includes %1, which is for users of the library only"_s.arg(name);
    const Room *const from = roomOf(path);
    if (!from || isAllowed(*from, target))
        return {};
    const Room *const to = roomOf(target);
    const QString what = to ? u"%1 of the room %2"_s.arg(target, to->name) : target;
    return u"includes %1, and %2 may include: %3"_s.arg(what, from->name, from->allowedText);
}

bool HouseRules::isAllowed(const Room &from, const QString &target) const
{
    if (isPublic(target) && m_rooms.isFree(publicName(target)))
        return !from.allowed.isEmpty();
    if (from.allows(u'<' + includedName(target) + u'>'))
        return true;
    const Room *const to = roomOf(target);
    if (isPublic(target) && from.allows(u"public"_s) && (!to || to < &from)) // above in the table
        return true;
    return to && (to == &from || from.allows(to->name));
}

void HouseRules::checkCycles(QList<Breach> *breaches) const
{
    IncludeGraph graph;
    for (auto file = m_tree.begin(); file != m_tree.end(); ++file) {
        for (const Include &include : file->includes) {
            const QString target = resolve(file.key(), include.header);
            if (!target.isEmpty() && unitOf(file.key()) != unitOf(target))
                graph[unitOf(file.key())].insert(unitOf(target), {file.key(), include.line});
        }
    }
    for (const Cycle &cycle : findCycles(graph)) {
        breaches->append({cycle.end.file, cycle.end.line,
                          u"closes an include cycle: "_s + cycle.units.join(" -> "_L1)});
    }
}

QString HouseRules::resolve(const QString &path, const QString &header) const
{
    if (header.isEmpty() || isGenerated(header))
        return {};
    for (const QString &folder : {folderOf(path), u"src"_s, u"include"_s, u"include/QZap"_s}) {
        QString candidate = QDir::cleanPath(folder + u'/' + header);
        if (m_tree.contains(candidate))
            return candidate;
    }
    return {};
}

const Room *HouseRules::roomOf(const QString &path) const
{
    return m_rooms.find(isPublic(path) ? m_sourceFolders.value(baseNameOf(path).toLower())
                                       : folderOf(path));
}
