// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SOURCEFILE_H
#define SOURCEFILE_H

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>
#include <QtCore/qstring.h>

struct Include
{
    QString header; // as written, without quotes or brackets; empty: none
    int line = 0;
};

// The properties of a file that the rules need.
struct SourceFile
{
    // Reads the contents of the file at the path, which is relative to the project's folder.
    static SourceFile parse(const QString &path, const QByteArray &contents);

    QList<Include> includes;
    int codeLines = 0; // without comments and blank lines
    bool isCpp = false;
    bool isSource = false; // compiled separately
    bool hasLicense = false;
};

// The files by their paths.
using SourceTree = QMap<QString, SourceFile>;

// Reads all files below these folders of the project's folder.
SourceTree readSourceTree(const QString &root, const QStringList &folders);

// Returns C++ text without comments, but with the same line numbers.
QByteArray withoutComments(const QByteArray &text);

#endif // SOURCEFILE_H
