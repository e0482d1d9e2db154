// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapCertificate>

#include "filetest.h"

#include <QtCore/qdir.h>
#include <QtTest/qtest.h>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace {

const QByteArray PublicText("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
const QByteArray SecretText("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");

} // namespace

// Tests loading and saving certificates.
class tst_QZapCertificateFiles : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void loadsWhatItSaves();
    void savesAPublicKeyAlone();
    void saveRefusesNamesAndDirectories_data();
    void saveRefusesNamesAndDirectories();
    void saveKeepsExistingFiles_data();
    void saveKeepsExistingFiles();
    void saveOverwrites_data();
    void saveOverwrites();
    void saveWritesBothOrNothing();
    void saveKeepsThePairMatching();
    void saveRefusesMetadataThatCannotBeWritten();
    void loadRefusesWhatIsNotACertificate_data();
    void loadRefusesWhatIsNotACertificate();
    void loadRefusesWhatIsNotAFile_data();
    void loadRefusesWhatIsNotAFile();
    void loadRefusesAnEmptyName();
    void loadWarnsOfModes_data();
    void loadWarnsOfModes();
    void loadSkipsBadMetadata();
    void loadWarnsOfKeysThatDoNotMatch();
};

void tst_QZapCertificateFiles::loadsWhatItSaves()
{
    QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.setMetadata(u"name"_s, u"Zoë # 'Z' = 🔑"_s));
    const mode_t umask = ::umask(0022);
    QString error = u"before"_s;
    QVERIFY2(certificate.save(path(), u"zoë %1"_s, {}, &error), qPrintable(error));
    ::umask(umask);
    QVERIFY(error.isEmpty());
    QCOMPARE(names(), (QStringList{u"zoë %1.key"_s, u"zoë %1.key_secret"_s}));
    QCOMPARE(modeOf(u"zoë %1.key"_s), 0644);
    QCOMPARE(modeOf(u"zoë %1.key_secret"_s), 0600);
    QVERIFY(!contentsOf(u"zoë %1.key"_s).contains(certificate.secretKeyText()));

    const auto secret = QZapCertificate::load(path(u"zoë %1.key_secret"_s), &error);
    QVERIFY2(secret, qPrintable(error));
    QCOMPARE(*secret, certificate);
    const auto loaded = QZapCertificate::load(path(u"zoë %1.key"_s), &error);
    QVERIFY2(loaded, qPrintable(error));
    QVERIFY(!loaded->hasSecretKey());
    QCOMPARE(loaded->publicKey(), certificate.publicKey());
    QCOMPARE(loaded->metadata(), certificate.metadata());
}

void tst_QZapCertificateFiles::savesAPublicKeyAlone()
{
    const auto certificate = QZapCertificate::fromPublicKey(PublicText);
    QVERIFY(certificate);
    QVERIFY(certificate->save(path() + u'/', u"server"_s));
    QCOMPARE(names(), QStringList{u"server.key"_s});
    QCOMPARE(*QZapCertificate::load(path(u"server.key"_s)), *certificate);
}

void tst_QZapCertificateFiles::saveRefusesNamesAndDirectories_data()
{
    QTest::addColumn<QString>("directory");
    QTest::addColumn<QString>("name");

    QTest::newRow("name: empty") << u"d"_s << u""_s;
    QTest::newRow("name: leaves the directory") << u"d"_s << u"../x"_s;
    QTest::newRow("name: absolute") << u"d"_s << u"/x"_s;
    QTest::newRow("name: in a sub-directory") << u"d"_s << u"sub/x"_s;
    QTest::newRow("name: a dot") << u"d"_s << u"."_s;
    QTest::newRow("name: two dots") << u"d"_s << u".."_s;
    QTest::newRow("name: hidden") << u"d"_s << u".x"_s;
    QTest::newRow("name: NUL") << u"d"_s << u"x\0y"_s;
    QTest::newRow("name: line break") << u"d"_s << u"x\ny"_s;
    QTest::newRow("name: backslash") << u"d"_s << u"..\\x"_s;
    QTest::newRow("name: too long") << u"d"_s << QString(250, u'x');
    QTest::newRow("directory: empty") << u""_s << u"x"_s;
    QTest::newRow("directory: missing") << u"missing"_s << u"x"_s;
    QTest::newRow("directory: a file") << u"file"_s << u"x"_s;
    QTest::newRow("directory: NUL") << u"d\0"_s << u"x"_s;
}

void tst_QZapCertificateFiles::saveRefusesNamesAndDirectories()
{
    QFETCH(const QString, directory);
    QFETCH(const QString, name);

    makeDirectory(u"d/sub"_s);
    write(u"file"_s, "x");
    QString error;
    const QString where = directory.isEmpty() ? directory : path(directory);
    for (const auto options :
         {QZapCertificate::SaveOptions(),
          QZapCertificate::SaveOptions(QZapCertificate::SaveOption::Overwrite)}) {
        QVERIFY(!QZapCertificate::generate().save(where, name, options, &error));
        QVERIFY(!error.isEmpty());
    }
    QCOMPARE(names(), (QStringList{u"d"_s, u"file"_s}));
    QCOMPARE(QDir(path(u"d"_s)).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
             QStringList{u"sub"_s});
    QVERIFY(QDir(path(u"d/sub"_s)).isEmpty());
}

void tst_QZapCertificateFiles::saveKeepsExistingFiles_data()
{
    QTest::addColumn<QString>("existing");

    QTest::newRow("public file") << u"alice.key"_s;
    QTest::newRow("secret file") << u"alice.key_secret"_s;
}

void tst_QZapCertificateFiles::saveKeepsExistingFiles()
{
    QFETCH(const QString, existing);

    write(existing, "precious");
    QString error;
    QVERIFY(!QZapCertificate::generate().save(path(), u"alice"_s, {}, &error));
    QVERIFY2(error.startsWith(path(existing) + ": exists already"_L1), qPrintable(error));
    QCOMPARE(names(), QStringList{existing});
    QCOMPARE(contentsOf(existing), "precious");
}

void tst_QZapCertificateFiles::saveOverwrites_data()
{
    QTest::addColumn<int>("publicMode");
    QTest::addColumn<int>("secretMode");

    QTest::newRow("a secret that everyone could read becomes 0600") << 0644 << 0644;
    QTest::newRow("a secret that a group could read becomes 0600") << 0640 << 0640;
    QTest::newRow("a secret of mode 0400 becomes 0600") << 0640 << 0400;
    QTest::newRow("a public certificate keeps 0600") << 0600 << 0600;
    QTest::newRow("a public certificate keeps 0664") << 0664 << 0600;
}

void tst_QZapCertificateFiles::saveOverwrites()
{
    QFETCH(const int, publicMode);
    QFETCH(const int, secretMode);

    QVERIFY(QZapCertificate::generate().save(path(), u"alice"_s));
    setMode(u"alice.key"_s, static_cast<mode_t>(publicMode));
    setMode(u"alice.key_secret"_s, static_cast<mode_t>(secretMode));
    const QZapCertificate other = QZapCertificate::generate();
    QString error;
    QVERIFY2(other.save(path(), u"alice"_s, QZapCertificate::SaveOption::Overwrite, &error),
             qPrintable(error));
    QCOMPARE(modeOf(u"alice.key"_s), publicMode);
    QCOMPARE(modeOf(u"alice.key_secret"_s), 0600);
    setMode(u"alice.key"_s, 0644); // no warning when it is read
    QCOMPARE(*QZapCertificate::load(path(u"alice.key_secret"_s)), other);
    QCOMPARE(QZapCertificate::load(path(u"alice.key"_s))->publicKey(), other.publicKey());
    QCOMPARE(names(), (QStringList{u"alice.key"_s, u"alice.key_secret"_s}));
}

void tst_QZapCertificateFiles::saveWritesBothOrNothing()
{
    // The public file cannot be written, so neither file is written.
    makeDirectory(u"alice.key"_s);
    QString error;
    const auto overwrite = QZapCertificate::SaveOption::Overwrite;
    QVERIFY(!QZapCertificate::generate().save(path(), u"alice"_s, overwrite, &error));
    QVERIFY2(error.startsWith(path(u"alice.key"_s)), qPrintable(error));
    QCOMPARE(names(), QStringList{u"alice.key"_s});

    write(u"alice.key_secret"_s, "precious");
    QVERIFY(!QZapCertificate::generate().save(path(), u"alice"_s, overwrite, &error));
    QCOMPARE(contentsOf(u"alice.key_secret"_s), "precious");
    QCOMPARE(names(), (QStringList{u"alice.key"_s, u"alice.key_secret"_s}));
}

void tst_QZapCertificateFiles::saveKeepsThePairMatching()
{
    const QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.save(path(), u"alice"_s));
    auto publicOnly = QZapCertificate::fromPublicKey(certificate.publicKeyText().toLatin1());
    QVERIFY(publicOnly->setMetadata(u"name"_s, u"Alice"_s));
    const auto overwrite = QZapCertificate::SaveOption::Overwrite;
    QVERIFY(publicOnly->save(path(), u"alice"_s, overwrite));
    QCOMPARE(*QZapCertificate::load(path(u"alice.key"_s)), *publicOnly);
    QCOMPARE(*QZapCertificate::load(path(u"alice.key_secret"_s)), certificate);

    // Saving would result in two files whose keys do not match.
    QString error;
    const auto other = QZapCertificate::fromPublicKey(PublicText);
    QVERIFY(!other->save(path(), u"alice"_s, overwrite, &error));
    QVERIFY2(error.startsWith(path(u"alice.key_secret"_s)), qPrintable(error));
    QCOMPARE(*QZapCertificate::load(path(u"alice.key"_s)), *publicOnly);
}

void tst_QZapCertificateFiles::saveRefusesMetadataThatCannotBeWritten()
{
    write(u"alice.key"_s, "metadata\n    name = Alice \"Al\" Smith\ncurve\n    public-key = \""
                              + PublicText + "\"\n");
    const auto certificate = QZapCertificate::load(path(u"alice.key"_s));
    QVERIFY(certificate);
    QCOMPARE(certificate->metadata().value(u"name"_s), u"Alice \"Al\" Smith"_s);
    QString error;
    QVERIFY(!certificate->save(path(), u"copy"_s, {}, &error));
    QVERIFY2(error.startsWith("the metadata \"name\" cannot be saved: "_L1), qPrintable(error));

    QZapCertificate large = QZapCertificate::generate();
    for (int i = 0; i < 100; ++i)
        QVERIFY(large.setMetadata(u"n"_s + QString::number(i), QString(1000, u'x')));
    QVERIFY(!large.save(path(), u"large"_s, {}, &error));
    QVERIFY2(error.contains("too much metadata"_L1), qPrintable(error));
    QCOMPARE(names(), QStringList{u"alice.key"_s});
}

void tst_QZapCertificateFiles::loadRefusesWhatIsNotACertificate_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::addColumn<QString>("error");

    QTest::newRow("no public-key")
        << QByteArray("metadata\n    name = x\n") << u":2: no section curve with a public-key"_s;
    QTest::newRow("bad key") << QByteArray("# x\ncurve\n    public-key = \"short\"\n")
                             << u":3: public-key has 5 characters, and a key has 40"_s;
    QTest::newRow("bad section") << QByteArray("[curve]\n")
                                 << u":1: neither a section nor an indented line of one; write "
                                    "sections without brackets"_s;
    QTest::newRow("too large") << QByteArray(65537, '#')
                               << u": larger than the maximum of 65536 bytes"_s;
}

void tst_QZapCertificateFiles::loadRefusesWhatIsNotACertificate()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, error);

    write(u"a %1.key"_s, contents);
    QString message;
    QVERIFY(!QZapCertificate::load(path(u"a %1.key"_s), &message));
    QCOMPARE(message, path(u"a %1.key"_s) + error);
    QVERIFY(!QZapCertificate::load(path(u"a %1.key"_s)));
}

void tst_QZapCertificateFiles::loadRefusesWhatIsNotAFile_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("error");

    QTest::newRow("no such file") << u"missing"_s << u": no such file"_s;
    QTest::newRow("directory") << u"directory"_s << u": a directory, not a file"_s;
    QTest::newRow("fifo") << u"fifo.key"_s << u": not a regular file"_s;
}

void tst_QZapCertificateFiles::loadRefusesWhatIsNotAFile()
{
    QFETCH(const QString, name);
    QFETCH(const QString, error);

    makeDirectory(u"directory"_s);
    makeFifo(u"fifo.key"_s);
    QString message;
    QVERIFY(!QZapCertificate::load(path(name), &message));
    QVERIFY2(message.startsWith(path(name) + error), qPrintable(message));
}

void tst_QZapCertificateFiles::loadRefusesAnEmptyName()
{
    QString message;
    QVERIFY(!QZapCertificate::load(QString(), &message));
    QVERIFY(!message.isEmpty());
}

void tst_QZapCertificateFiles::loadWarnsOfModes_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("directoryMode");
    QTest::addColumn<QString>("warning");

    QTest::newRow("secret: group reads")
        << u"a.key_secret"_s << 0640 << 0700 << u"a secret key that users other"_s;
    QTest::newRow("secret: everyone reads")
        << u"a.key_secret"_s << 0644 << 0755 << u"a secret key that users other"_s;
    QTest::newRow("secret: everyone writes")
        << u"a.key_secret"_s << 0666 << 0755 << u"a secret key that users other"_s;
    QTest::newRow("secret: owner only") << u"a.key_secret"_s << 0600 << 0755 << QString();
    QTest::newRow("public: everyone reads") << u"a.key"_s << 0644 << 0755 << QString();
    QTest::newRow("public: group writes") << u"a.key"_s << 0664 << 0755 << u"can write"_s;
    QTest::newRow("directory: everyone writes") << u"a.key"_s << 0644 << 0777 << u"can replace"_s;
    QTest::newRow("directory: sticky") << u"a.key"_s << 0644 << 01777 << QString();
}

void tst_QZapCertificateFiles::loadWarnsOfModes()
{
    QFETCH(const QString, file);
    QFETCH(const int, mode);
    QFETCH(const int, directoryMode);
    QFETCH(const QString, warning);

    const QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.save(path(), u"a"_s));
    setMode(file, static_cast<mode_t>(mode));
    setMode({}, static_cast<mode_t>(directoryMode));
    if (!warning.isEmpty()) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QRegularExpression::escape(path())
                                                              + u".*"_s + warning));
    }
    const auto loaded = QZapCertificate::load(path(file));
    QVERIFY(loaded);
    QCOMPARE(loaded->publicKey(), certificate.publicKey());
}

void tst_QZapCertificateFiles::loadSkipsBadMetadata()
{
    write(u"a.key"_s, "metadata\n    full name = Alice\n    mail = x\ncurve\n    public-key = \""
                          + PublicText + "\"\n");
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"a\\.key:2: skipped, as this metadata line "_s));
    const auto certificate = QZapCertificate::load(path(u"a.key"_s));
    QVERIFY(certificate);
    QCOMPARE(certificate->metadata(), (QMap<QString, QString>{{u"mail"_s, u"x"_s}}));
}

void tst_QZapCertificateFiles::loadWarnsOfKeysThatDoNotMatch()
{
    // The keys are those in libzmq's documentation, first as a matching pair.
    write(u"a.key_secret"_s,
          "curve\n    public-key = \"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID\"\n"
          "    secret-key = \"D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs\"\n");
    QVERIFY(QZapCertificate::load(path(u"a.key_secret"_s))->hasSecretKey());
    write(u"a.key_secret"_s,
          "curve\n    public-key = \"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID\"\n"
          "    secret-key = \""
              + SecretText + "\"\n");
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"does not match the public key"_s));
    QVERIFY(QZapCertificate::load(path(u"a.key_secret"_s))->hasSecretKey());
}

QTEST_GUILESS_MAIN(tst_QZapCertificateFiles)
#include "tst_qzapcertificatefiles.moc"
