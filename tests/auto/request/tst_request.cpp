// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/request.h"

#include <QtCore/qbytearraylist.h>
#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

using namespace QZap;
using namespace QZap::Internal;

class tst_Request : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void parsesEachMechanism_data();
    void parsesEachMechanism();
    void refusesMalformed_data();
    void refusesMalformed();
    void dropsUnanswerable_data();
    void dropsUnanswerable();
    void keepsValidPartsOfMalformed();
    void keepsTheMechanismOfMalformed_data();
    void keepsTheMechanismOfMalformed();
    void decodesLatin1();
    void findsTheRequestAfterTheEnvelope_data();
    void findsTheRequestAfterTheEnvelope();
    void survivesAnyFrames();

private:
    static QList<QByteArrayView> views(const QByteArrayList &frames)
    {
        return {frames.begin(), frames.end()};
    }
    static ParseResult parse(const QByteArrayList &frames, Request *request,
                             TextEncoding encoding = TextEncoding::Utf8)
    {
        const QList<QByteArrayView> v = views(frames);
        return parseRequest(RequestFrames(v), encoding, request);
    }
};

void tst_Request::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
}

void tst_Request::parsesEachMechanism_data()
{
    QTest::addColumn<QByteArrayList>("frames");
    QTest::addColumn<Mechanism>("mechanism");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QByteArray>("publicKey");

    const QByteArray key(32, '\xfe');
    const QByteArray long255(255, 'x');
    const auto head = [](const char *mechanism) {
        return QByteArrayList{"1.0", "1", "domain", "127.0.0.1", "identity", mechanism};
    };
    QTest::newRow("NULL has no credentials")
        << head("NULL") << Mechanism::Null << QByteArray() << QByteArray() << QByteArray();
    QTest::newRow("PLAIN has two")
        << head("PLAIN") + QByteArrayList{"bob", "secret"} << Mechanism::Plain << QByteArray("bob")
        << QByteArray("secret") << QByteArray();
    QTest::newRow("a password is any bytes")
        << head("PLAIN") + QByteArrayList{"bob", QByteArray("\0\xff\n", 3)} << Mechanism::Plain
        << QByteArray("bob") << QByteArray("\0\xff\n", 3) << QByteArray();
    QTest::newRow("PLAIN credentials may be empty")
        << head("PLAIN") + QByteArrayList{"", ""} << Mechanism::Plain << QByteArray("")
        << QByteArray("") << QByteArray();
    QTest::newRow("PLAIN credentials have up to 255 bytes")
        << head("PLAIN") + QByteArrayList{long255, long255} << Mechanism::Plain << long255
        << long255 << QByteArray();
    QTest::newRow("a user name is UTF-8")
        << head("PLAIN") + QByteArrayList{"j\xc3\xb6rg", "x"} << Mechanism::Plain
        << QByteArray("j\xc3\xb6rg") << QByteArray("x") << QByteArray();
    QTest::newRow("CURVE has a key") << head("CURVE") + QByteArrayList{key} << Mechanism::Curve
                                     << QByteArray() << QByteArray() << key;
    QTest::newRow("GSSAPI has a principal")
        << head("GSSAPI") + QByteArrayList{"bob@EXAMPLE.ORG"} << Mechanism::Gssapi
        << QByteArray("bob@EXAMPLE.ORG") << QByteArray() << QByteArray();
}

void tst_Request::parsesEachMechanism()
{
    QFETCH(const QByteArrayList, frames);
    QFETCH(const Mechanism, mechanism);
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, password);
    QFETCH(const QByteArray, publicKey);

    Request request;
    const ParseResult result = parse(frames, &request);
    QCOMPARE(result.error, QByteArray());
    QCOMPARE(result.outcome, ParseOutcome::Valid);
    QCOMPARE(request.requestId, QByteArrayView("1"));
    QCOMPARE(request.domain, QByteArrayView("domain"));
    QCOMPARE(request.address, QByteArrayView("127.0.0.1"));
    QCOMPARE(request.identity, QByteArrayView("identity"));
    QCOMPARE(request.mechanism, mechanism);
    QCOMPARE(request.name, QByteArrayView(name));
    QCOMPARE(request.password, QByteArrayView(password));
    QCOMPARE(request.publicKey, QByteArrayView(publicKey));
}

void tst_Request::refusesMalformed_data()
{
    QTest::addColumn<QByteArrayList>("frames");
    QTest::addColumn<QByteArray>("error");

    const QByteArray long256(256, 'x');
    const QByteArrayList null{"1.0", "1", "", "", "", "NULL"};
    const auto with = [](QByteArrayList frames, qsizetype index, const QByteArray &frame) {
        frames[index] = frame;
        return frames;
    };
    const auto plain = [](const QByteArrayList &credentials) {
        return QByteArrayList{"1.0", "1", "", "", "", "PLAIN"} + credentials;
    };

    QTest::newRow("wrong version")
        << with(null, 0, "2.0") << QByteArray("The ZAP version is not 1.0");
    QTest::newRow("no version") << with(null, 0, "") << QByteArray("The ZAP version is not 1.0");
    for (int count = 2; count <= 5; ++count) {
        QTest::addRow("%d frames", count)
            << QByteArrayList(null.first(count))
            << "The request has " + QByteArray::number(count) + " frames instead of 6 or more";
    }
    QTest::newRow("domain of 256 bytes")
        << with(null, 2, long256) << QByteArray("The domain is longer than 255 bytes");
    QTest::newRow("address of 256 bytes")
        << with(null, 3, long256) << QByteArray("The address is longer than 255 bytes");
    QTest::newRow("identity of 256 bytes")
        << with(null, 4, long256) << QByteArray("The identity is longer than 255 bytes");
    const QByteArray badDomain = "The domain cannot be decoded or contains control characters";
    QTest::newRow("domain with NUL") << with(null, 2, QByteArray("a\0b", 3)) << badDomain;
    QTest::newRow("domain with a line break") << with(null, 2, "a\nb") << badDomain;
    QTest::newRow("domain with DEL") << with(null, 2, "a\x7f") << badDomain;
    QTest::newRow("domain with a C1 control") << with(null, 2, "a\xc2\x85") << badDomain;
    QTest::newRow("domain that is not UTF-8") << with(null, 2, "\xff") << badDomain;
    QTest::newRow("domain in overlong UTF-8") << with(null, 2, "\xc0\xaf") << badDomain;
    QTest::newRow("domain with a surrogate") << with(null, 2, "\xed\xa0\x80") << badDomain;

    const QByteArray unknown = "The mechanism is unknown";
    QTest::newRow("unknown mechanism") << with(null, 5, "KERBEROS") << unknown;
    QTest::newRow("no mechanism") << with(null, 5, "") << unknown;
    QTest::newRow("mechanism in lower case") << with(null, 5, "null") << unknown;
    QTest::newRow("mechanism with a NUL") << with(null, 5, QByteArray("NULL\0", 5)) << unknown;
    QTest::newRow("NULL with a credential")
        << null + QByteArrayList{"x"} << QByteArray("NULL takes 0 credentials, not 1");
    QTest::newRow("PLAIN without") << plain({}) << QByteArray("PLAIN takes 2 credentials, not 0");
    QTest::newRow("PLAIN with one")
        << plain({"bob"}) << QByteArray("PLAIN takes 2 credentials, not 1");
    QTest::newRow("PLAIN with three")
        << plain({"bob", "x", "y"}) << QByteArray("PLAIN takes 2 credentials, not 3");
    QTest::newRow("user name of 256 bytes")
        << plain({long256, "x"}) << QByteArray("The user name is longer than 255 bytes");
    QTest::newRow("password of 256 bytes")
        << plain({"bob", long256}) << QByteArray("The password is longer than 255 bytes");
    QTest::newRow("user name with NUL") << plain({QByteArray("admin\0x", 7), "x"})
                                        << QByteArray("The user name cannot be decoded or "
                                                      "contains control characters");
    QTest::newRow("user name that is not UTF-8") << plain({"bob\xff", "x"})
                                                 << QByteArray("The user name cannot be decoded or "
                                                               "contains control characters");
    const QByteArrayList curve{"1.0", "1", "", "", "", "CURVE"};
    QTest::newRow("CURVE without") << curve << QByteArray("CURVE takes 1 credentials, not 0");
    QTest::newRow("key of 31 bytes") << curve + QByteArrayList{QByteArray(31, 'k')}
                                     << QByteArray("The CURVE key has 31 bytes instead of 32");
    QTest::newRow("key in Z85") << curve + QByteArrayList{QByteArray(40, 'k')}
                                << QByteArray("The CURVE key has 40 bytes instead of 32");
    const QByteArrayList gssapi{"1.0", "1", "", "", "", "GSSAPI"};
    QTest::newRow("GSSAPI without") << gssapi << QByteArray("GSSAPI takes 1 credentials, not 0");
    QTest::newRow("principal of 256 bytes")
        << gssapi + QByteArrayList{long256} << QByteArray("The principal is longer than 255 bytes");
    QTest::newRow("principal with NUL") << gssapi + QByteArrayList{QByteArray("a\0", 2)}
                                        << QByteArray("The principal cannot be decoded or "
                                                      "contains control characters");
}

void tst_Request::refusesMalformed()
{
    QFETCH(const QByteArrayList, frames);
    QFETCH(const QByteArray, error);

    Request request;
    const ParseResult result = parse(frames, &request);
    QCOMPARE(result.error, error);
    QCOMPARE(result.outcome, ParseOutcome::Malformed);
    QCOMPARE(request.requestId, QByteArrayView("1"));
}

void tst_Request::dropsUnanswerable_data()
{
    QTest::addColumn<QByteArrayList>("frames");
    QTest::newRow("no frame") << QByteArrayList{};
    QTest::newRow("one frame") << QByteArrayList{"1.0"};
}

void tst_Request::dropsUnanswerable()
{
    QFETCH(const QByteArrayList, frames);
    Request request;
    QCOMPARE(parse(frames, &request).outcome, ParseOutcome::Unanswerable);
}

void tst_Request::keepsValidPartsOfMalformed()
{
    const QByteArrayList frames{"1.0", "7", "domain", "10.0.0.1", "", "PLAIN", "bob"};
    Request request;
    QCOMPARE(parse(frames, &request).outcome, ParseOutcome::Malformed);
    QCOMPARE(request.domain, QByteArrayView("domain"));
    QCOMPARE(request.address, QByteArrayView("10.0.0.1"));
    QCOMPARE(request.mechanism, Mechanism::Plain);
    QVERIFY(request.name.isEmpty());
}

// The mechanism determines the answer: a GSSAPI peer must not get a valid status.
void tst_Request::keepsTheMechanismOfMalformed_data()
{
    QTest::addColumn<QByteArrayList>("frames");
    const QByteArray long256(256, 'x');
    QTest::newRow("version") << QByteArrayList{"2.0", "1", "", "", "", "GSSAPI", "a@B"};
    QTest::newRow("domain") << QByteArrayList{"1.0", "1", "\xff", "", "", "GSSAPI", "a@B"};
    QTest::newRow("long domain") << QByteArrayList{"1.0", "1", long256, "", "", "GSSAPI", "a@B"};
    QTest::newRow("long address") << QByteArrayList{"1.0", "1", "", long256, "", "GSSAPI", "a@B"};
    QTest::newRow("long identity") << QByteArrayList{"1.0", "1", "", "", long256, "GSSAPI", "a@B"};
    QTest::newRow("count") << QByteArrayList{"1.0", "1", "", "", "", "GSSAPI"};
    QTest::newRow("principal") << QByteArrayList{"1.0", "1", "", "", "", "GSSAPI", "\xff"};
}

void tst_Request::keepsTheMechanismOfMalformed()
{
    QFETCH(const QByteArrayList, frames);
    Request request;
    QCOMPARE(parse(frames, &request).outcome, ParseOutcome::Malformed);
    QCOMPARE(request.mechanism, Mechanism::Gssapi);
}

void tst_Request::decodesLatin1()
{
    const QByteArrayList frames{"1.0", "1", "b\xc3\xbcro", "", "", "PLAIN", "j\xf6rg", "gr\xfcn"};
    Request request;
    QCOMPARE(parse(frames, &request, TextEncoding::Latin1).outcome, ParseOutcome::Valid);
    QCOMPARE(request.domain, QByteArrayView("b\xc3\xbcro")); // UTF-8 for every encoding
    QCOMPARE(request.name, QByteArrayView("j\xc3\xb6rg"));
    QCOMPARE(request.password, QByteArrayView("gr\xfcn")); // the bytes are unchanged

    QCOMPARE(parse(frames, &request, TextEncoding::Utf8).outcome, ParseOutcome::Malformed);
    const QByteArrayList domain{"1.0", "1", "b\xfcro", "", "", "NULL"};
    QCOMPARE(parse(domain, &request, TextEncoding::Latin1).outcome, ParseOutcome::Malformed);
    const QByteArrayList control{"1.0", "1", "", "", "", "PLAIN", "a\x85", "x"};
    QCOMPARE(parse(control, &request, TextEncoding::Latin1).outcome, ParseOutcome::Malformed);
}

void tst_Request::findsTheRequestAfterTheEnvelope_data()
{
    QTest::addColumn<QByteArrayList>("frames");
    QTest::addColumn<qsizetype>("index");
    QTest::newRow("one routing id") << QByteArrayList{"id", "", "1.0"} << qsizetype(2);
    QTest::newRow("three routing ids") << QByteArrayList{"a", "b", "c", "", "1.0"} << qsizetype(4);
    QTest::newRow("the first empty frame ends it")
        << QByteArrayList{"id", "", "", "1"} << qsizetype(2);
    QTest::newRow("the delimiter is last") << QByteArrayList{"id", ""} << qsizetype(2);
    QTest::newRow("no delimiter") << QByteArrayList{"id", "1.0", "1"} << qsizetype(-1);
    QTest::newRow("no routing id") << QByteArrayList{"", "1.0", "1"} << qsizetype(-1);
    QTest::newRow("nothing") << QByteArrayList{} << qsizetype(-1);
}

void tst_Request::findsTheRequestAfterTheEnvelope()
{
    QFETCH(const QByteArrayList, frames);
    QFETCH(const qsizetype, index);
    const QList<QByteArrayView> v = views(frames);
    QCOMPARE(findRequest(v.data(), v.size()), index);
}

// Random frames have one of the three outcomes, and only correct requests are valid.
void tst_Request::survivesAnyFrames()
{
    const QByteArrayList pieces{"",
                                "1.0",
                                "1",
                                "NULL",
                                "PLAIN",
                                "CURVE",
                                "GSSAPI",
                                "\xff",
                                QByteArray(32, 'k'),
                                QByteArray(256, 'x'),
                                QByteArray(100000, '\0'),
                                "127.0.0.1",
                                "domain"};
    QRandomGenerator random(20);
    int valid = 0;
    for (int round = 0; round < 200000; ++round) {
        QByteArrayList frames;
        const int count = random.bounded(12);
        for (int i = 0; i < count; ++i)
            frames.append(pieces.at(random.bounded(static_cast<int>(pieces.size()))));
        // Half of them have a valid beginning, to reach later checks.
        if (count >= 6 && random.bounded(2) == 0) {
            frames[0] = "1.0";
            frames[2] = "domain";
            frames[3] = frames[4] = "";
        }
        Request request;
        const ParseResult result =
            parse(frames, &request, random.bounded(2) ? TextEncoding::Utf8 : TextEncoding::Latin1);
        QCOMPARE(result.outcome == ParseOutcome::Unanswerable, count < 2);
        QCOMPARE(result.outcome == ParseOutcome::Valid, result.error.isEmpty());
        if (result.outcome != ParseOutcome::Valid)
            continue;
        ++valid;
        QCOMPARE(frames.at(0), QByteArray("1.0"));
        QVERIFY(request.mechanism != Mechanism::Unknown);
        QVERIFY(isCleanText(request.domain));
        QVERIFY(isCleanText(request.name));
    }
    QVERIFY(valid > 1000);
}

QTEST_GUILESS_MAIN(tst_Request)
#include "tst_request.moc"
