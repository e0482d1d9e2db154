// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfileeditor.h"

#include <QZap/qzappasswordfile.h>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qlockfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <memory>
#include <stdexcept>
#include <sys/stat.h>
#include <thread>
#include <vector>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// An edit that adds one user.
std::function<QString(QZapPasswordFile *)> adding(const QString &user)
{
    return [user](QZapPasswordFile *passwords) {
        QString problem;
        passwords->setPassword(user, "x", QZapPasswordFile::Format::Plain, &problem);
        return problem;
    };
}

} // namespace

class tst_PasswordEditor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void newFile();
    void existingFile();
    void nothingIsSaved();
    void cannotBeRead();
    void cannotBeWritten();
    void editorsAtOnce();
    void editorsByALinkAtOnce();
    void editThatThrows();
    void lockOfAKilledEditorIsTakenOver();
    void lockThatIsHeldForLong();

private:
    QString path(const QString &name = u"users"_s) const { return m_directory->filePath(name); }
    QByteArray contentsOf(const QString &name = u"users"_s) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void editAtOnce(const QStringList &files);

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_PasswordEditor::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void tst_PasswordEditor::newFile()
{
    QCOMPARE(editPasswordFile(path(), adding(u"alice"_s)), Problem());
    QCOMPARE(contentsOf(), "alice=x\n");
    struct stat status = {};
    QCOMPARE(::stat(qPrintable(path()), &status), 0);
    QCOMPARE(status.st_mode & 07777, 0600U);
}

void tst_PasswordEditor::existingFile()
{
    QCOMPARE(editPasswordFile(path(), adding(u"alice"_s)), Problem());
    QCOMPARE(editPasswordFile(path(), adding(u"bob"_s)), Problem());
    QCOMPARE(contentsOf(), "alice=x\nbob=x\n");
    // The lock was removed as well.
    QCOMPARE(QDir(m_directory->path()).entryList(QDir::Files | QDir::Hidden),
             QStringList(u"users"_s));
}

void tst_PasswordEditor::nothingIsSaved()
{
    QCOMPARE(editPasswordFile(path(),
                              [](QZapPasswordFile *passwords) {
                                  adding(u"alice"_s)(passwords);
                                  return Problem(u"not today"_s);
                              }),
             Problem(u"not today"_s));
    QVERIFY(!QFile::exists(path()));
    QVERIFY(editPasswordFile(path(), adding(u"anonymous"_s)).text().startsWith(u"the user name"_s));
    QVERIFY(!QFile::exists(path()));
}

void tst_PasswordEditor::cannotBeRead()
{
    QVERIFY(QDir().mkdir(path()));
    bool called = false;
    const Problem problem = editPasswordFile(path(), [&](QZapPasswordFile *) {
        called = true;
        return Problem();
    });
    QVERIFY2(problem.text().startsWith(path() + u": a directory"_s), qPrintable(problem.text()));
    QVERIFY(!called);
}

void tst_PasswordEditor::cannotBeWritten()
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

void tst_PasswordEditor::editorsAtOnce()
{
    editAtOnce({path(), path(), path()});
}

void tst_PasswordEditor::editorsByALinkAtOnce()
{
    QVERIFY(QDir(m_directory->path()).mkdir(u"target"_s));
    QCOMPARE(editPasswordFile(path(u"target/users"_s), adding(u"0-0"_s)), Problem());
    QVERIFY(QFile::link(u"target/users"_s, path(u"link"_s)));
    editAtOnce({path(u"link"_s), path(u"target/users"_s)});
}

void tst_PasswordEditor::editThatThrows()
{
    const auto edit = [](QZapPasswordFile *) -> Problem { throw std::runtime_error("no"); };
    QVERIFY_THROWS_EXCEPTION(std::runtime_error, static_cast<void>(editPasswordFile(path(), edit)));
    QVERIFY(!QFile::exists(path()));
    // The lock was released.
    QCOMPARE(editPasswordFile(path(), adding(u"alice"_s)), Problem());
}

void tst_PasswordEditor::lockOfAKilledEditorIsTakenOver()
{
    // Before anything was written to it.
    QFile lock(path(u".users.lock"_s));
    QVERIFY(lock.open(QIODevice::WriteOnly));
    lock.close();
    QCOMPARE(editPasswordFile(path(), adding(u"alice"_s)), Problem());
    QVERIFY(!lock.exists());
}

void tst_PasswordEditor::lockThatIsHeldForLong()
{
    QLockFile lock(path(u".users.lock"_s));
    QVERIFY(lock.lock());
    Problem problem(u"none yet"_s);
    std::thread editor([&] { problem = editPasswordFile(path(), adding(u"alice"_s)); });
    QTest::qWait(2500);
    const bool waited = !QFile::exists(path());
    lock.unlock();
    editor.join();
    QVERIFY(waited);
    QCOMPARE(problem, Problem());
}

QTEST_GUILESS_MAIN(tst_PasswordEditor)
#include "tst_passwordeditor.moc"
