// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfileeditor.h"
#include "credentials/passwords/passwordfilelock.h"

#include <QZap/qzappasswordfile.h>

#include "fileopenings.h"
#include "filetest.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qfile.h>
#include <QtCore/qlockfile.h>
#include <QtTest/qtest.h>

#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// The name of the password file of these tests.
const auto Users = u"users"_s;

// Returns an edit that adds one user.
std::function<QString(QZapPasswordFile *)> adding(const QString &user)
{
    return [user](QZapPasswordFile *passwords) {
        QString problem;
        passwords->setPassword(user, "x", QZapPasswordFile::Format::Plain, &problem);
        return problem;
    };
}

// Makes a lock file old enough for this program to take it over if it has no owner, but younger
// than the 30 seconds after which QLockFile does so by default.
void makeOld(const QString &name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly)
        || !file.setFileTime(QDateTime::currentDateTime().addSecs(-5),
                             QFileDevice::FileModificationTime)) {
        qFatal("cannot set the time of a file");
    }
}

} // namespace

class tst_PasswordEditor : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void createsAPrivateFile();
    void addsToAFile();
    void savesNothingAfterAProblem();
    void refusesWhatIsNotAFile();
    void reportsAMissingDirectory();
    void keepsAllEditsOfEditorsAtOnce();
    void keepsAllEditsOfEditorsByALink();
    void releasesTheLockAfterAnException();
    void takesOverTheLockOfAKilledEditor();
    void waitsForALockOfAnyAge();
    void reportsALockThatIsNotReleased();

private:
    static void editAtOnce(const QStringList &files);
};

void tst_PasswordEditor::createsAPrivateFile()
{
    QCOMPARE(editPasswordFile(path(Users), adding(u"alice"_s)), Problem());
    QCOMPARE(contentsOf(Users), "alice=x\n");
    QCOMPARE(modeOf(Users), 0600);
}

void tst_PasswordEditor::addsToAFile()
{
    QCOMPARE(editPasswordFile(path(Users), adding(u"alice"_s)), Problem());
    QCOMPARE(editPasswordFile(path(Users), adding(u"bob"_s)), Problem());
    QCOMPARE(contentsOf(Users), "alice=x\nbob=x\n");
    // The lock file was removed as well.
    QCOMPARE(names(), QStringList(Users));
}

void tst_PasswordEditor::savesNothingAfterAProblem()
{
    QCOMPARE(editPasswordFile(path(Users),
                              [](QZapPasswordFile *passwords) {
                                  adding(u"alice"_s)(passwords);
                                  return Problem(u"not today"_s);
                              }),
             Problem(u"not today"_s));
    QVERIFY(!QFile::exists(path(Users)));
    QVERIFY(editPasswordFile(path(Users), adding(u"anonymous"_s))
                .text()
                .startsWith(u"the user name"_s));
    QVERIFY(!QFile::exists(path(Users)));
}

void tst_PasswordEditor::refusesWhatIsNotAFile()
{
    makeDirectory(Users);
    bool called = false;
    const Problem problem = editPasswordFile(path(Users), [&](QZapPasswordFile *) {
        called = true;
        return Problem();
    });
    QVERIFY2(problem.text().startsWith(path(Users) + u": a directory"_s),
             qPrintable(problem.text()));
    QVERIFY(!called);
}

void tst_PasswordEditor::reportsAMissingDirectory()
{
    const QString file = path(u"missing/users"_s);
    const QString problem = editPasswordFile(file, adding(u"alice"_s)).text();
    QVERIFY2(problem.startsWith(file + u": cannot be written: there is no such directory"_s),
             qPrintable(problem));
}

// All names refer to the same file.
void tst_PasswordEditor::editAtOnce(const QStringList &files)
{
    constexpr int Edits = 4;
    std::vector<QStringList> problems(static_cast<std::size_t>(files.size()));
    std::vector<std::thread> editors;
    for (qsizetype i = 0; i < files.size(); ++i) {
        editors.emplace_back([&, i] {
            for (int edit = 0; edit < Edits; ++edit) {
                problems[static_cast<std::size_t>(i)] +=
                    editPasswordFile(files[i], adding(u"%1-%2"_s.arg(i).arg(edit))).text();
            }
        });
    }
    for (std::thread &editor : editors)
        editor.join();
    for (const QStringList &list : problems)
        QCOMPARE(list.join(QString()), QString());
    const auto passwords = QZapPasswordFile::load(files.first());
    QVERIFY(passwords);
    QCOMPARE(passwords->users().size(), files.size() * Edits);
}

void tst_PasswordEditor::keepsAllEditsOfEditorsAtOnce()
{
    editAtOnce({path(Users), path(Users), path(Users)});
}

void tst_PasswordEditor::keepsAllEditsOfEditorsByALink()
{
    makeDirectory(u"target"_s);
    QCOMPARE(editPasswordFile(path(u"target/users"_s), adding(u"0-0"_s)), Problem());
    link(u"target/users"_s, u"link"_s);
    editAtOnce({path(u"link"_s), path(u"target/users"_s)});
}

void tst_PasswordEditor::releasesTheLockAfterAnException()
{
    const auto edit = [](QZapPasswordFile *) -> Problem { throw std::runtime_error("no"); };
    QVERIFY_THROWS_EXCEPTION(std::runtime_error,
                             static_cast<void>(editPasswordFile(path(Users), edit)));
    QVERIFY(!QFile::exists(path(Users)));
    // The lock was released.
    QCOMPARE(editPasswordFile(path(Users), adding(u"alice"_s)), Problem());
}

void tst_PasswordEditor::takesOverTheLockOfAKilledEditor()
{
    write(u".users.lock"_s, {}); // a lock file into which nothing was written yet
    makeOld(path(u".users.lock"_s));
    QCOMPARE(editPasswordFile(path(Users), adding(u"alice"_s)), Problem());
    QCOMPARE(names(), QStringList(Users));
}

void tst_PasswordEditor::waitsForALockOfAnyAge()
{
#ifdef Q_OS_LINUX
    QLockFile lock(path(u".users.lock"_s));
    QVERIFY(lock.lock());
    makeOld(lock.fileName());
    FileOpenings tries(lock.fileName());
    Problem problem(u"none yet"_s);
    std::thread editor([&] { problem = editPasswordFile(path(Users), adding(u"alice"_s)); });
    // An attempt opens the lock file at most three times: twice to find out its owner, and once to
    // take it over.
    const bool triedAgain = tries.waitFor(4);
    const bool waited = !QFile::exists(path(Users));
    lock.unlock();
    editor.join();
    QVERIFY(triedAgain);
    QVERIFY(waited);
    QCOMPARE(problem, Problem());
#else
    QSKIP("Tries are not seen here");
#endif
}

void tst_PasswordEditor::reportsALockThatIsNotReleased()
{
    QLockFile lock(path(u".users.lock"_s));
    QVERIFY(lock.lock());
    bool isCalled = false;
    const auto work = [&] {
        isCalled = true;
        return Problem();
    };
    const Problem problem = withPasswordFileLock(path(Users), work, 0);
    QVERIFY2(problem.text().startsWith(path(Users) + u": another program is editing this"_s),
             qPrintable(problem.text()));
    QVERIFY(!isCalled);
    lock.unlock();
    QCOMPARE(withPasswordFileLock(path(Users), work, 0), Problem());
    QVERIFY(isCalled);
}

QTEST_GUILESS_MAIN(tst_PasswordEditor)
#include "tst_passwordeditor.moc"
