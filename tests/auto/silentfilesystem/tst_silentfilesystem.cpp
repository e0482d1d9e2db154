// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/silentfilesystem.h"

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_SilentFileSystem : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void types_data();
    void types();
    void paths();
};

void tst_SilentFileSystem::types_data()
{
    QTest::addColumn<quint64>("type");
    QTest::addColumn<bool>("isSilent");

    const auto row = [](const char *name, quint64 type, bool isSilent) {
        QTest::newRow(name) << type << isSilent;
    };
    row("NFS", 0x6969, true);
    row("CIFS", 0xff534d42, true);
    row("CIFS, with its sign extended", 0xffffffffff534d42, true);
    row("SMB 2", 0xfe534d42, true);
    row("FUSE", 0x65735546, true);
    row("9p", 0x01021997, true);
    row("Ceph", 0x00c36400, true);
    row("overlayfs", 0x794c7630, false);
    row("ext4", 0xef53, false);
    row("XFS", 0x58465342, false);
    row("Btrfs", 0x9123683e, false);
    row("tmpfs", 0x01021994, false);
    row("ZFS", 0x2fc12fc1, false);
    row("squashfs", 0x73717368, false);
}

void tst_SilentFileSystem::types()
{
    QFETCH(const quint64, type);
    QTEST(isSilentFileSystem(type), "isSilent");
}

void tst_SilentFileSystem::paths()
{
    const QTemporaryDir directory;
    QVERIFY(!isOnSilentFileSystem("/nowhere at all"));
#ifdef Q_OS_LINUX
    QVERIFY(isOnSilentFileSystem("/proc"));
    // Links are followed.
    const QByteArray link = QFile::encodeName(directory.filePath(QStringLiteral("link")));
    QVERIFY(QFile::link(QStringLiteral("/proc"), QFile::decodeName(link)));
    QVERIFY(isOnSilentFileSystem(link));
#endif
}

QTEST_GUILESS_MAIN(tst_SilentFileSystem)
#include "tst_silentfilesystem.moc"
