// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificatewriter.h"

#include "fileopenings.h"
#include "filetest.h"

#include <QtCore/qfile.h>
#include <QtCore/qlockfile.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#ifdef Q_OS_LINUX
#    include <sys/syscall.h>
#    include <unistd.h>
#endif

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

CertificateData certificate(char key = 1)
{
    CertificateData data;
    std::fill(data.publicKey.begin(), data.publicKey.end(), key);
    return data;
}

CertificateData withSecret(char key)
{
    CertificateData data = certificate(key);
    SecretArray<CurveKeySize> secret;
    std::fill_n(secret.data(), CurveKeySize, static_cast<uchar>(key));
    data.secretKey = std::move(secret);
    return data;
}

int renames = 0; // since the test began
int firstFailure = 0;
int lastFailure = 0;

} // namespace

#ifdef Q_OS_LINUX
// Replaces the function of the C library that moves a prepared file over the previous one.
extern "C" Q_DECL_EXPORT int renameat(int fromDirectory, const char *from, int toDirectory,
                                      const char *to) noexcept
{
    ++renames;
    if (renames >= firstFailure && renames <= lastFailure) {
        errno = EIO;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_renameat2, fromDirectory, from, toDirectory, to, 0));
}
#endif

// Tests programs that write the same certificate at the same time, and failures between its files.
class tst_CertificateWriter : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void waitsForAnotherProgram();
    void reportsAnotherProgramThatTakesTooLong();
    void restoresBothFilesIfOneCannotBeWritten_data();
    void restoresBothFilesIfOneCannotBeWritten();
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

void tst_CertificateWriter::restoresBothFilesIfOneCannotBeWritten_data()
{
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("last");
    QTest::addColumn<QString>("file");
    QTest::addColumn<bool>("isRestored");
    QTest::newRow("the secret file") << 1 << 1 << u"alice.key_secret"_s << true;
    QTest::newRow("the public file") << 2 << 2 << u"alice.key"_s << true;
    QTest::newRow("the public file, and nothing later") << 2 << 3 << u"alice.key"_s << false;
}

void tst_CertificateWriter::restoresBothFilesIfOneCannotBeWritten()
{
#ifdef Q_OS_LINUX
    QFETCH(const int, first);
    QFETCH(const int, last);
    QFETCH(const QString, file);
    QFETCH(const bool, isRestored);
    const auto write = [this](char key) {
        return writeCertificate(withSecret(key), path(), u"alice"_s, FileWriter::Existing::Replace);
    };
    firstFailure = lastFailure = 0;
    QCOMPARE(write(1), Problem());
    const QByteArray publicText = contentsOf(u"alice.key"_s);
    const QByteArray secretText = contentsOf(u"alice.key_secret"_s);

    renames = 0;
    firstFailure = first;
    lastFailure = last;
    const Problem problem = write(2);
    QVERIFY2(problem.text().startsWith(path(file) + u": cannot be written"_s),
             qPrintable(problem.text()));
    QCOMPARE(contentsOf(u"alice.key"_s), publicText);
    if (isRestored) {
        QCOMPARE(contentsOf(u"alice.key_secret"_s), secretText);
        QCOMPARE(names().size(), 2);
    } else {
        // The old file remains, under the name that the text gives.
        const QString marker =
            u"the previous file cannot be restored, and is now "_s + path() + u'/';
        const qsizetype name = problem.text().indexOf(marker) + marker.size();
        QVERIFY2(name > marker.size(), qPrintable(problem.text()));
        QCOMPARE(contentsOf(problem.text().mid(name)), secretText);
        QCOMPARE(names().size(), 3);
    }

    firstFailure = lastFailure = 0;
    QCOMPARE(write(2), Problem());
#else
    QSKIP("The failing function replaces one that only Linux has");
#endif
}

QTEST_GUILESS_MAIN(tst_CertificateWriter)
#include "tst_certificatewriter.moc"
