// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/pathroute.h"
#include "credentials/watching/silentfilesystem.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qscopeguard.h>
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
    void routes_data();
    void routes();
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

void tst_SilentFileSystem::routes_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<bool>("isSilent");
    QTest::newRow("there") << QByteArray("keys") << false;
    QTest::newRow("nowhere") << QByteArray("none/keys") << false;
    QTest::newRow("by a link") << QByteArray("link/keys") << false;
    QTest::newRow("by a link that is on one") << QByteArray("/proc/self/cwd/keys") << true;
    QTest::newRow("to nowhere by a link that is on one")
        << QByteArray("/proc/self/cwd/none/keys") << true;
    QTest::newRow("by a link to a link that is on one") << QByteArray("self/keys") << true;
}

// The path leads through a file system that does not respond, and out of it again.
void tst_SilentFileSystem::routes()
{
#ifdef Q_OS_LINUX
    QFETCH(const QByteArray, path);
    const QTemporaryDir directory;
    const QDir here = QDir::current();
    const auto goBack = qScopeGuard([&] { QDir::setCurrent(here.path()); });
    QVERIFY(QDir::setCurrent(directory.path()));
    QVERIFY(QDir().mkpath(QStringLiteral("keys")));
    QVERIFY(QFile::link(QStringLiteral("."), QStringLiteral("link")));
    QVERIFY(QFile::link(QStringLiteral("/proc/self/cwd"), QStringLiteral("self")));
    const QByteArray absolute =
        path.startsWith('/') ? path : QFile::encodeName(directory.path()) + '/' + path;
    QTEST(isOnSilentFileSystem(findRoute(absolute, PathKind::Directory)), "isSilent");
#endif
}

QTEST_GUILESS_MAIN(tst_SilentFileSystem)
#include "tst_silentfilesystem.moc"
