// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/problem.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_Problem : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void text_data();
    void text();
    void putsContextInFront();
    void fillsErrorMessage();
    void isValueOrProblem();
};

void tst_Problem::text_data()
{
    QTest::addColumn<Problem>("problem");
    QTest::addColumn<QString>("text");

    QTest::newRow("nothing is wrong") << Problem() << QString();
    QTest::newRow("no file") << Problem(u"the list is empty"_s) << u"the list is empty"_s;
    QTest::newRow("file") << Problem(u"is empty"_s, u"/etc/keys"_s) << u"/etc/keys: is empty"_s;
    QTest::newRow("line") << Problem(u"no '='"_s, u"/etc/keys"_s, 3) << u"/etc/keys:3: no '='"_s;
    QTest::newRow("place markers") << Problem(u"100%1 %2"_s, u"/a%3"_s, 3) << u"/a%3:3: 100%1 %2"_s;
    QTest::newRow("line feed in what is wrong")
        << Problem(u"no user a\nb"_s, u"/a"_s, 3) << uR"(/a:3: no user a\u000ab)"_s;
    QTest::newRow("escape in a path")
        << Problem(u"is empty"_s, u"/a\x1b[31m"_s) << uR"(/a\u001b[31m: is empty)"_s;
    QTest::newRow("line separator in a path")
        << Problem(u"no '='"_s, u"/a\u2028b"_s, 3) << uR"(/a\u2028b:3: no '=')"_s;
    QTest::newRow("right-to-left override without a file")
        << Problem(u"a\u202eb"_s) << uR"(a\u202eb)"_s;
}

void tst_Problem::text()
{
    QFETCH(const Problem, problem);
    QTEST(problem.text(), "text");
    QCOMPARE(bool(problem), !problem.text().isEmpty());
}

void tst_Problem::putsContextInFront()
{
    QCOMPARE(Problem(u"is too long"_s, u"/a"_s, 2).within(u"the name "_s),
             Problem(u"the name is too long"_s, u"/a"_s, 2));
    QCOMPARE(Problem().within(u"the name "_s), Problem());
}

void tst_Problem::fillsErrorMessage()
{
    QString message;
    QVERIFY(!isNoProblem(Problem(u"is empty"_s, u"/a"_s), &message));
    QCOMPARE(message, u"/a: is empty"_s);
    QVERIFY(isNoProblem({}, &message));
    QCOMPARE(message, QString());
    QVERIFY(!isNoProblem(Problem(u"is empty"_s), nullptr));
}

void tst_Problem::isValueOrProblem()
{
    const Result<int> value = 0;
    QVERIFY(value);
    QCOMPARE(*value, 0);
    QVERIFY(!value.problem());

    const Result<int> none = Problem(u"no number"_s);
    QVERIFY(!none);
    QCOMPARE(none.problem().text(), u"no number"_s);
}

QTEST_GUILESS_MAIN(tst_Problem)
#include "tst_problem.moc"
