// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapCertificate>

#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

// Tests that QZap reads the certificates of czmq and pyzmq, and that these read QZap's.
class tst_Certificates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void pyzmqReadsQZapCertificates();
    void qzapReadsPyzmqCertificates();
    void qzapReadsUnusualPyzmqFiles();
    void czmqReadsQZapCertificates();
    void qzapReadsCzmqCertificates();
    void qzapReadsPublicCzmqCertificates();
    void allReadEachOthersCertificates_data();
    void allReadEachOthersCertificates();

private:
    QString path(const QString &name = {}) const
    {
        return name.isEmpty() ? m_directory->path() : m_directory->filePath(name);
    }
    // Returns the lines that the program has written; empty if it failed.
    QStringList run(const QString &program, const QStringList &arguments) const;
    QStringList pyzmq(const QStringList &arguments) const;
    QStringList czmq(const QStringList &arguments) const;
    QStringList qzap(const QStringList &arguments) const;
    static bool hasPyzmq();
    static bool hasCzmq();
    static bool hasQzap();
    static QZapCertificate certificate();

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_Certificates::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

QStringList tst_Certificates::run(const QString &program, const QStringList &arguments) const
{
    QProcess process;
    process.setWorkingDirectory(path());
    process.start(program, arguments);
    if (!process.waitForFinished() || process.exitStatus() != QProcess::NormalExit
        || process.exitCode() != 0) {
        QTest::qFail(("failed: " + process.readAllStandardError()).constData(), __FILE__, __LINE__);
        return {};
    }
    return QString::fromUtf8(process.readAllStandardOutput()).split(u'\n', Qt::SkipEmptyParts);
}

bool tst_Certificates::hasPyzmq()
{
#ifdef QZAP_PYTHON
    return true;
#else
    return false;
#endif
}

bool tst_Certificates::hasCzmq()
{
#ifdef QZAP_CZMQ_PROGRAM
    return true;
#else
    return false;
#endif
}

bool tst_Certificates::hasQzap()
{
#ifdef QZAP_PROGRAM
    return true;
#else
    return false;
#endif
}

QStringList tst_Certificates::pyzmq(const QStringList &arguments) const
{
#ifdef QZAP_PYTHON
    return run(QStringLiteral(QZAP_PYTHON),
               QStringList{QStringLiteral(QZAP_PYZMQ_SCRIPT)} + arguments);
#else
    Q_UNUSED(arguments)
    return {};
#endif
}

QStringList tst_Certificates::czmq(const QStringList &arguments) const
{
#ifdef QZAP_CZMQ_PROGRAM
    return run(QStringLiteral(QZAP_CZMQ_PROGRAM), arguments);
#else
    Q_UNUSED(arguments)
    return {};
#endif
}

QStringList tst_Certificates::qzap(const QStringList &arguments) const
{
#ifdef QZAP_PROGRAM
    return run(QStringLiteral(QZAP_PROGRAM), arguments);
#else
    Q_UNUSED(arguments)
    return {};
#endif
}

QZapCertificate tst_Certificates::certificate()
{
    QZapCertificate result = QZapCertificate::generate();
    for (const auto &[name, value] :
         std::initializer_list<std::pair<QString, QString>>{{u"name"_s, u"Zoë # 'Z' = 🔑"_s},
                                                            {u"aZ09$_@.&+/-x"_s, u" blanks "_s},
                                                            {u"empty"_s, u""_s},
                                                            {u"long"_s, QString(1000, u'x')}}) {
        if (!result.setMetadata(name, value))
            return {};
    }
    return result;
}

void tst_Certificates::pyzmqReadsQZapCertificates()
{
    if (!hasPyzmq())
        QSKIP("built without pyzmq");
    // Several keys are used, since they contain '#' and other special characters by chance.
    for (int i = 0; i < 5; ++i) {
        const QZapCertificate ours = certificate();
        QVERIFY(ours.save(path(), QString::number(i)));
        const QString secret = QString::fromLatin1(ours.secretKeyText());
        QCOMPARE(pyzmq({u"load"_s, path(QString::number(i) + ".key"_L1)}),
                 (QStringList{ours.publicKeyText(), u"-"_s}));
        QCOMPARE(pyzmq({u"load"_s, path(QString::number(i) + ".key_secret"_L1)}),
                 (QStringList{ours.publicKeyText(), secret}));
    }
}

void tst_Certificates::qzapReadsPyzmqCertificates()
{
    if (!hasPyzmq())
        QSKIP("built without pyzmq");
    pyzmq({u"save"_s, path(), u"alice"_s, u"name=Alice Smith"_s, u"e-mail=alice@example.org"_s});
    QCOMPARE(::chmod(qPrintable(path(u"alice.key_secret"_s)), 0600), 0);

    QString error;
    const auto secret = QZapCertificate::load(path(u"alice.key_secret"_s), &error);
    QVERIFY2(secret, qPrintable(error));
    QCOMPARE(pyzmq({u"load"_s, path(u"alice.key_secret"_s)}),
             (QStringList{secret->publicKeyText(), QString::fromLatin1(secret->secretKeyText())}));
    QCOMPARE(secret->metadata(), (QMap<QString, QString>{{u"name"_s, u"Alice Smith"_s},
                                                         {u"e-mail"_s, u"alice@example.org"_s}}));
    const auto loaded = QZapCertificate::load(path(u"alice.key"_s), &error);
    QVERIFY2(loaded, qPrintable(error));
    QVERIFY(!loaded->hasSecretKey());
    QCOMPARE(loaded->publicKey(), secret->publicKey());
}

void tst_Certificates::qzapReadsUnusualPyzmqFiles()
{
    if (!hasPyzmq())
        QSKIP("built without pyzmq");
    // pyzmq writes any name, and any value without quotes; the mode of its secret file depends on
    // the umask.
    pyzmq({u"save"_s, path(), u"alice"_s, u"full name=Alice"_s, u"nick=\"Al\" A."_s, u"note="_s,
           u"quoted=\"x # y\""_s, u"commented=x # y"_s});
    QCOMPARE(::chmod(qPrintable(path(u"alice.key_secret"_s)), 0644), 0);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"key_secret:6: skipped"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"key_secret:7: skipped"_s));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"a secret key that users other"_s));
    QString error;
    const auto secret = QZapCertificate::load(path(u"alice.key_secret"_s), &error);
    QVERIFY2(secret, qPrintable(error));
    QCOMPARE(secret->metadata(),
             (QMap<QString, QString>{
                 {u"note"_s, u""_s}, {u"quoted"_s, u"x # y"_s}, {u"commented"_s, u"x"_s}}));
}

void tst_Certificates::czmqReadsQZapCertificates()
{
    if (!hasCzmq())
        QSKIP("built without czmq");
    for (int i = 0; i < 5; ++i) {
        const QZapCertificate ours = certificate();
        QVERIFY(ours.save(path(), QString::number(i)));
        QStringList fields;
        const QMap<QString, QString> metadata = ours.metadata();
        for (auto it = metadata.cbegin(); it != metadata.cend(); ++it)
            fields += it.key() + u'=' + it.value();

        const auto check = [&](const QString &file, const QString &secret) {
            QStringList lines = czmq({u"load"_s, file});
            QVERIFY(lines.size() >= 2);
            QCOMPARE(lines.takeFirst(), ours.publicKeyText());
            QCOMPARE(lines.takeFirst(), secret);
            lines.sort();
            fields.sort();
            QCOMPARE(lines, fields);
        };
        // czmq reads the secret file by the name of the public one, and without it the public one.
        const QString file = path(QString::number(i) + ".key"_L1);
        check(file, QString::fromLatin1(ours.secretKeyText()));
        QVERIFY(QFile::remove(file + "_secret"_L1));
        check(file, QString(40, u'0'));
    }
}

void tst_Certificates::qzapReadsCzmqCertificates()
{
    if (!hasCzmq())
        QSKIP("built without czmq");
    czmq({u"save"_s, path(u"alice.txt"_s), u"name=Alice # Smith"_s, u"empty="_s});
    QString error;
    const auto secret = QZapCertificate::load(path(u"alice.txt_secret"_s), &error);
    QVERIFY2(secret, qPrintable(error));
    const QStringList lines = czmq({u"load"_s, path(u"alice.txt"_s)});
    QCOMPARE(lines.value(0), secret->publicKeyText());
    QCOMPARE(lines.value(1).toLatin1(), secret->secretKeyText());
    const QMap<QString, QString> metadata{{u"name"_s, u"Alice # Smith"_s}, {u"empty"_s, u""_s}};
    QCOMPARE(secret->metadata(), metadata);
    const auto loaded = QZapCertificate::load(path(u"alice.txt"_s), &error);
    QVERIFY2(loaded, qPrintable(error));
    QVERIFY(!loaded->hasSecretKey());
    QCOMPARE(loaded->publicKey(), secret->publicKey());
    QCOMPARE(loaded->metadata(), metadata);
}

void tst_Certificates::qzapReadsPublicCzmqCertificates()
{
    if (!hasCzmq())
        QSKIP("built without czmq");
    czmq({u"public"_s, path(u"alice"_s)});
    const auto loaded = QZapCertificate::load(path(u"alice"_s));
    QVERIFY(loaded);
    QVERIFY(!loaded->hasSecretKey());
    QVERIFY(loaded->metadata().isEmpty());
}

void tst_Certificates::allReadEachOthersCertificates_data()
{
    QTest::addColumn<QString>("writer");
    QTest::newRow("qzap keygen") << u"qzap"_s;
    QTest::newRow("pyzmq") << u"pyzmq"_s;
    QTest::newRow("czmq") << u"czmq"_s;
}

void tst_Certificates::allReadEachOthersCertificates()
{
    QFETCH(const QString, writer);
    if (!hasQzap() || !hasPyzmq() || !hasCzmq())
        QSKIP("built without the command qzap, pyzmq or czmq");
    // All implementations support this metadata.
    const QMap<QString, QString> metadata{{u"name"_s, u"Alice Smith"_s},
                                          {u"e-mail"_s, u"alice@example.org"_s}};
    const QStringList fields{u"e-mail=alice@example.org"_s, u"name=Alice Smith"_s};
    QString publicFile = path(u"alice.key"_s);
    if (writer == "qzap"_L1) {
        qzap({u"keygen"_s, u"alice"_s, u"-m"_s, fields.first(), u"-m"_s, fields.last()});
    } else if (writer == "pyzmq"_L1) {
        pyzmq(QStringList{u"save"_s, path(), u"alice"_s} + fields);
    } else {
        publicFile = path(u"alice"_s);
        czmq(QStringList{u"save"_s, publicFile} + fields);
    }
    const QString secretFile = publicFile + "_secret"_L1;
    QCOMPARE(::chmod(qPrintable(secretFile), 0600), 0); // pyzmq's mode depends on the umask
    QCOMPARE(::chmod(qPrintable(publicFile), 0644), 0);

    const auto secret = QZapCertificate::load(secretFile);
    QVERIFY(secret && secret->hasSecretKey());
    QCOMPARE(secret->metadata(), metadata);
    const auto loaded = QZapCertificate::load(publicFile);
    QVERIFY(loaded && !loaded->hasSecretKey());
    QCOMPARE(loaded->publicKey(), secret->publicKey());
    const bool isPublished = writer != "pyzmq"_L1; // pyzmq writes metadata to the secret file only
    QCOMPARE(loaded->metadata(), isPublished ? metadata : decltype(metadata)());

    QCOMPARE(qzap({u"check"_s, u"--strict"_s, publicFile}),
             QStringList(u"%1: public certificate, %2 metadata fields, no errors"_s.arg(
                 publicFile, isPublished ? u"2"_s : u"0"_s)));
    QCOMPARE(qzap({u"check"_s, u"--strict"_s, secretFile}),
             QStringList(secretFile + ": secret certificate, 2 metadata fields, no errors"_L1));
    // The secret certificate is beside the public one, under the name that its writer has chosen.
    QCOMPARE(qzap({u"check"_s, u"--strict"_s, path()}),
             QStringList(path() + ": key directory, 1 key, no errors"_L1));

    const QStringList keys{secret->publicKeyText(), QString::fromLatin1(secret->secretKeyText())};
    QCOMPARE(pyzmq({u"load"_s, publicFile}), QStringList({keys.first(), u"-"_s}));
    QCOMPARE(pyzmq({u"load"_s, secretFile}), keys);
    QStringList read = czmq({u"load"_s, publicFile}); // reads the secret file as well
    QCOMPARE(read.mid(0, 2), keys);
    read.remove(0, 2);
    read.sort();
    QCOMPARE(read, fields);
}

QTEST_GUILESS_MAIN(tst_Certificates)

#include "tst_certificates.moc"
