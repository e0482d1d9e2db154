// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/requestencoder.h"

#include "protocol/request.h"
#include "protocol/requestcredentials.h"

#include <QZap/qzapcredentials.h>

#include <QtTest/qtest.h>

#include <vector>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

class tst_RequestEncoder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void roundTrips_data();
    void roundTrips();
    void findsNoCredentialsOfUnknownMechanisms();
    void usesTheEncoding_data();
    void usesTheEncoding();
    void refusesTextThatCannotBeEncoded_data();
    void refusesTextThatCannotBeEncoded();
};

void tst_RequestEncoder::roundTrips_data()
{
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<QByteArrayList>("frames");
    const QByteArray key(32, 'k');
    QTest::newRow("NULL") << QZapCredentials::null() << QByteArrayList();
    QTest::newRow("PLAIN") << QZapCredentials::plain(u"bob"_s, "secret")
                           << QByteArrayList{"bob", "secret"};
    QTest::newRow("CURVE") << QZapCredentials::curve(key) << QByteArrayList{key};
    QTest::newRow("GSSAPI") << QZapCredentials::gssapi(u"bob@EXAMPLE"_s)
                            << QByteArrayList{"bob@EXAMPLE"};
}

void tst_RequestEncoder::roundTrips()
{
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const QByteArrayList, frames);
    const auto encoded = encodeRequest(u"d\u00f6main"_s, u"::1"_s, credentials, TextEncoding::Utf8);
    QVERIFY(encoded);
    QCOMPARE(encoded->mid(RequestFrames::Credentials), frames);
    const std::vector<QByteArrayView> views(encoded->begin(), encoded->end());
    Request request;
    QCOMPARE(parseRequest(RequestFrames(views), TextEncoding::Utf8, &request).outcome,
             ParseOutcome::Valid);
    QCOMPARE(request.domain, QByteArrayView("d\xc3\xb6main"));
    QCOMPARE(request.address, QByteArrayView("::1"));
    QCOMPARE(request.mechanism, credentials.mechanism());
    const QZapCredentials decoded = credentialsOf(request);
    QCOMPARE(decoded.mechanism(), credentials.mechanism());
    QCOMPARE(decoded.userName(), credentials.userName());
    QCOMPARE(decoded.password(), credentials.password());
    QCOMPARE(decoded.publicKey(), credentials.publicKey());
    QCOMPARE(decoded.principal(), credentials.principal());
}

void tst_RequestEncoder::findsNoCredentialsOfUnknownMechanisms()
{
    Request request;
    request.name = "bob";
    request.password = "secret";
    const QZapCredentials credentials = credentialsOf(request);
    QCOMPARE(credentials.mechanism(), QZap::Mechanism::Unknown);
    QCOMPARE(credentials.userName(), QString());
    QCOMPARE(credentials.password(), QByteArray());
}

void tst_RequestEncoder::usesTheEncoding_data()
{
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<TextEncoding>("encoding");
    QTest::addColumn<QByteArray>("name");
    const auto plain = QZapCredentials::plain(u"gr\u00fcn"_s, "secret");
    const auto gssapi = QZapCredentials::gssapi(u"gr\u00fcn"_s);
    QTest::newRow("user name, UTF-8") << plain << TextEncoding::Utf8 << QByteArray("gr\xc3\xbcn");
    QTest::newRow("user name, Latin-1") << plain << TextEncoding::Latin1 << QByteArray("gr\xfcn");
    QTest::newRow("principal, UTF-8") << gssapi << TextEncoding::Utf8 << QByteArray("gr\xc3\xbcn");
    QTest::newRow("principal, Latin-1") << gssapi << TextEncoding::Latin1 << QByteArray("gr\xfcn");
}

void tst_RequestEncoder::usesTheEncoding()
{
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const TextEncoding, encoding);
    QFETCH(const QByteArray, name);
    const auto frames = encodeRequest(u"d\u00f6main"_s, {}, credentials, encoding);
    QVERIFY(frames);
    QCOMPARE(frames->value(RequestFrames::Credentials), name);
    QCOMPARE(frames->value(RequestFrames::Domain), QByteArray("d\xc3\xb6main"));
}

void tst_RequestEncoder::refusesTextThatCannotBeEncoded_data()
{
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QZapCredentials>("credentials");
    QTest::addColumn<TextEncoding>("encoding");
    QTest::addColumn<QString>("text");
    const QString half(QChar(0xd800));
    const auto bob = [](const QString &name) { return QZapCredentials::plain(name, "secret"); };
    QTest::newRow("domain") << half << bob(u"bob"_s) << TextEncoding::Utf8
                            << u"The domain \"\\ud800\" is not valid text"_s;
    QTest::newRow("user name") << u"test"_s << bob(half) << TextEncoding::Utf8
                               << u"\"\\ud800\" is not valid text"_s;
    QTest::newRow("principal") << u"test"_s << QZapCredentials::gssapi(half) << TextEncoding::Utf8
                               << u"\"\\ud800\" is not valid text"_s;
    QTest::newRow("not in Latin-1") << u"test"_s << bob(u"\u20ac"_s) << TextEncoding::Latin1
                                    << u"\"\u20ac\" cannot be encoded in Latin-1"_s;
}

void tst_RequestEncoder::refusesTextThatCannotBeEncoded()
{
    QFETCH(const QString, domain);
    QFETCH(const QZapCredentials, credentials);
    QFETCH(const TextEncoding, encoding);
    QFETCH(const QString, text);
    const auto frames = encodeRequest(domain, u"::1"_s, credentials, encoding);
    QVERIFY(!frames);
    QCOMPARE(frames.problem().text(), text);
}

QTEST_GUILESS_MAIN(tst_RequestEncoder)
#include "tst_requestencoder.moc"
