// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef PATHWATCHERTEST_H
#define PATHWATCHERTEST_H

#include "credentials/watching/pathwatcher.h"
#include "filetest.h"
#include "systemcalls.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>

using Names = QZap::Internal::NameSet;
using Action = std::function<void()>;
Q_DECLARE_METATYPE(Action)
Q_DECLARE_METATYPE(QZap::Internal::PathKind)

// Everything that a watcher has reported since the log was created or cleared.
class WatchLog
{
public:
    explicit WatchLog(QZap::Internal::PathWatcher &watcher)
    {
        QObject::connect(&watcher, &QZap::Internal::PathWatcher::settled, &m_context,
                         [this](const Names &changed, bool all, const Names &openNames) {
                             ++signalCount;
                             names.unite(changed);
                             everything = everything || all;
                             hasBoth = hasBoth || (all && !changed.isEmpty());
                             open = openNames;
                         });
    }
    void clear()
    {
        signalCount = 0;
        names.clear();
        everything = false;
    }

    int signalCount = 0;
    Names names;
    bool everything = false;
    bool hasBoth = false; // since the creation
    Names open;           // as of the last signal

private:
    QObject m_context;
};

// The base of tests of PathWatcher. They watch the directory "top/parent/keys", which contains the
// files alice.key and bob.key and the dangling link link.key.
class PathWatcherTest : public FileTest
{
protected:
    using PathKind = QZap::Internal::PathKind;
    using PathWatcher = QZap::Internal::PathWatcher;

    void init() override
    {
        FileTest::init();
        base = QFile::encodeName(QDir(path()).canonicalPath());
        keys = base + "/top/parent/keys";
        SystemCalls::makePath(keys);
        SystemCalls::write(keys + "/alice.key");
        SystemCalls::write(keys + "/bob.key");
        SystemCalls::link(base + "/1", keys + "/link.key");
    }
    void cleanup() override
    {
        m_watcher.reset();
        FileTest::cleanup();
    }

    // Watches a path instead of the previous one, and fails the test if that is not possible.
    PathWatcher *watch(const QByteArray &path, PathKind kind = PathKind::Directory)
    {
        m_watcher = std::make_unique<PathWatcher>(QFile::decodeName(path), kind);
        connect(m_watcher.get(), &PathWatcher::failed, m_watcher.get(),
                [](const QString &reason) { QFAIL(qPrintable(reason)); });
        return m_watcher.get();
    }
    void stopWatching() { m_watcher.reset(); }
    // Changes a file that no test uses. Once this is reported, all earlier changes have been
    // reported.
    static void writeSentinel() { SystemCalls::write(keys + "/sentinel"); }

    inline static QByteArray base; // the directory of the test, without links
    inline static QByteArray keys;

private:
    std::unique_ptr<PathWatcher> m_watcher;
};

#endif // PATHWATCHERTEST_H
