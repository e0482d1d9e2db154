// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef MEMORYFOLDER_H
#define MEMORYFOLDER_H

#include <QtCore/qdir.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qtemporarydir.h>

// A temporary folder, in memory if possible. In the usual folder for temporary files, other
// programs would wake up the watchers of the directories on the path.
class MemoryFolder : public QTemporaryDir
{
public:
    MemoryFolder()
        : QTemporaryDir(place() + QStringLiteral("/qzap_benchmark-XXXXXX"))
    { }

private:
    static QString place()
    {
        const QFileInfo memory(QStringLiteral("/dev/shm"));
        return memory.isDir() && memory.isWritable() ? memory.filePath() : QDir::tempPath();
    }
};

#endif // MEMORYFOLDER_H
