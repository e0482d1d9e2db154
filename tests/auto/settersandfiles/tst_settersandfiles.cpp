// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZap>

#include "fileaccesses.h"

#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <memory>

// Tests that setters do not access files: a file system may not respond for minutes, such as NFS
// without its server.
class tst_SettersAndFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void countsAccesses();
    void curveDomain_data();
    void curveDomain();
    void plainDomain();

private:
    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_SettersAndFiles::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

// Checks that the counter works: otherwise the other tests could not fail.
void tst_SettersAndFiles::countsAccesses()
{
    const FileAccesses accesses(QFile::encodeName(m_directory->path()));
    QVERIFY(QFileInfo(m_directory->path()).isDir());
    const int lookUps = FileAccesses::inThisThread();
    QVERIFY(lookUps > 0);
    QFile file(m_directory->filePath(QStringLiteral("file")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(FileAccesses::inThisThread() > lookUps);
}

void tst_SettersAndFiles::curveDomain_data()
{
    QTest::addColumn<bool>("isDirectory");
    QTest::newRow("directory") << true;
    QTest::newRow("list") << false;
}

void tst_SettersAndFiles::curveDomain()
{
    QFETCH(const bool, isDirectory);
    const QZapCertificate key = QZapCertificate::generate();
    QFile list(m_directory->filePath(QStringLiteral("list")));
    QVERIFY(list.open(QIODevice::WriteOnly));
    QVERIFY(list.write(key.publicKeyText().toLatin1() + '\n') > 0);
    list.close();
    const FileAccesses accesses(QFile::encodeName(m_directory->path()));
    QZapCurveDomain domain;
    domain.setLocation(isDirectory ? m_directory->path() : list.fileName());
    QTRY_VERIFY(domain.isReady());
    domain.setNameFilters({QStringLiteral("*.key")});
    QTRY_VERIFY(domain.isReady());
    domain.setUserIdField(QStringLiteral("name"));
    domain.setPublishedFields({QStringLiteral("role")});
    QTRY_VERIFY(domain.isReady());
    domain.setLocation({});
    QCOMPARE(FileAccesses::inThisThread(), 0);
    QVERIFY(FileAccesses::inOtherThreads() > 0);
}

void tst_SettersAndFiles::plainDomain()
{
    QFile users(m_directory->filePath(QStringLiteral("users")));
    QVERIFY(users.open(QIODevice::WriteOnly));
    QVERIFY(users.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    QVERIFY(users.write("alice=secret\n") > 0);
    users.close();
    const FileAccesses accesses(QFile::encodeName(m_directory->path()));
    QZapPlainDomain domain;
    domain.setPasswordFile(users.fileName());
    QTRY_VERIFY(domain.isReady());
    domain.setMaximumHashMemory(32);
    QTRY_VERIFY(domain.isReady());
    domain.setPasswordFile({});
    QCOMPARE(FileAccesses::inThisThread(), 0);
    QVERIFY(FileAccesses::inOtherThreads() > 0);
}

QTEST_GUILESS_MAIN(tst_SettersAndFiles)
#include "tst_settersandfiles.moc"
