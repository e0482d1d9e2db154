// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "houserules.h"
#include "testnames.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Checks the project's own sources.
class tst_House : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void hasNoNewBreaches();
    void listsNoCorrectedBreaches();
    void contributingHasTheTable();
    void pagesNameExistingTests();
    void testClassesDoNotDependOnMacros();

private:
    static QByteArray read(const QString &file);
    static QStringList linesOf(const QString &file);

    QList<Breach> m_breaches;
    QStringList m_known;
    Rooms m_rooms;
};

QByteArray tst_House::read(const QString &name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%ls: %ls", qUtf16Printable(name), qUtf16Printable(file.errorString()));
    return file.readAll();
}

QStringList tst_House::linesOf(const QString &file)
{
    QStringList lines;
    for (const QString &line : QString::fromUtf8(read(file)).split(u'\n')) {
        if (!line.isEmpty() && !line.startsWith(u'#'))
            lines += line;
    }
    return lines;
}

void tst_House::initTestCase()
{
    const QString root = QStringLiteral(QZAP_HOUSE_ROOT);
    m_rooms = Rooms::parse(read(root + u"/tests/house/rooms.txt"_s));
    m_known = linesOf(root + u"/tests/house/breaches.txt"_s);
    const QStringList built = linesOf(QStringLiteral(QZAP_HOUSE_BUILT));
    const SourceTree tree = readSourceTree(root, {u"src"_s, u"qml"_s, u"include"_s});
    QVERIFY(tree.contains(u"src/base/text.cpp"_s));
    m_breaches = HouseRules(tree, m_rooms, {built.begin(), built.end()}).breaches();
}

void tst_House::hasNoNewBreaches()
{
    QStringList unknown;
    for (const Breach &breach : std::as_const(m_breaches)) {
        if (!m_known.contains(breach.entry()))
            unknown += breach.toString();
    }
    QVERIFY2(unknown.isEmpty(),
             qPrintable(u"Breaches of tests/house/rooms.txt:\n"_s + unknown.join(u'\n')));
}

void tst_House::listsNoCorrectedBreaches()
{
    QStringList mended = m_known;
    for (const Breach &breach : std::as_const(m_breaches))
        mended.removeAll(breach.entry());
    QVERIFY2(mended.isEmpty(),
             qPrintable(u"To be removed from tests/house/breaches.txt:\n"_s + mended.join(u'\n')));
}

void tst_House::contributingHasTheTable()
{
    QStringList expected;
    for (const Room &room : m_rooms.all())
        expected += u"`%1/`: %2"_s.arg(room.folder, room.allowedText);
    QStringList actual;
    for (const QString &line : linesOf(QStringLiteral(QZAP_HOUSE_ROOT "/CONTRIBUTING.md"))) {
        const QString folder = line.section(u'|', 1, 1).trimmed();
        if (folder.startsWith("`src/"_L1) || folder.startsWith("`qml/"_L1))
            actual += folder + u": "_s + line.section(u'|', 3, 3).trimmed();
    }
    QCOMPARE(actual, expected);
}

void tst_House::pagesNameExistingTests()
{
    const TestNames tests = TestNames::read(QStringLiteral(QZAP_HOUSE_ROOT "/tests"));
    const QDir pages(QStringLiteral(QZAP_HOUSE_ROOT "/doc/src"));
    QStringList unknown;
    for (const QString &page : pages.entryList({u"*.qdoc"_s}, QDir::Files)) {
        const QStringList names = TestNames::namedIn(QString::fromUtf8(read(pages.filePath(page))));
        QVERIFY(page != "security.qdoc"_L1 || !names.isEmpty());
        for (const QString &name : names) {
            if (!tests.contains(name))
                unknown += page + u": "_s + name;
        }
    }
    QVERIFY2(unknown.isEmpty(), qPrintable(u"Tests that do not exist:\n"_s + unknown.join(u'\n')));
}

void tst_House::testClassesDoNotDependOnMacros()
{
    const TestNames tests = TestNames::read(QStringLiteral(QZAP_HOUSE_ROOT "/tests"));
    QVERIFY2(tests.conditional().isEmpty(), qPrintable(tests.conditional().join(u", "_s)));
}

QTEST_GUILESS_MAIN(tst_House)
#include "tst_house.moc"
