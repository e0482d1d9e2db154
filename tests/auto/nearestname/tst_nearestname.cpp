// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/nearestname.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;

class tst_NearestName : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void distance_data();
    void distance();
    void nearest_data();
    void nearest();
    void quotes_data();
    void quotes();
};

void tst_NearestName::distance_data()
{
    QTest::addColumn<QByteArray>("lhs");
    QTest::addColumn<QByteArray>("rhs");
    QTest::addColumn<int>("distance");

    const auto row = [](const char *title, const QByteArray &lhs, const QByteArray &rhs,
                        int count) { QTest::newRow(title) << lhs << rhs << count; };
    row("the same", "user_id", "user_id", 0);
    row("another case", "user_id", "User_ID", 0);
    row("another separator", "user_id", "user-id", 0);
    row("a dot", "user_id", "user.id", 0);
    row("inserted", "userid", "user_id", 1);
    row("removed", "user_id", "user_d", 1);
    row("replaced", "role", "rule", 1);
    row("exchanged", "role", "rloe", 2);
    row("nothing in common", "abc", "xyz", 3);
    row("nothing, and a name", "", "abc", 3);
    row("nothing", "", "", 0);
    row("several", "kitten", "sitting", 3);
    row("differs behind what is compared", QByteArray(64, 'a') + "b", QByteArray(64, 'a') + "c", 0);
}

void tst_NearestName::distance()
{
    QFETCH(const QByteArray, lhs);
    QFETCH(const QByteArray, rhs);
    QFETCH(const int, distance);
    QCOMPARE(nameDistance(lhs, rhs), distance);
    QCOMPARE(nameDistance(rhs, lhs), distance);
}

void tst_NearestName::nearest_data()
{
    QTest::addColumn<QByteArray>("wanted");
    QTest::addColumn<QList<QByteArray>>("names");
    QTest::addColumn<QByteArray>("nearest");

    using Names = QList<QByteArray>;
    const QByteArray userId = "user_id";
    QTest::newRow("none") << userId << Names() << QByteArray();
    QTest::newRow("the nearest of several")
        << userId << Names{"name", "userid", "user"} << QByteArray("userid");
    QTest::newRow("the first of two")
        << userId << Names{"user_ix", "user_iy"} << QByteArray("user_ix");
    QTest::newRow("a third differs") << userId << Names{"user_xyz"} << QByteArray("user_xyz");
    QTest::newRow("more than a third differs") << userId << Names{"username"} << QByteArray();
    QTest::newRow("far") << userId << Names{"zzzzzzzzzz"} << QByteArray();
    QTest::newRow("another case") << QByteArray("LAB") << Names{"lab"} << QByteArray("lab");
    QTest::newRow("one character, another one") << QByteArray("b") << Names{"a"} << QByteArray();
    QTest::newRow("one character more") << QByteArray("b") << Names{"bc"} << QByteArray("bc");
    QTest::newRow("swapped") << QByteArray("role") << Names{"rloe"} << QByteArray("rloe");
    QTest::newRow("nothing") << QByteArray() << Names{"a"} << QByteArray();
    QTest::newRow("very long") << QByteArray(300, 'a') << Names{QByteArray(299, 'a')}
                               << QByteArray(299, 'a');
}

void tst_NearestName::nearest()
{
    QFETCH(const QByteArray, wanted);
    QFETCH(const QList<QByteArray>, names);
    QTEST(nearestName(wanted, names), "nearest");
}

void tst_NearestName::quotes_data()
{
    QTest::addColumn<QList<QByteArray>>("names");
    QTest::addColumn<QString>("text");

    using Names = QList<QByteArray>;
    QTest::newRow("none") << Names() << QString();
    QTest::newRow("one") << Names{"a"} << QStringLiteral("\"a\"");
    QTest::newRow("five") << Names{"a", "b", "c", "d", "e"}
                          << QStringLiteral(R"("a", "b", "c", "d", "e")");
    QTest::newRow("seven") << Names{"a", "b", "c", "d", "e", "f", "g"}
                           << QStringLiteral(R"("a", "b", "c", "d", "e" and 2 more)");
    QTest::newRow("escaped") << Names{"a\n"} << QStringLiteral(R"("a\u000a")");
}

void tst_NearestName::quotes()
{
    QFETCH(const QList<QByteArray>, names);
    QTEST(quotedNames(names), "text");
}

QTEST_GUILESS_MAIN(tst_NearestName)
#include "tst_nearestname.moc"
