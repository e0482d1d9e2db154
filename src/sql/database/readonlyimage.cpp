// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "sql/database/readonlyimage.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>
#include <QtCore/qfile.h>

#ifdef Q_OS_LINUX
#    include <sys/stat.h>
#    include <sys/sysmacros.h>
#endif

namespace QZap::Internal {

namespace {

// Others may write what these have mounted read-only.
bool isShared(const QByteArray &type)
{
    return type.startsWith("fuse") || type == "ocfs2" || type.startsWith("gfs");
}

} // namespace

bool isReadOnlyImage(QByteArrayView mountInfo, quint32 major, quint32 minor)
{
    // File systems in memory, in a network, and those made of others have the major number 0.
    if (major == 0)
        return false;
    const QByteArray device = QByteArray::number(major) + ':' + QByteArray::number(minor);
    for (const QByteArray &line : mountInfo.toByteArray().split('\n')) {
        // "36 35 98:0 /root /mount rw,noatime shared:1 - ext3 /dev/sda1 rw,errors=continue": the
        // last word has the options of the file system, for all its mounts.
        const QByteArrayList words = line.split(' ');
        const qsizetype separator = words.indexOf("-");
        if (words.value(2) != device || separator < 0 || words.size() < separator + 4)
            continue;
        const QByteArrayList options = words.at(separator + 3).split(',');
        return options.contains("ro") && !isShared(words.at(separator + 1));
    }
    return false;
}

bool isOnReadOnlyImage(const QString &file)
{
#ifdef Q_OS_LINUX
    struct stat status = {};
    if (::stat(QFile::encodeName(file).constData(), &status) != 0)
        return false;
    QFile mountInfo(QStringLiteral("/proc/self/mountinfo"));
    return mountInfo.open(QIODevice::ReadOnly)
           && isReadOnlyImage(mountInfo.readAll(), gnu_dev_major(status.st_dev),
                              gnu_dev_minor(status.st_dev));
#else
    Q_UNUSED(file);
    return false;
#endif
}

} // namespace QZap::Internal
