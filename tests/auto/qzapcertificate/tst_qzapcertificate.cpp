// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapCertificate>

#include <QtCore/qdebug.h>
#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qlockfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

#include <sys/stat.h>

using namespace Qt::StringLiterals;

namespace {

const QByteArray PublicText("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
const QByteArray SecretText("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
const QByteArray PublicBytes =
    QByteArray::fromHex("54FCBA24E93249969316FB617C872BB0C1D1FF14800427C594CBFACF1BC2D652");

int modeOf(const QString &file)
{
    struct stat status = {};
    return ::stat(qPrintable(file), &status) == 0 ? static_cast<int>(status.st_mode & 07777) : -1;
}

} // namespace

class tst_QZapCertificate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void null();
    void generate();
    void fromPublicKey();
    void fromPublicKeyRefused_data();
    void fromPublicKeyRefused();
    void copies();
    void equality();
    void setMetadata();
    void setMetadataRefused_data();
    void setMetadataRefused();
    void saveAndLoad();
    void savePublicOnly();
    void saveRefused_data();
    void saveRefused();
    void saveLeavesExisting_data();
    void saveLeavesExisting();
    void saveOverwrites_data();
    void saveOverwrites();
    void saveWritesBothOrNothing();
    void saveBesideAnotherSecret();
    void saveWaitsForItsTurn();
    void saveWhatCannotBeWritten();
    void loadRefused_data();
    void loadRefused();
    void loadWarns_data();
    void loadWarns();
    void loadSkipsMetadata();
    void loadMismatchedPair();
    void debug();
    void metaObject();

private:
    QString path(const QString &name = {}) const
    {
        return name.isEmpty() ? m_directory->path() : m_directory->filePath(name);
    }
    QStringList names() const
    {
        return QDir(path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }
    QByteArray contentsOf(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    void write(const QString &name, const QByteArray &contents, mode_t mode = 0600)
    {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(contents), contents.size());
        QCOMPARE(::chmod(qPrintable(path(name)), mode), 0);
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void tst_QZapCertificate::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void tst_QZapCertificate::null()
{
    QZapCertificate certificate;
    QVERIFY(certificate.isNull());
    QVERIFY(!certificate.hasSecretKey());
    QVERIFY(certificate.publicKey().isEmpty());
    QVERIFY(certificate.publicKeyText().isEmpty());
    QVERIFY(certificate.secretKeyText().isEmpty());
    QVERIFY(certificate.metadata().isEmpty());
    QCOMPARE(certificate, QZapCertificate());

    QString error;
    QVERIFY(!certificate.setMetadata(u"name"_s, u"x"_s, &error));
    QVERIFY(error.contains("null certificate"_L1));
    QVERIFY(certificate.isNull());
    QVERIFY(!certificate.save(path(), u"alice"_s, {}, &error));
    QVERIFY(error.contains("null certificate"_L1));
    QVERIFY(!certificate.save(path(), u"alice"_s));
    QVERIFY(names().isEmpty());
}

void tst_QZapCertificate::generate()
{
    const QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(!certificate.isNull());
    QVERIFY(certificate.hasSecretKey());
    QCOMPARE(certificate.publicKey().size(), 32);
    QCOMPARE(certificate.publicKeyText().size(), 40);
    QCOMPARE(certificate.secretKeyText().size(), 40);
    QVERIFY(certificate.publicKeyText().toLatin1() != certificate.secretKeyText());
    const QZapCertificate other = QZapCertificate::generate();
    QVERIFY(certificate.publicKey() != other.publicKey());
    QVERIFY(certificate.secretKeyText() != other.secretKeyText());
}

void tst_QZapCertificate::fromPublicKey()
{
    const auto certificate = QZapCertificate::fromPublicKey(PublicText);
    QVERIFY(certificate);
    QVERIFY(!certificate->isNull());
    QVERIFY(!certificate->hasSecretKey());
    QVERIFY(certificate->secretKeyText().isEmpty());
    QCOMPARE(certificate->publicKey(), PublicBytes);
    QCOMPARE(certificate->publicKeyText().toLatin1(), PublicText);
}

void tst_QZapCertificate::fromPublicKeyRefused_data()
{
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("empty") << QByteArray();
    QTest::newRow("32 raw bytes") << PublicBytes;
    QTest::newRow("39 characters") << PublicText.chopped(1);
    QTest::newRow("41 characters") << PublicText + '0';
    QTest::newRow("newline at the end") << PublicText + '\n';
    QTest::newRow("not of the alphabet") << PublicText.chopped(1) + ' ';
    QTest::newRow("above 32 bits") << PublicText.chopped(5) + "#####";
    QTest::newRow("quoted") << '"' + PublicText.chopped(2) + '"';
}

void tst_QZapCertificate::fromPublicKeyRefused()
{
    QFETCH(const QByteArray, text);
    QVERIFY(!QZapCertificate::fromPublicKey(text));
}

void tst_QZapCertificate::copies()
{
    QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.setMetadata(u"name"_s, u"Alice"_s));
    const QZapCertificate copy = certificate;
    QCOMPARE(copy, certificate);
    QVERIFY(certificate.setMetadata(u"name"_s, u"Bob"_s));
    QCOMPARE(copy.metadata().value(u"name"_s), u"Alice"_s);
    QCOMPARE(copy.secretKeyText(), certificate.secretKeyText());

    QZapCertificate moved = std::move(certificate);
    QCOMPARE(moved.metadata().value(u"name"_s), u"Bob"_s);
    QVERIFY(certificate.isNull()); // NOLINT(bugprone-use-after-move,clang-analyzer-cplusplus.Move)
    QZapCertificate other;
    other.swap(moved);
    QVERIFY(moved.isNull());
    QVERIFY(other.hasSecretKey());
    moved = std::move(other);
    QVERIFY(moved.hasSecretKey());
}

void tst_QZapCertificate::equality()
{
    const QZapCertificate certificate = QZapCertificate::generate();
    const auto publicOnly = QZapCertificate::fromPublicKey(certificate.publicKeyText().toLatin1());
    QVERIFY(publicOnly);
    QVERIFY(certificate != *publicOnly);
    QVERIFY(certificate != QZapCertificate());
    QVERIFY(certificate != QZapCertificate::generate());
    QCOMPARE(*publicOnly, *QZapCertificate::fromPublicKey(publicOnly->publicKeyText().toLatin1()));
    QZapCertificate named = certificate;
    QVERIFY(named.setMetadata(u"name"_s, u"x"_s));
    QVERIFY(named != certificate);

    QVERIFY(certificate.save(path(), u"a"_s));
    QCOMPARE(*QZapCertificate::load(path(u"a.key_secret"_s)), certificate);
}

void tst_QZapCertificate::setMetadata()
{
    QZapCertificate certificate = QZapCertificate::generate();
    QString error = u"before"_s;
    QVERIFY(certificate.setMetadata(u"name"_s, u"Zoë # 'Z' 🔑"_s, &error));
    QVERIFY(error.isEmpty());
    QVERIFY(certificate.setMetadata(u"e-mail"_s, u""_s));
    QVERIFY(certificate.setMetadata(u"e-mail"_s, u"zoe@example.org"_s));
    QCOMPARE(certificate.metadata(), (QMap<QString, QString>{{u"name"_s, u"Zoë # 'Z' 🔑"_s},
                                                             {u"e-mail"_s, u"zoe@example.org"_s}}));
}

void tst_QZapCertificate::setMetadataRefused_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("value");

    QTest::newRow("name: empty") << u""_s << u"x"_s;
    QTest::newRow("name: blank") << u"full name"_s << u"x"_s;
    QTest::newRow("name: not ASCII") << u"näme"_s << u"x"_s;
    QTest::newRow("name: a key") << u"public-key"_s << u"x"_s;
    QTest::newRow("name: starts as a key") << u"secret-key2"_s << u"x"_s;
    QTest::newRow("name: too long") << QString(256, u'n') << u"x"_s;
    QTest::newRow("value: quote") << u"name"_s << u"\""_s;
    QTest::newRow("value: line break") << u"name"_s << u"x\n    public-key = y"_s;
    QTest::newRow("value: NUL") << u"name"_s << u"a\0b"_s;
    QTest::newRow("value: half a surrogate pair") << u"name"_s << QString(QChar(0xd83d));
    QTest::newRow("value: too long") << u"name"_s << QString(1024, u'x');
}

void tst_QZapCertificate::setMetadataRefused()
{
    QFETCH(const QString, name);
    QFETCH(const QString, value);

    QZapCertificate certificate = QZapCertificate::generate();
    QString error;
    QVERIFY(!certificate.setMetadata(name, value, &error));
    QVERIFY(!error.isEmpty());
    QVERIFY(!certificate.setMetadata(name, value));
    QVERIFY(certificate.metadata().isEmpty());
}

void tst_QZapCertificate::saveAndLoad()
{
    QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.setMetadata(u"name"_s, u"Zoë # 'Z' = 🔑"_s));
    const mode_t umask = ::umask(0022);
    QString error = u"before"_s;
    QVERIFY2(certificate.save(path(), u"zoë %1"_s, {}, &error), qPrintable(error));
    ::umask(umask);
    QVERIFY(error.isEmpty());
    QCOMPARE(names(), (QStringList{u"zoë %1.key"_s, u"zoë %1.key_secret"_s}));
    QCOMPARE(modeOf(path(u"zoë %1.key"_s)), 0644);
    QCOMPARE(modeOf(path(u"zoë %1.key_secret"_s)), 0600);
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

void tst_QZapCertificate::savePublicOnly()
{
    const auto certificate = QZapCertificate::fromPublicKey(PublicText);
    QVERIFY(certificate);
    QVERIFY(certificate->save(path() + u'/', u"server"_s));
    QCOMPARE(names(), QStringList{u"server.key"_s});
    QCOMPARE(*QZapCertificate::load(path(u"server.key"_s)), *certificate);
}

void tst_QZapCertificate::saveRefused_data()
{
    QTest::addColumn<QString>("directory");
    QTest::addColumn<QString>("name");

    QTest::newRow("name: empty") << u"d"_s << u""_s;
    QTest::newRow("name: leaves the directory") << u"d"_s << u"../x"_s;
    QTest::newRow("name: absolute") << u"d"_s << path(u"x"_s);
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

void tst_QZapCertificate::saveRefused()
{
    QFETCH(const QString, directory);
    QFETCH(const QString, name);

    QVERIFY(QDir(path()).mkpath(u"d/sub"_s));
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

void tst_QZapCertificate::saveLeavesExisting_data()
{
    QTest::addColumn<QString>("existing");

    QTest::newRow("public file") << u"alice.key"_s;
    QTest::newRow("secret file") << u"alice.key_secret"_s;
}

void tst_QZapCertificate::saveLeavesExisting()
{
    QFETCH(const QString, existing);

    write(existing, "precious");
    QString error;
    QVERIFY(!QZapCertificate::generate().save(path(), u"alice"_s, {}, &error));
    QVERIFY2(error.startsWith(path(existing) + ": exists already"_L1), qPrintable(error));
    QCOMPARE(names(), QStringList{existing});
    QCOMPARE(contentsOf(existing), "precious");
}

void tst_QZapCertificate::saveOverwrites_data()
{
    QTest::addColumn<int>("publicMode");
    QTest::addColumn<int>("secretMode");

    QTest::newRow("a secret that everyone could read becomes 0600") << 0644 << 0644;
    QTest::newRow("a secret that a group could read becomes 0600") << 0640 << 0640;
    QTest::newRow("a secret of mode 0400 becomes 0600") << 0640 << 0400;
    QTest::newRow("a public certificate keeps 0600") << 0600 << 0600;
    QTest::newRow("a public certificate keeps 0664") << 0664 << 0600;
}

void tst_QZapCertificate::saveOverwrites()
{
    QFETCH(const int, publicMode);
    QFETCH(const int, secretMode);

    QVERIFY(QZapCertificate::generate().save(path(), u"alice"_s));
    QCOMPARE(::chmod(qPrintable(path(u"alice.key"_s)), static_cast<mode_t>(publicMode)), 0);
    QCOMPARE(::chmod(qPrintable(path(u"alice.key_secret"_s)), static_cast<mode_t>(secretMode)), 0);
    const QZapCertificate other = QZapCertificate::generate();
    QString error;
    QVERIFY2(other.save(path(), u"alice"_s, QZapCertificate::SaveOption::Overwrite, &error),
             qPrintable(error));
    QCOMPARE(modeOf(path(u"alice.key"_s)), publicMode);
    QCOMPARE(modeOf(path(u"alice.key_secret"_s)), 0600);
    QCOMPARE(::chmod(qPrintable(path(u"alice.key"_s)), 0644), 0); // no warning when it is read
    QCOMPARE(*QZapCertificate::load(path(u"alice.key_secret"_s)), other);
    QCOMPARE(QZapCertificate::load(path(u"alice.key"_s))->publicKey(), other.publicKey());
    QCOMPARE(names(), (QStringList{u"alice.key"_s, u"alice.key_secret"_s}));
}

void tst_QZapCertificate::saveWritesBothOrNothing()
{
    // The public file cannot be written, so neither is.
    QVERIFY(QDir(path()).mkdir(u"alice.key"_s));
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

void tst_QZapCertificate::saveBesideAnotherSecret()
{
    const QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.save(path(), u"alice"_s));
    auto publicOnly = QZapCertificate::fromPublicKey(certificate.publicKeyText().toLatin1());
    QVERIFY(publicOnly->setMetadata(u"name"_s, u"Alice"_s));
    const auto overwrite = QZapCertificate::SaveOption::Overwrite;
    QVERIFY(publicOnly->save(path(), u"alice"_s, overwrite));
    QCOMPARE(*QZapCertificate::load(path(u"alice.key"_s)), *publicOnly);
    QCOMPARE(*QZapCertificate::load(path(u"alice.key_secret"_s)), certificate);

    // That would be a pair that does not match.
    QString error;
    const auto other = QZapCertificate::fromPublicKey(PublicText);
    QVERIFY(!other->save(path(), u"alice"_s, overwrite, &error));
    QVERIFY2(error.startsWith(path(u"alice.key_secret"_s)), qPrintable(error));
    QCOMPARE(*QZapCertificate::load(path(u"alice.key"_s)), *publicOnly);
}

void tst_QZapCertificate::saveWaitsForItsTurn()
{
    QLockFile lock(path(u".alice.key.lock"_s));
    QVERIFY(lock.tryLock(0));
    QString error;
    QVERIFY(!QZapCertificate::generate().save(path(), u"alice"_s, {}, &error));
    QVERIFY2(error.contains("another program is saving"_L1), qPrintable(error));
    lock.unlock();
    QVERIFY(QZapCertificate::generate().save(path(), u"alice"_s));
}

void tst_QZapCertificate::saveWhatCannotBeWritten()
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

void tst_QZapCertificate::loadRefused_data()
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

void tst_QZapCertificate::loadRefused()
{
    QFETCH(const QByteArray, contents);
    QFETCH(const QString, error);

    write(u"a %1.key"_s, contents);
    QString message;
    QVERIFY(!QZapCertificate::load(path(u"a %1.key"_s), &message));
    QCOMPARE(message, path(u"a %1.key"_s) + error);
    QVERIFY(!QZapCertificate::load(path(u"a %1.key"_s)));

    QVERIFY(!QZapCertificate::load(path(u"missing"_s), &message));
    QCOMPARE(message, path(u"missing"_s) + ": no such file"_L1);
    QVERIFY(!QZapCertificate::load(path(), &message));
    QCOMPARE(message, path() + ": a directory, not a file"_L1);
    QCOMPARE(::mkfifo(qPrintable(path(u"fifo.key"_s)), 0600), 0);
    QVERIFY(!QZapCertificate::load(path(u"fifo.key"_s), &message));
    QVERIFY(!QZapCertificate::load(QString(), &message));
}

void tst_QZapCertificate::loadWarns_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("mode");
    QTest::addColumn<int>("directoryMode");
    QTest::addColumn<QString>("warning");

    QTest::newRow("secret: group reads")
        << u"a.key_secret"_s << 0640 << 0700 << u"a secret key that others"_s;
    QTest::newRow("secret: everyone reads")
        << u"a.key_secret"_s << 0644 << 0755 << u"a secret key that others"_s;
    QTest::newRow("secret: everyone writes")
        << u"a.key_secret"_s << 0666 << 0755 << u"a secret key that others"_s;
    QTest::newRow("secret: owner only") << u"a.key_secret"_s << 0600 << 0755 << QString();
    QTest::newRow("public: everyone reads") << u"a.key"_s << 0644 << 0755 << QString();
    QTest::newRow("public: group writes") << u"a.key"_s << 0664 << 0755 << u"can write"_s;
    QTest::newRow("directory: everyone writes") << u"a.key"_s << 0644 << 0777 << u"can replace"_s;
    QTest::newRow("directory: sticky") << u"a.key"_s << 0644 << 01777 << QString();
}

void tst_QZapCertificate::loadWarns()
{
    QFETCH(const QString, file);
    QFETCH(const int, mode);
    QFETCH(const int, directoryMode);
    QFETCH(const QString, warning);

    const QZapCertificate certificate = QZapCertificate::generate();
    QVERIFY(certificate.save(path(), u"a"_s));
    QCOMPARE(::chmod(qPrintable(path(file)), static_cast<mode_t>(mode)), 0);
    QCOMPARE(::chmod(qPrintable(path()), static_cast<mode_t>(directoryMode)), 0);
    if (!warning.isEmpty()) {
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QRegularExpression::escape(path())
                                                              + u".*"_s + warning));
    }
    const auto loaded = QZapCertificate::load(path(file));
    QVERIFY(loaded);
    QCOMPARE(loaded->publicKey(), certificate.publicKey());
}

void tst_QZapCertificate::loadSkipsMetadata()
{
    write(u"a.key"_s, "metadata\n    full name = Alice\n    mail = x\ncurve\n    public-key = \""
                          + PublicText + "\"\n");
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"a\\.key:2: skipped, as this metadata line "_s));
    const auto certificate = QZapCertificate::load(path(u"a.key"_s));
    QVERIFY(certificate);
    QCOMPARE(certificate->metadata(), (QMap<QString, QString>{{u"mail"_s, u"x"_s}}));
}

void tst_QZapCertificate::loadMismatchedPair()
{
    // The keys of libzmq's documentation, first as a matching pair.
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

void tst_QZapCertificate::debug()
{
    const QZapCertificate certificate = QZapCertificate::generate();
    QString text;
    QDebug(&text) << certificate << 1 << QZapCertificate();
    QCOMPARE(text, "QZapCertificate("_L1 + certificate.publicKeyText()
                       + ", with secret key) 1 QZapCertificate(null) "_L1);
    QVERIFY(!text.contains(QLatin1StringView(certificate.secretKeyText())));
}

void tst_QZapCertificate::metaObject()
{
    const QMetaObject &metaObject = QZapCertificate::staticMetaObject;
    const QZapCertificate certificate = QZapCertificate::generate();
    for (int i = 0; i < metaObject.propertyCount(); ++i) {
        const QVariant value = metaObject.property(i).readOnGadget(&certificate);
        QVERIFY(value.isValid());
        QVERIFY(!value.toString().contains(QLatin1StringView(certificate.secretKeyText())));
    }
    QCOMPARE(QVariant::fromValue(certificate).value<QZapCertificate>(), certificate);
}

QTEST_GUILESS_MAIN(tst_QZapCertificate)

#include "tst_qzapcertificate.moc"
