// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef HOUSERULES_H
#define HOUSERULES_H

#include "rooms.h"
#include "sourcefile.h"

#include <QtCore/qset.h>

// A violation of a rule by a file.
struct Breach
{
    QString toString() const;
    // Returns the breach without the line number, which changes with the lines above.
    QString entry() const { return file + QStringLiteral(": ") + text; }

    QString file;
    int line = 0; // 0: the file as a whole
    QString text;
};

// Checks a tree against the table and the other rules.
class HouseRules
{
public:
    // The built sources are those that a target compiles. All three arguments must outlive this
    // object.
    HouseRules(const SourceTree &tree, const Rooms &rooms, const QSet<QString> &builtSources);

    QList<Breach> breaches() const;

private:
    void checkTable(QList<Breach> *breaches) const;
    void checkFile(const QString &path, const SourceFile &file, QList<Breach> *breaches) const;
    // Returns why the file must not include the header; empty if it may.
    QString includeProblem(const QString &path, const QString &header) const;
    QString restrictionProblem(const QString &path, const QString &header) const;
    QString layerProblem(const QString &path, const QString &target) const;
    bool isAllowed(const Room &from, const QString &target) const;
    void checkCycles(QList<Breach> *breaches) const;

    // Returns the file of the tree that the include refers to; empty if there is none.
    QString resolve(const QString &path, const QString &header) const;
    // Returns the room of the file; null if the table contains none.
    const Room *roomOf(const QString &path) const;

    const SourceTree &m_tree;
    const Rooms &m_rooms;
    const QSet<QString> &m_builtSources;
    QMap<QString, QString> m_sourceFolders; // by source name without extension
};

#endif // HOUSERULES_H
