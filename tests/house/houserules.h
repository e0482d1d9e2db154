// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef HOUSERULES_H
#define HOUSERULES_H

#include "rooms.h"
#include "sourcefile.h"

#include <QtCore/qset.h>

// A rule that a file does not keep.
struct Breach
{
    QString toString() const;
    // The same without the line, which changes with what stands above it.
    QString entry() const { return file + QStringLiteral(": ") + text; }

    QString file;
    int line = 0; // 0: the file as a whole
    QString text;
};

// Compares a tree with the table and the house's other rules.
class HouseRules
{
public:
    // The built sources are those that a target compiles. All three must outlive this.
    HouseRules(const SourceTree &tree, const Rooms &rooms, const QSet<QString> &builtSources);

    QList<Breach> breaches() const;

private:
    void checkTable(QList<Breach> *breaches) const;
    void checkFile(const QString &path, const SourceFile &file, QList<Breach> *breaches) const;
    // Why the file may not include that; empty if it may.
    QString includeProblem(const QString &path, const QString &header) const;
    QString restrictionProblem(const QString &path, const QString &header) const;
    QString layerProblem(const QString &path, const QString &target) const;
    bool isAllowed(const Room &from, const QString &target) const;
    void checkCircles(QList<Breach> *breaches) const;

    // The file of the tree that the header names in the file at the path; empty if it names none.
    QString resolve(const QString &path, const QString &header) const;
    // Null if the table has none.
    const Room *roomOf(const QString &path) const;

    const SourceTree &m_tree;
    const Rooms &m_rooms;
    const QSet<QString> &m_builtSources;
    QMap<QString, QString> m_sourceFolders; // by the sources' names without extension
};

#endif // HOUSERULES_H
