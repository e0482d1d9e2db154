// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/auditfile.h"

#include "descriptorlimit.h"
#include "filetest.h"
#include "systemcalls.h"

#include <QtCore/qfile.h>
#include <QtTest/qtest.h>

#include <sys/stat.h>
#include <unistd.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_AuditRotation : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void init() override;
    void keepsFormerFiles();
    void removesMoreFilesThanAreKept();
    void fillsGaps();
    void keepsModeAndGroup();
    void followsNoLink();
    void goesOnIfItFails();
    void keepsFormerFilesIfNoneCanBeCreated();
    void locksTheNewFile();

private:
    // moc cannot parse a raw string here. NOLINTNEXTLINE(modernize-raw-string-literal)
    static QByteArray line(char letter) { return "{\"time\":\"" + QByteArray(9, letter) + "\"}\n"; }
    // Writes a line and rotates the file.
    void rotate(char letter, int maximumFiles)
    {
        Problem problem;
        QCOMPARE(m_file.append(line(letter), &problem), line(letter).size());
        problem = m_file.rotate(maximumFiles);
        QVERIFY2(!problem, qPrintable(problem.text()));
    }

    AuditFile m_file;
};

void tst_AuditRotation::init()
{
    m_file.close();
    FileTest::init();
    QVERIFY(!m_file.open(path(u"log"_s)));
}

void tst_AuditRotation::keepsFormerFiles()
{
    for (const char letter : {'a', 'b', 'c', 'd'})
        rotate(letter, 3);
    QCOMPARE(names(), (QStringList{u"log"_s, u"log.1"_s, u"log.2"_s, u"log.3"_s}));
    QCOMPARE(contentsOf(u"log"_s), QByteArray());
    QCOMPARE(contentsOf(u"log.1"_s), line('d'));
    QCOMPARE(contentsOf(u"log.2"_s), line('c'));
    QCOMPARE(contentsOf(u"log.3"_s), line('b'));
}

void tst_AuditRotation::removesMoreFilesThanAreKept()
{
    for (const char letter : {'a', 'b', 'c', 'd'})
        rotate(letter, 4);
    write(u"log.old"_s, "other");
    rotate('e', 1);
    QCOMPARE(names(), (QStringList{u"log"_s, u"log.1"_s, u"log.old"_s}));
    QCOMPARE(contentsOf(u"log.1"_s), line('e'));
}

// A gap remains if the file itself could not be renamed. Each further attempt must not move the
// others until the last one is removed.
void tst_AuditRotation::fillsGaps()
{
    write(u"log.2"_s, "two");
    rotate('a', 2);
    QCOMPARE(names(), (QStringList{u"log"_s, u"log.1"_s, u"log.2"_s}));
    QCOMPARE(contentsOf(u"log.1"_s), line('a'));
    QCOMPARE(contentsOf(u"log.2"_s), QByteArray("two"));
}

void tst_AuditRotation::keepsModeAndGroup()
{
    const QByteArray file = QFile::encodeName(path(u"log"_s));
    setMode(u"log"_s, 0640);
    const bool hasOtherGroup = ::geteuid() == 0;
    if (hasOtherGroup)
        QCOMPARE(::chown(file.constData(), static_cast<uid_t>(-1), 12345), 0);
    rotate('a', 3);
    QCOMPARE(modeOf(u"log"_s), 0640);
    QCOMPARE(modeOf(u"log.1"_s), 0640);
    if (hasOtherGroup)
        QCOMPARE(SystemCalls::statusOf(file).st_gid, gid_t{12345});
}

void tst_AuditRotation::followsNoLink()
{
    write(u"target"_s, "target");
    link(path(u"target"_s), u"log.1"_s);
    link(path(u"target"_s), u"log.3"_s);
    rotate('a', 2);
    QCOMPARE(contentsOf(u"target"_s), QByteArray("target"));
    QCOMPARE(contentsOf(u"log.1"_s), line('a'));
    QVERIFY(QFile(path(u"log.2"_s)).symLinkTarget() == path(u"target"_s));
    QVERIFY(!names().contains(u"log.3"_s));
}

void tst_AuditRotation::goesOnIfItFails()
{
    makeDirectory(u"log.1"_s);
    write(u"log.1/file"_s, {});
    Problem problem;
    QCOMPARE(m_file.append(line('a'), &problem), line('a').size());
    problem = m_file.rotate(1);
    QVERIFY2(problem.text().contains(u"cannot be renamed"_s), qPrintable(problem.text()));
    QCOMPARE(m_file.append(line('b'), &problem), line('b').size());
    QCOMPARE(contentsOf(u"log"_s), line('a') + line('b'));
}

// Peers can use up the file descriptors. The writer tries again each second.
void tst_AuditRotation::keepsFormerFilesIfNoneCanBeCreated()
{
    for (const char letter : {'a', 'b', 'c'})
        rotate(letter, 3);
    Problem problem;
    QCOMPARE(m_file.append(line('d'), &problem), line('d').size());
    {
        const DescriptorLimit noDescriptors(0);
        for (int attempt = 0; attempt < 3; ++attempt) {
            problem = m_file.rotate(3);
            QVERIFY2(problem.text().contains(u"cannot be opened"_s), qPrintable(problem.text()));
        }
        QCOMPARE(m_file.append(line('e'), &problem), line('e').size());
    }
    QCOMPARE(contentsOf(u"log.1"_s), line('d') + line('e'));
    QCOMPARE(contentsOf(u"log.2"_s), line('c'));
    QCOMPARE(contentsOf(u"log.3"_s), line('b'));
    problem = m_file.rotate(3);
    QVERIFY2(!problem, qPrintable(problem.text()));
    QCOMPARE(contentsOf(u"log"_s), QByteArray());
    QCOMPARE(contentsOf(u"log.1"_s), line('d') + line('e'));
    QCOMPARE(contentsOf(u"log.3"_s), line('b'));
}

void tst_AuditRotation::locksTheNewFile()
{
    rotate('a', 1);
    AuditFile other;
    QVERIFY(other.open(path(u"log"_s)));
    QVERIFY(!other.open(path(u"log.1"_s)));
}

QTEST_APPLESS_MAIN(tst_AuditRotation)
#include "tst_auditrotation.moc"
