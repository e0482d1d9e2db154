// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/QZapCertificate>

#include "filetest.h"

#include <QtCore/qdebug.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

namespace {

const QByteArray PublicText("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
const QByteArray PublicBytes =
    QByteArray::fromHex("54FCBA24E93249969316FB617C872BB0C1D1FF14800427C594CBFACF1BC2D652");

} // namespace

class tst_QZapCertificate : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void isNullByDefault();
    void generatesDifferentPairs();
    void acceptsAPublicKey();
    void refusesWhatIsNotAPublicKey_data();
    void refusesWhatIsNotAPublicKey();
    void copiesAndMoves();
    void comparesKeysAndMetadata();
    void setsMetadata();
    void refusesMetadata_data();
    void refusesMetadata();
    void debugOutputHasNoSecretKey();
    void propertiesHaveNoSecretKey();
};

void tst_QZapCertificate::isNullByDefault()
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

void tst_QZapCertificate::generatesDifferentPairs()
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

void tst_QZapCertificate::acceptsAPublicKey()
{
    const auto certificate = QZapCertificate::fromPublicKey(PublicText);
    QVERIFY(certificate);
    QVERIFY(!certificate->isNull());
    QVERIFY(!certificate->hasSecretKey());
    QVERIFY(certificate->secretKeyText().isEmpty());
    QCOMPARE(certificate->publicKey(), PublicBytes);
    QCOMPARE(certificate->publicKeyText().toLatin1(), PublicText);
}

void tst_QZapCertificate::refusesWhatIsNotAPublicKey_data()
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

void tst_QZapCertificate::refusesWhatIsNotAPublicKey()
{
    QFETCH(const QByteArray, text);
    QVERIFY(!QZapCertificate::fromPublicKey(text));
}

void tst_QZapCertificate::copiesAndMoves()
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

void tst_QZapCertificate::comparesKeysAndMetadata()
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

void tst_QZapCertificate::setsMetadata()
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

void tst_QZapCertificate::refusesMetadata_data()
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

void tst_QZapCertificate::refusesMetadata()
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

void tst_QZapCertificate::debugOutputHasNoSecretKey()
{
    const QZapCertificate certificate = QZapCertificate::generate();
    QString text;
    QDebug(&text) << certificate << 1 << QZapCertificate();
    QCOMPARE(text, "QZapCertificate("_L1 + certificate.publicKeyText()
                       + ", with secret key) 1 QZapCertificate(null) "_L1);
    QVERIFY(!text.contains(QLatin1StringView(certificate.secretKeyText())));
}

void tst_QZapCertificate::propertiesHaveNoSecretKey()
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
