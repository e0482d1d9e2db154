// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificatewriter.h"

#include "fileopenings.h"
#include "filetest.h"

#include <QtCore/qfile.h>
#include <QtCore/qlockfile.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <thread>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

CertificateData certificate()
{
    CertificateData data;
    std::fill(data.publicKey.begin(), data.publicKey.end(), uchar{1});
    return data;
}

} // namespace

// Tests programs that write the same certificate at the same time.
class tst_CertificateWriter : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void waitsForAnotherProgram();
    void reportsAnotherProgramThatTakesTooLong();
};

void tst_CertificateWriter::waitsForAnotherProgram()
{
#ifdef Q_OS_LINUX
    QLockFile lock(path(u".alice.key.lock"_s));
    QVERIFY(lock.tryLock(0));
    FileOpenings tries(lock.fileName());
    Problem problem(u"none yet"_s);
    std::thread writer([&] {
        problem = writeCertificate(certificate(), path(), u"alice"_s, FileWriter::Existing::Refuse,
                                   60'000);
    });
    const bool triedAgain = tries.waitFor(2);
    const bool waited = !QFile::exists(path(u"alice.key"_s));
    lock.unlock();
    writer.join();
    QVERIFY(triedAgain);
    QVERIFY(waited);
    QCOMPARE(problem, Problem());
    QCOMPARE(names(), QStringList{u"alice.key"_s});
#else
    QSKIP("Tries are not seen here");
#endif
}

void tst_CertificateWriter::reportsAnotherProgramThatTakesTooLong()
{
    QLockFile lock(path(u".alice.key.lock"_s));
    QVERIFY(lock.tryLock(0));
    const Problem problem =
        writeCertificate(certificate(), path(), u"alice"_s, FileWriter::Existing::Refuse, 0);
    QVERIFY2(problem.text().startsWith(path(u"alice.key"_s) + u": another program is saving"_s),
             qPrintable(problem.text()));
    QVERIFY(!QFile::exists(path(u"alice.key"_s)));
    lock.unlock();
    QCOMPARE(writeCertificate(certificate(), path(), u"alice"_s, FileWriter::Existing::Refuse, 0),
             Problem());
}

QTEST_GUILESS_MAIN(tst_CertificateWriter)
#include "tst_certificatewriter.moc"
