// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificatefile.h"
#include "credentials/keys/fieldnames.h"
#include "credentials/keys/keydirectory.h"
#include "credentials/keys/keyfieldencoder.h"
#include "credentials/keys/keylistfile.h"
#include "filetest.h"
#include "protocol/z85.h"

#include <QtTest/qtest.h>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

QByteArray keyText(char number)
{
    return Z85::encode(QByteArray(CurveKeySize, number));
}

QByteArray certificate(char number, const QByteArray &fields)
{
    return "metadata\n" + fields + "curve\n    public-key = \"" + keyText(number) + "\"\n";
}

} // namespace

class tst_FieldNames : public FileTest
{
    Q_OBJECT

private Q_SLOTS:
    void missing_data();
    void missing();
    void manyNames();
    void keyList_data();
    void keyList();
    void keyDirectory();
    void wrongSection_data();
    void wrongSection();
    void sets();
    void setsAreBounded();
};

void tst_FieldNames::missing_data()
{
    QTest::addColumn<QStringList>("published");
    QTest::addColumn<QString>("userIdField");
    QTest::addColumn<QStringList>("texts");

    const auto id = u"dir: no key has the field \"user_id\", which is declared as userIdField; "_s;
    const auto role = u"dir: no key has the field \"role\", which is declared as one of "
                      "publishedFields; "_s;
    const auto nearest = [](const char *name) {
        return u"the nearest name that exists is \"%1\""_s.arg(QString::fromLatin1(name));
    };
    QTest::newRow("none is declared") << QStringList() << QString() << QStringList();
    QTest::newRow("all are there") << QStringList{u"Role"_s} << u"userid"_s << QStringList();
    QTest::newRow("user id") << QStringList() << u"user_id"_s
                             << QStringList{id + nearest("userid")};
    QTest::newRow("another case") << QStringList{u"role"_s} << u"userid"_s
                                  << QStringList{role + nearest("Role")};
    QTest::newRow("both") << QStringList{u"role"_s} << u"user_id"_s
                          << QStringList{id + nearest("userid"), role + nearest("Role")};
    QTest::newRow("one field for both")
        << QStringList{u"user_id"_s} << u"user_id"_s << QStringList{id + nearest("userid")};
    QTest::newRow("fields of requests are nobody's")
        << QStringList{u"Mechanism"_s, u"Domain"_s} << QString() << QStringList();
}

void tst_FieldNames::missing()
{
    QFETCH(const QStringList, published);
    QFETCH(const QString, userIdField);

    const KeyFieldEncoder encoder({userIdField, published});
    FieldNames names(encoder);
    for (const QByteArrayView name : {"name", "Role", "userid", "Role"})
        names.add(name);
    ProblemList warnings;
    names.warnOfMissing(u"dir"_s, &warnings);
    QTEST(textsOf(warnings.problems(u"dir"_s)), "texts");
}

void tst_FieldNames::manyNames()
{
    const KeyFieldEncoder encoder({u"user_id"_s, {u"last"_s}});
    FieldNames names(encoder);
    for (int i = 0; i < 100'000; ++i)
        names.add(QByteArray::number(i));
    names.add("last"); // a declared field is added despite the limit
    ProblemList warnings;
    names.warnOfMissing(u"dir"_s, &warnings);
    QCOMPARE(warnings.problems(u"dir"_s).size(), 1);
}

void tst_FieldNames::keyList_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("warnings");

    const QByteArray line = keyText(1);
    const auto missing =
        u"list: no key has the field \"user_id\", which is declared as userIdField; "_s;
    QTest::newRow("one key has it") << line + " - user_id=a\n" + keyText(2) + '\n' << QStringList();
    QTest::newRow("it has no value") << line + " - user_id=\n" << QStringList();
    QTest::newRow("almost") << line + " - userid=a x=y\n"
                            << QStringList{missing
                                           + u"the nearest name that exists is \"userid\""_s};
    QTest::newRow("no fields") << line + " alice\n"
                               << QStringList{missing + u"none of them has a field"_s};
    QTest::newRow("no similar field")
        << line + " - z=1 a=2\n"
        << QStringList{missing + u"the fields that exist: \"a\", \"z\""_s};
    QTest::newRow("no keys") << QByteArray("# none\n") << QStringList();
}

void tst_FieldNames::keyList()
{
    QFETCH(const QByteArray, text);
    const KeyLoad load = parseKeyList(text, u"list"_s, {u"user_id"_s, {}});
    QCOMPARE(textsOf(load.errors), QStringList());
    QTEST(textsOf(load.warnings), "warnings");
    QCOMPARE(textsOf(parseKeyList(text, u"list"_s).warnings), QStringList());

    write(u"list"_s, text);
    KeyList list(path(u"list"_s), {u"user_id"_s, {}});
    QCOMPARE(list.load().warnings.size(), load.warnings.size());
    QCOMPARE(list.load().warnings.size(), load.warnings.size()); // even if nothing is read
    // While the list is being written, the field may still appear.
    QCOMPARE(list.load(true).warnings.size(), 0);
}

void tst_FieldNames::keyDirectory()
{
    KeyDirectory directory(path(), {}, {u"user_id"_s, {u"role"_s}});
    const auto nearest = [&](const char *field, const char *declared, const QString &there) {
        return u"%1: no key has the field \"%2\", which is declared as %3; %4"_s.arg(
            path(), QLatin1StringView(field), QLatin1StringView(declared), there);
    };
    const auto name = [](const char *text) {
        return u"the nearest name that exists is \"%1\""_s.arg(QLatin1StringView(text));
    };
    QCOMPARE(textsOf(directory.load().warnings), QStringList()); // no keys, no fields

    write(u"a.key"_s, certificate(1, {}));
    const auto none = u"none of them has a field"_s;
    QCOMPARE(textsOf(directory.load().warnings),
             QStringList({nearest("user_id", "userIdField", none),
                          nearest("role", "one of publishedFields", none)}));

    write(u"b.key"_s, certificate(2, "    userid = \"b\"\n    role = \"x\"\n"));
    QCOMPARE(textsOf(directory.update({"b.key"}).warnings),
             QStringList{nearest("user_id", "userIdField", name("userid"))});

    write(u"c.key"_s, certificate(3, "    user_id = \"c\"\n"));
    QCOMPARE(textsOf(directory.update({"c.key"}).warnings), QStringList());

    // The only certificate with the field is removed; the suggested names are those that exist now.
    remove(u"c.key"_s);
    write(u"b.key"_s, certificate(2, "    uid = \"b\"\n    role = \"x\"\n"));
    QCOMPARE(textsOf(directory.update({"b.key", "c.key"}).warnings),
             QStringList{
                 nearest("user_id", "userIdField", uR"(the fields that exist: "role", "uid")"_s)});
}

void tst_FieldNames::wrongSection_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QStringList>("warnings"); // after the file's name

    const QByteArray field = "    user_id = \"a\"\n";
    const QByteArray good = certificate(1, field);
    const auto move = u", where it does not count; move it to the section metadata"_s;
    QTest::newRow("metadata") << good << QStringList();
    QTest::newRow("curve") << good + field
                           << QStringList{u":5: the field user_id is in the section curve"_s
                                          + move};
    QTest::newRow("no section") << "user_id = \"a\"\n" + good
                                << QStringList{u":1: the field user_id is in no section"_s + move};
    QTest::newRow("another section")
        << "other\n" + field + good
        << QStringList{u":2: the field user_id is in another section than metadata"_s + move};
    QTest::newRow("another field in another section")
        << "other\n    x = y\n" + good << QStringList();
    QTest::newRow("another field in curve")
        << good + "    x = y\n"
        << QStringList{u":5: this property is in the section curve"_s + move};
}

void tst_FieldNames::wrongSection()
{
    QFETCH(const QByteArray, text);
    QFETCH(QStringList, warnings);

    write(u"a.key"_s, text);
    const KeyLoad load = loadKeyDirectory(path(), {}, {u"user_id"_s, {}});
    for (QString &warning : warnings)
        warning = path(u"a.key"_s) + warning;
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), warnings);
}

void tst_FieldNames::sets()
{
    FieldNameSets sets;
    const auto none = sets.numberOf({});
    const auto some = sets.numberOf({"a", "b"});
    QVERIFY(none != FieldNameSets::Unknown && some != FieldNameSets::Unknown && none != some);
    QCOMPARE(sets.numberOf({"a", "b"}), some);
    QCOMPARE(sets.numberOf({}), none);
    QVERIFY(sets.numberOf({"ab"}) != some);
    QCOMPARE(sets.names(some), (QList<QByteArray>{"a", "b"}));
    QVERIFY(sets.names(none).isEmpty());
}

void tst_FieldNames::setsAreBounded()
{
    FieldNameSets many;
    for (int i = 0; i < 4095; ++i)
        QVERIFY(many.numberOf({QByteArray::number(i)}) != FieldNameSets::Unknown);
    QCOMPARE(many.numberOf({"one too many"}), FieldNameSets::Unknown);
    QVERIFY(many.numberOf({"0"}) != FieldNameSets::Unknown);
    QCOMPARE(many.size(), size_t{4096});

    FieldNameSets large;
    for (char c = 'a'; c < 'q'; ++c)
        QVERIFY(large.numberOf({QByteArray(65'536, c)}) != FieldNameSets::Unknown);
    QCOMPARE(large.numberOf({"q"}), FieldNameSets::Unknown);
}

QTEST_GUILESS_MAIN(tst_FieldNames)
#include "tst_fieldnames.moc"
