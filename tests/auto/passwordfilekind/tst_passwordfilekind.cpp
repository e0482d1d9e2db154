// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfilekind.h"

#include "credentials/certificates/otherformat.h"
#include "credentials/passwords/passwordfileparser.h"
#include "credentials/passwords/passwordfiletext.h"
#include "freedtext.h"

#include <QtCore/qbytearray.h>
#include <QtTest/qtest.h>

#include <functional>
#include <memory>

using namespace QZap::Internal;

namespace {

// In lower case and without blanks, so that a folded copy is found as well. No part of the file is
// on the heap.
constexpr char Password[] = "correcthorsebatterystaple";
constexpr char File[] = "alice=correcthorsebatterystaple\n"
                        "correcthorsebatterystaple: of bob\n"
                        "bob correcthorsebatterystaple\n";

} // namespace

using Work = std::function<void()>;
Q_DECLARE_METATYPE(Work)

// Tests that passwords in clear text remain nowhere when the kind of a file is found out.
class tst_PasswordFileKind : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsFreedText();
    void recognizesSections_data();
    void recognizesSections();
    void leavesNoPasswordInFreedMemory_data();
    void leavesNoPasswordInFreedMemory();
};

void tst_PasswordFileKind::findsFreedText()
{
    const FreedText freed(Password);
    {
        const QByteArray copy = QByteArrayView(File).toByteArray();
        QVERIFY(copy.isDetached());
    }
    QCOMPARE(FreedText::count(), 1);
}

void tst_PasswordFileKind::recognizesSections_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("isSection");
    QTest::newRow("curve") << QByteArray("curve") << true;
    QTest::newRow("metadata") << QByteArray("metadata") << true;
    QTest::newRow("in capitals") << QByteArray("CURVE") << true;
    QTest::newRow("mixed, in brackets") << QByteArray("[ MetaData ]") << true;
    QTest::newRow("with a comment") << QByteArray("  Curve # keys") << true;
    QTest::newRow("longer") << QByteArray("curves") << false;
    QTest::newRow("shorter") << QByteArray("curv") << false;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("a password") << QByteArray("curve=metadata") << false;
}

void tst_PasswordFileKind::recognizesSections()
{
    QFETCH(const QByteArray, line);
    QTEST(isSectionLine(line), "isSection");
}

void tst_PasswordFileKind::leavesNoPasswordInFreedMemory_data()
{
    QTest::addColumn<Work>("work");
    QTest::newRow("kind") << Work([] { QVERIFY(!otherFileProblem(File)); });
    QTest::newRow("section") << Work([] { QVERIFY(!isSectionLine(Password)); });
    QTest::newRow("key") << Work([] { QVERIFY(!isKeyLine("correcthorsebatterystaple: of bob")); });
    QTest::newRow("certificate") << Work([] { QVERIFY(!resemblesCertificate(File)); });
    QTest::newRow("parser") << Work([] {
        const PasswordLoad load = parsePasswordFile(File, QStringLiteral("users"), 1 << 20);
        QVERIFY(load.passwords);
        QCOMPARE(load.passwords->size(), 1);
    });
    QTest::newRow("editor") << Work([] {
        PasswordFileText text(File);
        text.set("alice", "another");
        QVERIFY(text.remove("alice"));
    });
}

void tst_PasswordFileKind::leavesNoPasswordInFreedMemory()
{
    QFETCH(const Work, work);
    const FreedText freed(Password);
    work();
    QCOMPARE(FreedText::count(), 0);
}

QTEST_GUILESS_MAIN(tst_PasswordFileKind)
#include "tst_passwordfilekind.moc"
