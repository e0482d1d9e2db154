// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/linkedfilewatch.h"

#include "filetest.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <cerrno>
#include <memory>

#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

int refusal = 0; // an errno, or 0

} // namespace

// Replaces the function of the C library.
extern "C" Q_DECL_EXPORT int inotify_add_watch(int descriptor, const char *path,
                                               quint32 mask) noexcept
{
    if (refusal != 0) {
        errno = refusal;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_inotify_add_watch, descriptor, path, mask));
}

// Tests what is reported of linked files if the system has no watches left.
class tst_LinkedFileWatch : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsAnUnwatchedFileOnce_data();
    void reportsAnUnwatchedFileOnce();

protected:
    void cleanup() override
    {
        refusal = 0;
        FileTest::cleanup();
    }
};

void tst_LinkedFileWatch::reportsAnUnwatchedFileOnce_data()
{
    QTest::addColumn<int>("error");
    QTest::newRow("no watch is left") << ENOSPC;
    QTest::newRow("the kernel has no memory") << ENOMEM;
}

void tst_LinkedFileWatch::reportsAnUnwatchedFileOnce()
{
    QFETCH(const int, error);
    makeDirectory(u"keys"_s);
    write(u"target"_s, "contents");
    write(u"other"_s, "other contents");
    link(u"../target"_s, u"keys/alice.key"_s);
    const QByteArray keys =
        QFile::encodeName(QDir(path()).canonicalPath()) + QByteArrayLiteral("/keys");
    const NameSet names = {"alice.key"};
    int reports = 0;
    QObject owner;
    LinkedFileWatch watch([&reports](const QByteArray &, quint32) { ++reports; });
    watch.setHub(InotifyHub::take(&owner), [] {});
    const auto follow = [&](int calls) {
        while (calls-- > 0)
            watch.follow(keys, names);
    };

    refusal = error;
    follow(5);
    QCOMPARE(reports, 1);
    QVERIFY(watch.isIncomplete());
    // A link that leads elsewhere is news.
    remove(u"keys/alice.key"_s);
    link(u"../other"_s, u"keys/alice.key"_s);
    follow(5);
    QCOMPARE(reports, 2);
    // Changes until the file is watched may have been missed.
    refusal = 0;
    follow(5);
    QCOMPARE(reports, 3);
    QVERIFY(!watch.isIncomplete());
}

QTEST_GUILESS_MAIN(tst_LinkedFileWatch)
#include "tst_linkedfilewatch.moc"
