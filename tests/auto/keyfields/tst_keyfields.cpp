// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keyfieldencoder.h"
#include "credentials/keys/keyfields.h"
#include "protocol/metadata.h"
#include "protocol/z85.h"

#include <QtCore/qendian.h>
#include <QtTest/qtest.h>

#include <utility>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

using Fields = QList<std::pair<QByteArray, QByteArray>>;

const QByteArray Key(CurveKeySize, 'k');

// Encodes as specified by RFC 27.
QByteArray encoded(const Fields &fields)
{
    QByteArray result;
    for (const auto &[name, value] : fields) {
        result += static_cast<char>(name.size());
        result += name;
        char size[sizeof(quint32)];
        qToBigEndian(static_cast<quint32>(value.size()), size);
        result += QByteArray(size, sizeof size) + value;
    }
    return result;
}

void start(KeyFieldEncoder *encoder, QByteArrayView userId = {})
{
    encoder->start(reinterpret_cast<const uchar *>(Key.constData()), userId);
}

} // namespace

Q_DECLARE_METATYPE(Fields)

class tst_KeyFields : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void names_data();
    void names();
    void declared();
    void published_data();
    void published();
    void doesNotMixFieldsOfKeys();
    void userId_data();
    void userId();
    void publishesInvalidValuesEmpty_data();
    void publishesInvalidValuesEmpty();
    void largest();
    void total();
    void publishesTheUserIdField();
};

void tst_KeyFields::names_data()
{
    QTest::addColumn<QString>("userIdField");
    QTest::addColumn<QStringList>("published");
    QTest::addColumn<QString>("problem"); // a part of it

    QStringList most;
    for (int i = 0; i < 64; ++i)
        most += u"f%1"_s.arg(i);
    const QString none;
    QTest::newRow("none") << none << QStringList() << none;
    QTest::newRow("one") << none << QStringList(u"name"_s) << none;
    QTest::newRow("alphabet") << none << QStringList(u"a-Z_0.9+"_s) << none;
    QTest::newRow("the request's") << none << QStringList({u"Domain"_s, u"Mechanism"_s}) << none;
    QTest::newRow("64") << none << most << none;
    QTest::newRow("longest") << none << QStringList(QString(255, u'x')) << none;
    QTest::newRow("user id field") << u"name"_s << QStringList() << none;
    QTest::newRow("user id field that is published") << u"name"_s << QStringList(u"name"_s) << none;
    QTest::newRow("user id field that cannot be published")
        << u"org/unit"_s << QStringList() << none;

    QTest::newRow("65") << none << most + QStringList(u"x"_s) << u"65 fields"_s;
    QTest::newRow("empty") << none << QStringList(QString()) << u"is empty"_s;
    QTest::newRow("too long") << none << QStringList(QString(256, u'x')) << u"longer than 255"_s;
    QTest::newRow("space") << none << QStringList(u"a b"_s) << u"\"a b\" has characters"_s;
    QTest::newRow("slash") << none << QStringList(u"a/b"_s) << u"\"a/b\" has characters"_s;
    QTest::newRow("not ASCII") << none << QStringList(u"n\u00e4me"_s) << u"has characters"_s;
    QTest::newRow("reserved") << none << QStringList(u"User-Id"_s) << u"is reserved"_s;
    QTest::newRow("reserved, in different case")
        << none << QStringList(u"identity"_s) << u"is reserved"_s;
    QTest::newRow("twice") << none << QStringList({u"a"_s, u"b"_s, u"a"_s})
                           << u"\"a\" is listed twice"_s;
    QTest::newRow("twice, in different case")
        << none << QStringList({u"a"_s, u"A"_s}) << u"\"A\" is listed twice"_s;
    QTest::newRow("the request's twice")
        << none << QStringList({u"Domain"_s, u"Domain"_s}) << u"\"Domain\" is listed twice"_s;
    QTest::newRow("the request's, in different case")
        << none << QStringList(u"domain"_s) << u"is written Domain"_s;
    QTest::newRow("of a key") << none << QStringList(u"public-key"_s) << u"cannot start with"_s;
    QTest::newRow("user id field with a space") << u"a b"_s << QStringList() << u"\"a b\": "_s;
    QTest::newRow("user id field of a key")
        << u"secret-key"_s << QStringList() << u"\"secret-key\": "_s;
}

void tst_KeyFields::names()
{
    QFETCH(const QString, userIdField);
    QFETCH(const QStringList, published);
    QFETCH(const QString, problem);

    const QString found = fieldNamesProblem({userIdField, published}).text();
    QCOMPARE(found.isEmpty(), problem.isEmpty());
    QVERIFY2(found.contains(problem), qPrintable(found));
}

void tst_KeyFields::declared()
{
    const KeyFieldEncoder none({});
    QVERIFY(!none.isNeeded());
    QVERIFY(!none.isDeclared(""));

    const KeyFieldEncoder request({{}, {u"Domain"_s, u"Mechanism"_s}});
    QVERIFY(!request.isNeeded());
    QVERIFY(!request.isDeclared("Domain"));

    const KeyFieldEncoder id({u"name"_s, {}});
    QVERIFY(id.isNeeded());
    QVERIFY(id.isDeclared("name"));
    QVERIFY(!id.isDeclared("Name"));

    const KeyFieldEncoder both({u"name"_s, {u"role"_s}});
    QVERIFY(both.isDeclared("name"));
    QVERIFY(both.isDeclared("role"));
    QVERIFY(!both.isDeclared("org"));
}

void tst_KeyFields::published_data()
{
    QTest::addColumn<QStringList>("declared");
    QTest::addColumn<Fields>("fields");
    QTest::addColumn<Fields>("sent");

    const QStringList names = {u"role"_s, u"org"_s};
    QTest::newRow("nothing declared") << QStringList() << Fields{{"role", "x"}} << Fields();
    QTest::newRow("each one") << names << Fields{{"role", "x"}, {"org", "y"}}
                              << Fields{{"role", "x"}, {"org", "y"}};
    QTest::newRow("declared order")
        << names << Fields{{"org", "y"}, {"role", "x"}} << Fields{{"role", "x"}, {"org", "y"}};
    QTest::newRow("one missing") << names << Fields{{"org", "y"}}
                                 << Fields{{"role", ""}, {"org", "y"}};
    QTest::newRow("all missing") << names << Fields() << Fields{{"role", ""}, {"org", ""}};
    QTest::newRow("without a value")
        << names << Fields{{"role", ""}} << Fields{{"role", ""}, {"org", ""}};
    QTest::newRow("others") << names << Fields{{"a", "b"}, {"role", "x"}}
                            << Fields{{"role", "x"}, {"org", ""}};
    QTest::newRow("in different case")
        << names << Fields{{"Role", "x"}} << Fields{{"role", ""}, {"org", ""}};
    QTest::newRow("the request's")
        << QStringList({u"Domain"_s, u"role"_s, u"Mechanism"_s})
        << Fields{{"Domain", "x"}, {"role", "x"}, {"Mechanism", "x"}} << Fields{{"role", "x"}};
    QTest::newRow("UTF-8") << names << Fields{{"role", "\xc3\xa4"}}
                           << Fields{{"role", "\xc3\xa4"}, {"org", ""}};
}

void tst_KeyFields::published()
{
    QFETCH(const QStringList, declared);
    QFETCH(const Fields, fields);
    QFETCH(const Fields, sent);

    KeyFieldEncoder encoder({{}, declared});
    start(&encoder, "alice");
    for (const auto &[name, value] : fields)
        QCOMPARE(encoder.add(name, value), Problem());
    QCOMPARE(encoder.metadata(), QByteArrayView(encoded(sent)));
    QCOMPARE(encoder.userId(), QByteArrayView("alice"));
}

// The fields of one key are not used for the next.
void tst_KeyFields::doesNotMixFieldsOfKeys()
{
    KeyFieldEncoder encoder({u"name"_s, {u"role"_s, u"org"_s}});
    start(&encoder, "a");
    QCOMPARE(encoder.add("name", "alice"), Problem());
    QCOMPARE(encoder.add("role", "x"), Problem());
    QCOMPARE(encoder.userId(), QByteArrayView("alice"));
    QCOMPARE(encoder.metadata(), QByteArrayView(encoded({{"role", "x"}, {"org", ""}})));
    start(&encoder, "b");
    QCOMPARE(encoder.userId(), QByteArrayView("b"));
    QCOMPARE(encoder.metadata(), QByteArrayView(encoded({{"role", ""}, {"org", ""}})));
}

void tst_KeyFields::userId_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("userId");
    QTest::addColumn<QString>("problem"); // a part of it

    const QByteArray longest(255, 'x');
    const QByteArray fallback("own");
    QTest::newRow("value") << QByteArray("Alice Smith") << QByteArray("Alice Smith") << QString();
    QTest::newRow("none") << QByteArray() << fallback << QString();
    QTest::newRow("longest") << longest << longest << QString();
    QTest::newRow("the key itself") << Z85::encode(Key) << Z85::encode(Key) << QString();
    QTest::newRow("too long") << longest + 'x' << fallback << u"name has 256 bytes"_s;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << fallback << u"name is not UTF-8"_s;
    QTest::newRow("line break") << QByteArray("a\nb") << fallback << u"name is not UTF-8"_s;
    QTest::newRow("Latin-1") << QByteArray("\xe4") << fallback << u"name is not UTF-8"_s;
    QTest::newRow("of nobody") << QByteArray("anonymous") << fallback << u"name is \"anonymous\""_s;
    QTest::newRow("another key") << Z85::encode(QByteArray(CurveKeySize, 'x')) << fallback
                                 << u"name is itself a key"_s;
}

void tst_KeyFields::userId()
{
    QFETCH(const QByteArray, value);
    QFETCH(const QString, problem);

    KeyFieldEncoder encoder({u"name"_s, {}});
    start(&encoder, "own");
    const QString found = encoder.add("name", value).text();
    QCOMPARE(found.isEmpty(), problem.isEmpty());
    QVERIFY2(found.contains(problem), qPrintable(found));
    QTEST(encoder.userId().toByteArray(), "userId");
    QVERIFY(encoder.metadata().isEmpty());
}

void tst_KeyFields::publishesInvalidValuesEmpty_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("problem"); // the start of it

    const auto unclean = u"the field role is not UTF-8"_s;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << unclean;
    QTest::newRow("control character") << QByteArray("\x1b") << unclean;
    QTest::newRow("C1 control") << QByteArray("\xc2\x9b") << unclean;
    QTest::newRow("Latin-1") << QByteArray("\xe4") << unclean;
    QTest::newRow("too long") << QByteArray(MaximumFieldSize + 1, 'x')
                              << u"the field role has 4097 bytes"_s;
}

// The field is sent, because a peer could claim a value for an omitted field.
void tst_KeyFields::publishesInvalidValuesEmpty()
{
    QFETCH(const QByteArray, value);
    QFETCH(const QString, problem);

    KeyFieldEncoder encoder({{}, {u"role"_s, u"org"_s}});
    start(&encoder);
    const QString found = encoder.add("role", value).text();
    QVERIFY2(found.startsWith(problem), qPrintable(found));
    QCOMPARE(encoder.add("org", "y"), Problem());
    QCOMPARE(encoder.metadata(), QByteArrayView(encoded({{"role", ""}, {"org", "y"}})));
}

void tst_KeyFields::largest()
{
    const QByteArray value(MaximumFieldSize, 'x');
    KeyFieldEncoder encoder({{}, {u"role"_s}});
    start(&encoder);
    QCOMPARE(encoder.add("role", value), Problem());
    QCOMPARE(encoder.metadata(), QByteArrayView(encoded({{"role", value}})));
}

void tst_KeyFields::total()
{
    QStringList names;
    for (int i = 0; i < 64; ++i)
        names += QString(250, u'x') + QString::number(i);
    KeyFieldEncoder encoder({{}, names});
    start(&encoder);
    const QByteArray value(MaximumFieldSize, 'x');
    Fields sent;
    int problems = 0;
    for (const QString &name : std::as_const(names)) {
        const bool isSent = !encoder.add(name.toLatin1(), value);
        sent.append({name.toLatin1(), isSent ? value : QByteArray()});
        problems += isSent ? 0 : 1;
    }
    QCOMPARE(problems, 53);
    QCOMPARE(encoder.metadata(), QByteArrayView(encoded(sent)));
    // There is space for a domain name of 255 bytes.
    QVERIFY(encoder.metadata().size() + 300 <= MaximumMetadataSize);

    start(&encoder);
    QCOMPARE(encoder.add(names.last().toLatin1(), value), Problem());
}

void tst_KeyFields::publishesTheUserIdField()
{
    const QByteArray value(256, 'x'); // too long for a user id
    KeyFieldEncoder encoder({u"name"_s, {u"name"_s}});
    start(&encoder, "own");
    QVERIFY(encoder.add("name", value)
                .text()
                .startsWith(u"the field name has 256 bytes, and is invalid as a user id"_s));
    QCOMPARE(encoder.userId(), QByteArrayView("own"));
    QCOMPARE(encoder.metadata(), QByteArrayView(encoded({{"name", value}})));
}

QTEST_GUILESS_MAIN(tst_KeyFields)
#include "tst_keyfields.moc"
