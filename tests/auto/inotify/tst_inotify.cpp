// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/inotify.h"

#include "filetest.h"
#include "systemcalls.h"

#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <sys/inotify.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_Inotify : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void readsAPartAtATime();
    void parsesEvents();
};

void tst_Inotify::readsAPartAtATime()
{
    Inotify inotify;
    QVERIFY(inotify.isValid());
    const QByteArray directory = QFile::encodeName(path());
    QVERIFY(inotify.add(directory, IN_CREATE) >= 0);
    constexpr qsizetype Files = 1000;
    for (qsizetype i = 0; i < Files; ++i)
        SystemCalls::link("x", directory + '/' + QByteArray(200, 'x') + QByteArray::number(i));
    qsizetype events = 0;
    qsizetype turns = 0;
    for (qsizetype before = -1; before != events; ++turns) {
        before = events;
        inotify.read([&](const Inotify::Event &) { ++events; });
    }
    QCOMPARE(events, Files);
    QVERIFY(turns > Files * 200 / Inotify::ReadSize);
}

void tst_Inotify::parsesEvents()
{
    const auto bytes = [](int watch, quint32 mask, const QByteArray &padded) {
        inotify_event header = {};
        header.wd = watch;
        header.mask = mask;
        header.len = static_cast<quint32>(padded.size());
        return QByteArray(reinterpret_cast<const char *>(&header), sizeof header) + padded;
    };
    const auto parse = [](QByteArrayView buffer) {
        QByteArrayList result;
        Inotify::parse(buffer, [&](const Inotify::Event &event) {
            result.append(QByteArray::number(event.watch) + ' ' + QByteArray::number(event.mask)
                          + ' ' + event.name.toByteArray());
        });
        return result;
    };
    const QByteArray all = bytes(1, IN_CREATE, QByteArray("a.key\0\0\0", 8))
                           + bytes(2, IN_DELETE, {}) + bytes(-1, IN_Q_OVERFLOW, {})
                           + bytes(3, IN_ATTRIB, "full");
    const QByteArrayList expected = {"1 256 a.key", "2 512 ", "-1 16384 ", "3 4 full"};
    QCOMPARE(parse(all), expected);
    QCOMPARE(parse({}), QByteArrayList());
    // Incomplete events are ignored.
    for (qsizetype size = 0; size < all.size(); ++size) {
        const QByteArray part = all.first(size); // ends where its memory ends
        const QByteArrayList parsed = parse(part);
        QCOMPARE(parsed, expected.first(parsed.size()));
        QVERIFY(parsed.size() < expected.size());
    }
}

QTEST_GUILESS_MAIN(tst_Inotify)
#include "tst_inotify.moc"
