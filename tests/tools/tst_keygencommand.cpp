// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "commandrun.h"

#include <QZap/QZapCertificate>

#include <QtCore/qdir.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <memory>
#include <sys/stat.h>

using namespace Qt::StringLiterals;

class tst_KeygenCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void makesAPair();
    void currentDirectory();
    void metadata();
    void existingFiles_data();
    void existingFiles();
    void refused_data();
    void refused();
    void outputThatCannotBeWritten();
    void warnsOfNamesThatAreNotRead_data();
    void warnsOfNamesThatAreNotRead();

private:
    QString path(const QString &name) const { return m_directory->filePath(name); }
    CommandRun keygen(const QStringList &arguments) const
    {
        return CommandRun::of(QStringList{u"keygen"_s, u"--directory"_s, m_directory->path()}
                              + arguments);
    }
    static uint modeOf(const QString &file)
    {
        struct stat status = {};
        return ::stat(qPrintable(file), &status) == 0 ? status.st_mode & 07777U : 0U;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_KeygenCommand::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void tst_KeygenCommand::makesAPair()
{
    const CommandRun run = keygen({u"alice"_s});
    QVERIFY2(run.exitCode == 0 && run.errors.isEmpty(), run.text().constData());
    const auto loaded = QZapCertificate::load(path(u"alice.key"_s));
    const auto secret = QZapCertificate::load(path(u"alice.key_secret"_s));
    QVERIFY(loaded && !loaded->hasSecretKey());
    QVERIFY(secret && secret->hasSecretKey());
    QCOMPARE(loaded->publicKey(), secret->publicKey());
    QCOMPARE(run.output, path(u"alice.key"_s) + u'\n' + path(u"alice.key_secret"_s) + u'\n'
                             + loaded->publicKeyText() + u'\n');
    QVERIFY(!run.output.contains(QString::fromLatin1(secret->secretKeyText())));
    QCOMPARE(modeOf(path(u"alice.key_secret"_s)), 0600U);
    // No other file remains, such as a lock file.
    QCOMPARE(QDir(m_directory->path()).entryList(QDir::Files | QDir::Hidden).size(), 2);
}

void tst_KeygenCommand::currentDirectory()
{
    QProcess process;
    process.setWorkingDirectory(m_directory->path());
    const CommandRun run = CommandRun::of(&process, {u"keygen"_s, u"alice"_s});
    QVERIFY2(run.exitCode == 0 && run.output.startsWith(u"./alice.key\n"_s),
             run.text().constData());
    QVERIFY(QFileInfo::exists(path(u"alice.key"_s)));
}

void tst_KeygenCommand::metadata()
{
    const CommandRun run =
        keygen({u"alice"_s, u"--metadata"_s, u"name=Zo\u00eb = 'Z'"_s, u"-m"_s, u"empty="_s});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    const QMap<QString, QString> expected{{u"name"_s, u"Zo\u00eb = 'Z'"_s}, {u"empty"_s, u""_s}};
    for (const QString &name : {u"alice.key"_s, u"alice.key_secret"_s}) {
        const auto certificate = QZapCertificate::load(path(name));
        QVERIFY(certificate);
        QCOMPARE(certificate->metadata(), expected);
    }
}

void tst_KeygenCommand::existingFiles_data()
{
    QTest::addColumn<QString>("removed");
    QTest::newRow("both are there") << QString();
    QTest::newRow("public") << u"alice.key_secret"_s;
    QTest::newRow("secret") << u"alice.key"_s;
}

void tst_KeygenCommand::existingFiles()
{
    QFETCH(const QString, removed);
    QVERIFY(QZapCertificate::generate().save(m_directory->path(), u"alice"_s));
    const QString kept = path(removed == u"alice.key"_s ? u"alice.key_secret"_s : u"alice.key"_s);
    if (!removed.isEmpty())
        QVERIFY(QFile::remove(path(removed)));
    const auto before = QZapCertificate::load(kept);
    QVERIFY(before);

    CommandRun run = keygen({u"alice"_s});
    QVERIFY2(run.exitCode == 3 && run.errors.contains(kept) && run.errors.contains(u"--force"_s)
                 && run.output.isEmpty(),
             run.text().constData());
    QCOMPARE(QZapCertificate::load(kept), before);
    if (!removed.isEmpty())
        QVERIFY(!QFileInfo::exists(path(removed)));

    QCOMPARE(::chmod(qPrintable(kept), 0644), 0);
    run = keygen({u"alice"_s, u"--force"_s});
    QVERIFY2(run.exitCode == 0, run.text().constData());
    const auto after = QZapCertificate::load(kept);
    QVERIFY(after && after->publicKey() != before->publicKey());
    QCOMPARE(modeOf(path(u"alice.key_secret"_s)), 0600U);
    QCOMPARE(modeOf(path(u"alice.key"_s)), 0644U);
}

void tst_KeygenCommand::refused_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("exitCode");
    QTest::addColumn<QString>("said");

    const auto addMetadata = [](const char *name, const QString &field, const QString &said) {
        QTest::newRow(name) << QStringList{u"alice"_s, u"--metadata="_s + field} << 2 << said;
    };
    addMetadata("metadata without =", u"name"_s, u"'name': no '='"_s);
    addMetadata("metadata without a name", u"=x"_s, u"empty"_s);
    addMetadata("metadata with a bad name", u"na me=x"_s, u"consists of"_s);
    addMetadata("metadata with a key's name", u"secret-key=x"_s, u"secret-key"_s);
    addMetadata("metadata with a line break", u"name=x\ny"_s, u"control characters"_s);
    addMetadata("metadata with a quote", u"name=\"x\""_s, u"double quote"_s);
    addMetadata("metadata that is too long", u"name="_s + QString(1024, u'x'), u"1024"_s);
    QTest::newRow("a name twice") << QStringList{u"alice"_s, u"-m"_s, u"a=1"_s, u"-m"_s, u"a=2"_s}
                                  << 2 << u"'a=2'"_s;
    QTest::newRow("leaves the directory") << QStringList{u"../x"_s} << 2 << u"NAME"_s;
    QTest::newRow("absolute") << QStringList{u"/tmp/x"_s} << 2 << u"slashes"_s;
    QTest::newRow("hidden") << QStringList{u".x"_s} << 2 << u"'.'"_s;
    QTest::newRow("control character") << QStringList{u"a\nb"_s} << 2 << u"control"_s;
    QTest::newRow("no such directory")
        << QStringList{u"alice"_s, u"--directory=/nowhere"_s} << 3 << u"/nowhere: no such"_s;
    QTest::newRow("a file for a directory")
        << QStringList{u"alice"_s, u"--directory=/dev/null"_s} << 3 << u"/dev/null"_s;
    QTest::newRow("a name too long for the file system")
        << QStringList{QString(255, u'x')} << 3 << u"cannot be written"_s;
}

void tst_KeygenCommand::refused()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const int, exitCode);
    QFETCH(const QString, said);
    const CommandRun run = keygen(arguments);
    QVERIFY2(run.exitCode == exitCode && run.errors.contains(said) && run.output.isEmpty(),
             run.text().constData());
    QVERIFY(QDir(m_directory->path()).isEmpty());
}

void tst_KeygenCommand::outputThatCannotBeWritten()
{
    for (const char *redirection : {">/dev/full", ">&-"}) {
        const CommandRun run = CommandRun::ofShell(u"exec \"$0\" keygen alice --force -d \"$1\" "_s
                                                       + QString::fromLatin1(redirection),
                                                   {m_directory->path()});
        QVERIFY2(run.exitCode == 3 && run.errors.contains(u"standard output"_s),
                 run.text().constData());
        QVERIFY(QZapCertificate::load(path(u"alice.key_secret"_s)));
    }
}

void tst_KeygenCommand::warnsOfNamesThatAreNotRead_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isNeverRead");
    QTest::newRow("a package's") << u"alice.dpkg-new"_s << true;
    QTest::newRow("with the ending") << u"alice.key"_s << true;
    QTest::newRow("copy") << u"alice (copy)"_s << true;
    QTest::newRow("secret in a name") << u"top_secret_lab"_s << false;
    QTest::newRow("backup in a name") << u"alice.bak"_s << false;
}

void tst_KeygenCommand::warnsOfNamesThatAreNotRead()
{
    QFETCH(const QString, name);
    QFETCH(const bool, isNeverRead);
    const CommandRun run = keygen({name});
    QVERIFY2(run.exitCode == 0
                 && run.errors.contains(u"not read from a key directory"_s) == isNeverRead,
             run.text().constData());
}

QTEST_GUILESS_MAIN(tst_KeygenCommand)

#include "tst_keygencommand.moc"
