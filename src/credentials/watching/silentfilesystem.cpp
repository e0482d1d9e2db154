// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/silentfilesystem.h"

#include "credentials/watching/pathroute.h"

#include <QtCore/qglobal.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#ifdef Q_OS_LINUX
#    include <sys/vfs.h>
#endif

namespace QZap::Internal {

bool isSilentFileSystem(quint64 type)
{
    // The values are from linux/magic.h and the sources of the file systems. overlayfs is not
    // included, since it reports changes.
    static constexpr quint64 Silent[] = {
        0x6969,     // NFS
        0xff534d42, // CIFS
        0xfe534d42, // SMB2
        0x517b,     // SMB
        0x65735546, // FUSE, virtiofs
        0x01021997, // 9p
        0x5346414f, // AFS of OpenAFS
        0x6b414653, // AFS of the kernel
        0x00c36400, // Ceph
        0x73757245, // Coda
        0x564c,     // NCP
        0x0bd00bd0, // Lustre
        0x01161970, // GFS2
        0x7461636f, // OCFS2
        0x47504653, // GPFS
        0x786f4256, // shared folders of VirtualBox
        0xbacbacbc, // shared folders of VMware
        0x9fa0,     // proc
        0x62656572, // sysfs
    };
    return std::find(std::begin(Silent), std::end(Silent), type & 0xffffffff) != std::end(Silent);
}

bool isOnSilentFileSystem(const QByteArray &path)
{
#ifdef Q_OS_LINUX
    struct statfs status = {};
    return ::statfs(path.constData(), &status) == 0
           && isSilentFileSystem(static_cast<quint64>(status.f_type));
#else
    Q_UNUSED(path)
    return false;
#endif
}

bool isOnSilentFileSystem(const PathRoute &route)
{
    // The name of a link, in its directory, comes before the link.
    for (std::size_t i = 1; i < route.steps.size(); ++i) {
        if (route.steps[i].isLink() && isOnSilentFileSystem(route.steps[i - 1].path))
            return true;
    }
    return !route.directory.isEmpty() && isOnSilentFileSystem(route.directory);
}

} // namespace QZap::Internal
