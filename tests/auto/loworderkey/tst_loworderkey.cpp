// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/loworderkey.h"

#include "credentials/certificates/certificatefile.h"
#include "credentials/keys/keylistfile.h"
#include "filetest.h"
#include "protocol/z85.h"
#include "zapclient.h"

#include <QZap/QZap>

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <sodium.h>

#include <algorithm>
#include <iterator>
#include <memory>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// The points are in ascending order.
const char *const Points[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

QByteArray withBit255(QByteArray key)
{
    key[CurveKeySize - 1] = static_cast<char>(key.back() | '\x80');
    return key;
}

// Returns 2^255 - 19 plus the number, in 32 bytes.
QByteArray primePlus(int number)
{
    QByteArray key(CurveKeySize, '\xff');
    key[0] = static_cast<char>(0xed + number);
    key[CurveKeySize - 1] = '\x7f';
    return key;
}

// Returns whether libsodium computes a shared secret of zeros with the key.
bool makesZeros(const QByteArray &key, QRandomGenerator *random)
{
    uchar secret[CurveKeySize];
    std::generate(std::begin(secret), std::end(secret),
                  [random] { return static_cast<uchar>(random->generate()); });
    uchar shared[CurveKeySize];
    return crypto_scalarmult(shared, secret, reinterpret_cast<const uchar *>(key.constData())) != 0;
}

} // namespace

class tst_LowOrderKey : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void isFound_data();
    void isFound();
    void otherKeys_data();
    void otherKeys();
    void differsByABit();
    void otherSizes();
    void isRefusedInFiles_data();
    void isRefusedInFiles();
    void isRefusedByTheApi_data();
    void isRefusedByTheApi();
    void isRefusedInRequests_data();
    void isRefusedInRequests();
    void keepsOtherKeysOfADirectory();

private:
    static void addPoints();
    static QByteArray certificateOf(const QByteArray &key)
    {
        return "curve\n    public-key = \"" + Z85::encode(key) + "\"\n";
    }
};

void tst_LowOrderKey::initTestCase()
{
    QVERIFY(sodium_init() >= 0);
}

void tst_LowOrderKey::addPoints()
{
    QTest::addColumn<QByteArray>("key");
    for (const char *point : Points) {
        const QByteArray key = QByteArray::fromHex(point);
        QTest::addRow("%.8s...%.2s, bit 255 clear", point, point + 62) << key;
        QTest::addRow("%.8s...%.2s, bit 255 set", point, point + 62) << withBit255(key);
    }
}

void tst_LowOrderKey::isFound_data()
{
    addPoints();
}

void tst_LowOrderKey::isFound()
{
    QFETCH(const QByteArray, key);
    QVERIFY(isLowOrderKey(key));
    QRandomGenerator random(255);
    for (int round = 0; round < 50; ++round)
        QVERIFY(makesZeros(key, &random));
}

void tst_LowOrderKey::otherKeys_data()
{
    QTest::addColumn<QByteArray>("key");
    const auto add = [](const QByteArray &name, const QByteArray &key) {
        QTest::newRow(name.constData()) << key;
        QTest::newRow((name + ", bit 255 set").constData()) << withBit255(key);
    };
    // The other non-canonical values are valid keys.
    for (int number = 2; number < 19; ++number)
        add("2^255 - 19 + " + QByteArray::number(number), primePlus(number));
    add("2^255 - 21", primePlus(-2));
    add("2", '\2' + QByteArray(CurveKeySize - 1, '\0'));
    add("the base point", '\x09' + QByteArray(CurveKeySize - 1, '\0'));
    add("2^248", QByteArray(CurveKeySize - 1, '\0') + '\1');
    add("generated", QZapCertificate::generate().publicKey());
}

void tst_LowOrderKey::otherKeys()
{
    QFETCH(const QByteArray, key);
    QVERIFY(!isLowOrderKey(key));
    QRandomGenerator random(255);
    QVERIFY(!makesZeros(key, &random));
    const QByteArray text = Z85::encode(key);
    QVERIFY(parseCertificate(certificateOf(key)).isOk());
    QVERIFY(QZapCertificate::fromPublicKey(text));
    QVERIFY(parseKeyList(text, u"list"_s).keys->find(key));
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureCurve(u"test"_s, QZap::CurveAllowAny));
    QCOMPARE(authenticator.evaluate(u"test"_s, u"::1"_s, QZapCredentials::curve(key)).status(),
             QZap::Status::Success);
}

void tst_LowOrderKey::differsByABit()
{
    QRandomGenerator random(255);
    for (const char *point : Points) {
        for (int bit = 0; bit < 256; ++bit) {
            QByteArray key = QByteArray::fromHex(point);
            key[bit / 8] = static_cast<char>(key.at(bit / 8) ^ (1 << bit % 8));
            QVERIFY2(isLowOrderKey(key) == makesZeros(key, &random), key.toHex().constData());
        }
    }
}

void tst_LowOrderKey::otherSizes()
{
    for (const int size : {0, 1, 8, 31, 33, 64})
        QVERIFY(!isLowOrderKey(QByteArray(size, '\0')));
}

void tst_LowOrderKey::isRefusedInFiles_data()
{
    addPoints();
}

void tst_LowOrderKey::isRefusedInFiles()
{
    QFETCH(const QByteArray, key);
    const CertificateParse parse = parseCertificate(certificateOf(key));
    QVERIFY(!parse.isOk());
    QCOMPARE(parse.error.line, 2);
    QVERIFY2(parse.error.what.contains("low-order point"_L1), qPrintable(parse.error.what));

    const QString file = write(u"a.key"_s, certificateOf(key));
    QString error;
    QVERIFY(!QZapCertificate::load(file, &error));
    QVERIFY2(error.startsWith(file + ":2: "_L1) && error.contains("low-order point"_L1),
             qPrintable(error));

    const QByteArray good = QZapCertificate::generate().publicKey();
    const QByteArray text = Z85::encode(key) + " alice\n" + Z85::encode(good) + " bob\n";
    const KeyLoad load = parseKeyList(text, u"list"_s);
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(good));
    QCOMPARE(load.errors.size(), 1);
    QVERIFY2(load.errors.first().text().startsWith("list:1: "_L1)
                 && load.errors.first().text().contains("low-order point"_L1),
             qPrintable(load.errors.first().text()));
}

void tst_LowOrderKey::isRefusedByTheApi_data()
{
    addPoints();
}

void tst_LowOrderKey::isRefusedByTheApi()
{
    QFETCH(const QByteArray, key);
    QVERIFY(!QZapCertificate::fromPublicKey(Z85::encode(key)));
    QZapAuthenticator authenticator;
    QVERIFY(authenticator.configureCurve(u"test"_s, QZap::CurveAllowAny));
    for (const QByteArray &form : {key, Z85::encode(key)}) {
        const QZapReply reply =
            authenticator.evaluate(u"test"_s, u"::1"_s, QZapCredentials::curve(form));
        QCOMPARE(reply.status(), QZap::Status::AuthenticationFailure);
        QVERIFY2(reply.statusText().contains("low-order point"_L1), qPrintable(reply.statusText()));
    }
}

void tst_LowOrderKey::isRefusedInRequests_data()
{
    addPoints();
}

// The key is refused even if a domain or a provider accepts every key.
void tst_LowOrderKey::isRefusedInRequests()
{
    QFETCH(const QByteArray, key);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    QVERIFY(authenticator.configureCurve(u"any"_s, QZap::CurveAllowAny));
    QZapCredentialsProvider provider;
    int asked = 0;
    connect(&provider, &QZapCredentialsProvider::authenticating, this,
            [&asked](const QZapDecision &decision) {
                ++asked;
                decision.accept();
            });
    QVERIFY(authenticator.setCredentialsProvider(u"asked"_s, &provider));
    QVERIFY(authenticator.start());
    ZapClient client(context);
    const QByteArray good = QZapCertificate::generate().publicKey();
    for (const QByteArray domain : {"any", "asked", "neither"}) {
        const QByteArrayList request = ZapClient::request("CURVE", {key}, domain);
        const QByteArrayList reply = authenticator.handleZapMessage(request).result();
        QCOMPARE(reply.value(2), QByteArray("400"));
        QVERIFY2(reply.value(3).contains("low-order point"), reply.value(3).constData());
        client.send(request);
        QCOMPARE(client.waitForReply(), reply);
        client.send(ZapClient::request("CURVE", {good}, domain));
        QCOMPARE(client.waitForReply().value(2), QByteArray(domain == "neither" ? "400" : "200"));
    }
    QCOMPARE(asked, 1);
}

void tst_LowOrderKey::keepsOtherKeysOfADirectory()
{
    const QByteArray bad = QByteArray::fromHex(Points[3]);
    const QByteArray good = QZapCertificate::generate().publicKey();
    write(u"bad.key"_s, certificateOf(bad));
    write(u"good.key"_s, certificateOf(good));
    QZapAuthenticator authenticator;
    QZapCurveDomain domain;
    domain.setLocation(path());
    QTRY_VERIFY(domain.isReady());
    QVERIFY2(domain.errorString().startsWith(path(u"bad.key:2: "_s)),
             qPrintable(domain.errorString()));
    domain.setName(u"test"_s);
    QVERIFY(authenticator.addDomain(&domain));
    const auto isAccepted = [&](const QByteArray &key) {
        return authenticator.evaluate(u"test"_s, u"::1"_s, QZapCredentials::curve(key)).status()
               == QZap::Status::Success;
    };
    QVERIFY(isAccepted(good));
    QVERIFY(!isAccepted(bad));
}

QTEST_GUILESS_MAIN(tst_LowOrderKey)

#include "tst_loworderkey.moc"
