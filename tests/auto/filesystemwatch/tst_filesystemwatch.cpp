// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/filesystemwatch.h"

#include "pathwatchertest.h"

#include <QtCore/qcoreapplication.h>
#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_FileSystemWatch : public PathWatcherTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsEverythingForAnyChange();
};

void tst_FileSystemWatch::reportsEverythingForAnyChange()
{
    for (const PathKind kind : {PathKind::Directory, PathKind::File}) {
        QObject owner;
        int changes = 0;
        FileSystemWatch fileSystemWatch(
            QFile::decodeName(kind == PathKind::File ? keys + "/alice.key" : keys), kind, &owner,
            {[&] { ++changes; }, [](const QString &reason) { QFAIL(qPrintable(reason)); }});
        QVERIFY(fileSystemWatch.takeChanges().isEmpty());
        const QList<Action> actions = {
            [=] { SystemCalls::remove(keys + "/alice.key"); },
            [=] { SystemCalls::write(keys + "/alice.key"); },
            [=] { SystemCalls::removeTree(base + "/top/parent"); },
            [=] { SystemCalls::makePath(base + "/top/parent"); },
            [=] { SystemCalls::makePath(keys); },
            [=] { SystemCalls::write(keys + "/alice.key"); },
        };
        for (const Action &action : actions) {
            changes = 0;
            action();
            QTRY_VERIFY(changes > 0);
            // Reads all events: pending ones would be counted for the next test.
            do {
                changes = 0;
                QCoreApplication::processEvents();
            } while (changes > 0);
            QVERIFY(fileSystemWatch.takeChanges().everything);
            QVERIFY(fileSystemWatch.takeChanges().isEmpty());
        }
    }
}

QTEST_GUILESS_MAIN(tst_FileSystemWatch)
#include "tst_filesystemwatch.moc"
