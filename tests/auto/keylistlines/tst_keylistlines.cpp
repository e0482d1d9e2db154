// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificatefile.h"
#include "credentials/keys/keylistfile.h"
#include "randombytes.h"
#include "testkeys.h"

#include <QtCore/qendian.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <array>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// The keys contain special characters of Z85: '#', '=', ' ' and '-' have a meaning in a list.
const QByteArray KeyA("Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID");
const QByteArray KeyB("D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs");
const QByteArray KeyC("0#=-00#=-00#=-00#=-00#=-00#=-00#=-00#=-0");

QByteArray bytesOf(const QByteArray &text)
{
    QByteArray bytes(CurveKeySize, '\0');
    if (!Z85::decode(text, bytes.data()))
        qFatal("not a key");
    return bytes;
}

// Encodes as specified by RFC 27.
QByteArray encoded(const QByteArray &name, const QByteArray &value)
{
    QByteArray result(1, static_cast<char>(name.size()));
    char size[sizeof(quint32)];
    qToBigEndian(static_cast<quint32>(value.size()), size);
    return result + name + QByteArray(size, sizeof size) + value;
}

} // namespace

// Tests the lines of a key list.
class tst_KeyListLines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void acceptsLines_data();
    void acceptsLines();
    void refusesBadLines_data();
    void refusesBadLines();
    void acceptsEmptyLists_data();
    void acceptsEmptyLists();
    void keepsOtherLinesThanBadOnes();
    void usesTheFirstLineOfAKey();
    void reportsDuplicatesWithTheirLines();
    void refusesALineWithAByteOrderMark();
    void listsABoundedNumberOfProblems();
    void findsNoKeyInRandomBytes();
    void refusesACertificate();
    void reportsFileNamesWithPercentSigns();
    void readsAMillionLines();
    void usesDeclaredFields_data();
    void usesDeclaredFields();
    void keepsTheUserIdOfALineWithABadField();
    void usesFieldsOfTheFirstLineOfAKey();
};

void tst_KeyListLines::acceptsLines_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("userId");

    const QByteArray longest(255, 'x');
    QTest::newRow("key alone") << KeyA << KeyA << QByteArray();
    QTest::newRow("key with # and =") << KeyC << KeyC << QByteArray();
    QTest::newRow("key with # and =, id") << KeyC + " carol" << KeyC << QByteArray("carol");
    QTest::newRow("LF") << KeyA + '\n' << KeyA << QByteArray();
    QTest::newRow("CRLF") << KeyA + "\r\n" << KeyA << QByteArray();
    QTest::newRow("CRLF after an id") << KeyA + " alice\r\n" << KeyA << QByteArray("alice");
    QTest::newRow("id") << KeyA + " alice" << KeyA << QByteArray("alice");
    QTest::newRow("id in UTF-8") << KeyA + " \xc3\xa4lice" << KeyA << QByteArray("\xc3\xa4lice");
    QTest::newRow("longest id") << KeyA + ' ' + longest << KeyA << longest;
    QTest::newRow("id with # inside") << KeyA + " bob#1" << KeyA << QByteArray("bob#1");
    QTest::newRow("id that starts with -") << KeyA + " -a" << KeyA << QByteArray("-a");
    QTest::newRow("id that is the key") << KeyA + ' ' + KeyA << KeyA << KeyA;
    QTest::newRow("- for no id") << KeyA + " -" << KeyA << QByteArray();
    QTest::newRow("- and a field") << KeyA + " - name=x" << KeyA << QByteArray();
    QTest::newRow("field and no id") << KeyA + " name=x" << KeyA << QByteArray();
    QTest::newRow("id and fields")
        << KeyA + " alice name=x org/unit=\xc3\xa4=# empty=" << KeyA << QByteArray("alice");
    QTest::newRow("tabs") << KeyA + "\talice\tname=x" << KeyA << QByteArray("alice");
    QTest::newRow("blanks all over") << "  " + KeyA + "  alice \t " << KeyA << QByteArray("alice");
    QTest::newRow("comment after the key") << KeyA + " # alice" << KeyA << QByteArray();
    QTest::newRow("comment without a space") << KeyA + " #alice a b" << KeyA << QByteArray();
    QTest::newRow("comment after the id") << KeyA + " alice # x" << KeyA << QByteArray("alice");
    QTest::newRow("comment in Latin-1") << KeyA + " # \xe4" << KeyA << QByteArray();
}

void tst_KeyListLines::acceptsLines()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, key);
    QFETCH(const QByteArray, userId);

    const KeyLoad load = parseKeyList(text, u"list"_s);
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QCOMPARE(load.keys->size(), 1);
    const auto id = userIdOf(load, bytesOf(key));
    QVERIFY(id);
    QCOMPARE(*id, QByteArrayView(userId));
}

void tst_KeyListLines::refusesBadLines_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("problem"); // the start of it

    QByteArray notZ85 = KeyA;
    notZ85[20] = '"';
    const QByteArray tooLarge(40, '#');
    const auto idProblem = u"the user id is not UTF-8 text"_s;
    QTest::newRow("key too short") << KeyA.chopped(1) << u"the first word has 39 bytes"_s;
    QTest::newRow("key too long") << KeyA + '0' << u"the first word has 41 bytes"_s;
    QTest::newRow("key not of the alphabet") << notZ85 << u"the first word is not Z85"_s;
    QTest::newRow("key above 32 bits") << '%' + tooLarge.chopped(1) << u"the first word is not"_s;
    QTest::newRow("key in quotes") << '"' + KeyA + '"' << u"the first word has 42 bytes"_s;
    QTest::newRow("comment without a space") << KeyA + "#x" << u"the first word has 42 bytes"_s;
    QTest::newRow("id first") << "alice " + KeyA << u"the first word has 5 bytes"_s;
    QTest::newRow("two ids") << KeyA + " alice smith" << u"after the user id"_s;
    QTest::newRow("id after -") << KeyA + " - alice" << u"after the user id"_s;
    QTest::newRow("id after a field") << KeyA + " name=x alice" << u"after the user id"_s;
    QTest::newRow("id too long") << KeyA + ' ' + QByteArray(256, 'x')
                                 << u"the user id has 256 bytes"_s;
    QTest::newRow("id in Latin-1") << KeyA + " \xe4lice" << idProblem;
    QTest::newRow("id with NUL") << KeyA + QByteArray(" al\0ice", 7) << idProblem;
    QTest::newRow("id with a control character") << KeyA + " al\x1bice" << idProblem;
    QTest::newRow("id with a C1 control") << KeyA + " al\xc2\x9bice" << idProblem;
    QTest::newRow("CR alone") << KeyA + " alice\r" + KeyB << idProblem;
    QTest::newRow("id of nobody") << KeyA + " anonymous" << u"the user id \"anonymous\""_s;
    QTest::newRow("id that is another key")
        << KeyA + ' ' + KeyB
        << u"two keys in one line; write each public key in a line of its own, and remove a sec"_s;
    QTest::newRow("field without a name") << KeyA + " =x" << u"a metadata name cannot be empty"_s;
    QTest::newRow("field with a bad name") << KeyA + " n:m=x" << u"a metadata name consists"_s;
    QTest::newRow("field named as a key") << KeyA + " public-key=x" << u"a metadata name cannot"_s;
    QTest::newRow("field in quotes") << KeyA + " name=\"x\"" << u"a metadata value cannot"_s;
    QTest::newRow("field in Latin-1") << KeyA + " name=\xe4" << u"a metadata value must"_s;
    QTest::newRow("field twice") << KeyA + " name=x a=b name=y" << u"a field occurs twice"_s;
    QByteArray fields;
    for (int i = 0; i < 65; ++i)
        fields += " f" + QByteArray::number(i) + "=x";
    QTest::newRow("too many fields") << KeyA + fields << u"more than 64 fields"_s;
}

void tst_KeyListLines::refusesBadLines()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, problem);

    const KeyLoad load =
        parseKeyList("# A list\n" + text + '\n' + KeyC + " carol\n", u"dir/list"_s);
    QCOMPARE(load.errors.size(), 1);
    const QString start = u"dir/list:2: "_s + problem;
    QVERIFY2(load.errors.first().text().startsWith(start), qPrintable(load.errors.first().text()));
    // The text after the semicolon says what to do.
    QVERIFY2(load.errors.first().text().contains(u';'), qPrintable(load.errors.first().text()));
    QCOMPARE(textsOf(load.warnings), QStringList());
    QCOMPARE(load.fileError, FileError::None);
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(!load.keys->find(bytesOf(KeyA)));
    QCOMPARE(userIdOf(load, bytesOf(KeyC)), QByteArrayView("carol"));
}

void tst_KeyListLines::acceptsEmptyLists_data()
{
    QTest::addColumn<QByteArray>("text");

    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("an empty line") << QByteArray("\n");
    QTest::newRow("empty lines") << QByteArray("\n\r\n\n\n");
    QTest::newRow("blanks") << QByteArray("  \t \n \r\n");
    QTest::newRow("comments") << QByteArray("#\n# x\n #x\n\t# " + KeyA + "\n#" + KeyA);
}

void tst_KeyListLines::acceptsEmptyLists()
{
    QFETCH(const QByteArray, text);

    const KeyLoad load = parseKeyList(text, u"list"_s);
    QCOMPARE(textsOf(load.errors), QStringList());
    QVERIFY(load.keys);
    QCOMPARE(load.keys->size(), 0);
}

void tst_KeyListLines::keepsOtherLinesThanBadOnes()
{
    const KeyLoad load =
        parseKeyList(KeyA + " alice\nrubbish\n\n" + KeyB + "\nmore\n" + KeyC + " carol", u"list"_s);
    QCOMPARE(load.errors.size(), 2);
    QVERIFY(load.errors[0].text().startsWith(u"list:2: "_s));
    QVERIFY(load.errors[1].text().startsWith(u"list:5: "_s));
    QCOMPARE(load.keys->size(), 3);
    QCOMPARE(userIdOf(load, bytesOf(KeyA)), QByteArrayView("alice"));
    QCOMPARE(userIdOf(load, bytesOf(KeyB)), QByteArrayView(""));
    QCOMPARE(userIdOf(load, bytesOf(KeyC)), QByteArrayView("carol"));
}

void tst_KeyListLines::usesTheFirstLineOfAKey()
{
    const KeyLoad load =
        parseKeyList(KeyA + " alice\n" + KeyB + " bob\n" + KeyA + " mallory\n", u"list"_s);
    QCOMPARE(
        textsOf(load.errors),
        QStringList(u"list:3: repeats the key of line 1, which is used; remove one of the two"_s));
    QCOMPARE(load.keys->size(), 2);
    QCOMPARE(userIdOf(load, bytesOf(KeyA)), QByteArrayView("alice"));
    QCOMPARE(userIdOf(load, bytesOf(KeyB)), QByteArrayView("bob"));
}

// Lines without a valid key are counted, but are not duplicates.
void tst_KeyListLines::reportsDuplicatesWithTheirLines()
{
    const KeyLoad load = parseKeyList("#" + KeyA + "\n" + KeyA + " two ids\n\n" + KeyA + "\n" + KeyB
                                          + "\n" + KeyA + " x\n#\n" + KeyB + "\n",
                                      u"list"_s);
    QCOMPARE(load.errors.size(), 3);
    QVERIFY(load.errors[0].text().startsWith(u"list:2: "_s));
    QVERIFY(load.errors[1].text().startsWith(u"list:6: repeats the key of line 4"_s));
    QVERIFY(load.errors[2].text().startsWith(u"list:8: repeats the key of line 5"_s));
}

void tst_KeyListLines::refusesALineWithAByteOrderMark()
{
    const KeyLoad load = parseKeyList("\xef\xbb\xbf" + KeyA + "\n" + KeyB + "\n", u"list"_s);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(u"list:1: starts with a byte order mark"_s));
    QCOMPARE(load.keys->size(), 1);
    QVERIFY(load.keys->find(bytesOf(KeyB)));
}

void tst_KeyListLines::listsABoundedNumberOfProblems()
{
    const QByteArray text =
        QByteArray("rubbish\n").repeated(100'000) + KeyA + '\n' + (KeyB + '\n').repeated(1001);
    const KeyLoad load = parseKeyList(text, u"list"_s);
    QCOMPARE(load.errors.size(), 2 * (ProblemList::Maximum + 1));
    QVERIFY(load.errors[0].text().startsWith(u"list:1: "_s));
    QVERIFY(load.errors[19].text().startsWith(u"list:20: "_s));
    QCOMPARE(load.errors[20].text(), u"list: 99980 more problems, which are not listed"_s);
    QVERIFY(load.errors[21].text().startsWith(u"list:100003: repeats the key of line 100002"_s));
    QCOMPARE(load.errors[41].text(), u"list: 980 more problems, which are not listed"_s);
    QCOMPARE(load.keys->size(), 2);
}

void tst_KeyListLines::findsNoKeyInRandomBytes()
{
    const QByteArray rubbish = randomBytes(1'048'576);
    const KeyLoad load = parseKeyList(rubbish, u"list"_s);
    QCOMPARE(load.errors.size(), ProblemList::Maximum + 1);
    QCOMPARE(load.keys->size(), 0);

    for (qsizetype size = 0; size < 300; ++size)
        QCOMPARE(parseKeyList(rubbish.sliced(size * size, size), u"list"_s).keys->size(), 0);
}

void tst_KeyListLines::refusesACertificate()
{
    CertificateData certificate;
    const QByteArray key = bytesOf(KeyA);
    std::copy_n(key.cbegin(), key.size(), certificate.publicKey.begin());
    const SecretBytes text = formatCertificate(certificate, CertificateKind::Public, "today");
    const KeyLoad load = parseKeyList(text.view(), u"alice.key"_s);
    QCOMPARE(load.errors.size(), 1);
    QVERIFY(load.errors.first().text().startsWith(u"alice.key: a certificate, not a list"_s));
    QCOMPARE(load.keys->size(), 0);
}

void tst_KeyListLines::reportsFileNamesWithPercentSigns()
{
    const KeyLoad load = parseKeyList("x\n" + KeyA + '\n' + KeyA, u"%1%2%3"_s);
    QCOMPARE(load.errors.size(), 2);
    QVERIFY(load.errors[0].text().startsWith(u"%1%2%3:1: the first word has 1 bytes"_s));
    QVERIFY(load.errors[1].text().startsWith(u"%1%2%3:3: repeats the key of line 2"_s));
}

void tst_KeyListLines::readsAMillionLines()
{
    constexpr int Count = 1'000'000;
    QByteArray text;
    text.reserve(Count * qsizetype{60});
    std::array<quint32, CurveKeySize / sizeof(quint32)> key = {0, 1};
    for (quint32 i = 0; i < Count; ++i) {
        key[0] = i;
        text += Z85::encode({reinterpret_cast<const char *>(key.data()), CurveKeySize});
        text += " device-";
        text += QByteArray::number(i);
        text += '\n';
    }
    const KeyLoad load = parseKeyList(text, u"list"_s);
    QCOMPARE(textsOf(load.errors), QStringList());
    QCOMPARE(load.keys->size(), Count);
    for (const quint32 i : {0U, 1U, 499'999U, 999'999U}) {
        key[0] = i;
        QCOMPARE(userIdOf(load, {reinterpret_cast<const char *>(key.data()), CurveKeySize}),
                 QByteArrayView("device-" + QByteArray::number(i)));
    }
    key[0] = Count;
    QVERIFY(!load.keys->find({reinterpret_cast<const char *>(key.data()), CurveKeySize}));
}

void tst_KeyListLines::usesDeclaredFields_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("userIdField");
    QTest::addColumn<QStringList>("published");
    QTest::addColumn<QByteArray>("userId");
    QTest::addColumn<QByteArray>("metadata");

    const QString none;
    const auto name = u"name"_s;
    const QStringList both = {u"role"_s, u"org"_s};
    const QByteArray empty = encoded("role", "") + encoded("org", "");
    QTest::newRow("nothing declared") << KeyA + " alice name=A role=x" << none << QStringList()
                                      << QByteArray("alice") << QByteArray();
    QTest::newRow("user id by field")
        << KeyA + " alice name=A" << name << QStringList() << QByteArray("A") << QByteArray();
    QTest::newRow("user id by field alone")
        << KeyA + " name=A" << name << QStringList() << QByteArray("A") << QByteArray();
    QTest::newRow("field without a value")
        << KeyA + " alice name=" << name << QStringList() << QByteArray("alice") << QByteArray();
    QTest::newRow("no field") << KeyA + " alice role=x" << name << QStringList()
                              << QByteArray("alice") << QByteArray();
    QTest::newRow("neither id nor field")
        << KeyA << name << QStringList() << QByteArray() << QByteArray();
    QTest::newRow("published") << KeyA + " alice org=y role=x=#" << none << both
                               << QByteArray("alice")
                               << encoded("role", "x=#") + encoded("org", "y");
    QTest::newRow("one missing") << KeyA + " alice org=y" << none << both << QByteArray("alice")
                                 << encoded("role", "") + encoded("org", "y");
    QTest::newRow("all missing") << KeyA + " alice" << none << both << QByteArray("alice") << empty;
    QTest::newRow("key alone") << KeyA << none << both << QByteArray() << empty;
    QTest::newRow("in a comment") << KeyA + " alice # role=x" << none << both << QByteArray("alice")
                                  << empty;
    QTest::newRow("both") << KeyA + " name=A role=x" << name << both << QByteArray("A")
                          << encoded("role", "x") + encoded("org", "");
}

void tst_KeyListLines::usesDeclaredFields()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, userIdField);
    QFETCH(const QStringList, published);
    QFETCH(const QByteArray, userId);
    QFETCH(const QByteArray, metadata);

    const KeyLoad load =
        parseKeyList(text + '\n' + KeyB + " bob role=b", u"list"_s, {userIdField, published});
    QCOMPARE(textsOf(load.errors), QStringList());
    const auto match = load.keys->find(bytesOf(KeyA));
    QVERIFY(match);
    QCOMPARE(match->userId, QByteArrayView(userId));
    QCOMPARE(match->metadata, QByteArrayView(metadata));
    QCOMPARE(userIdOf(load, bytesOf(KeyB)), QByteArrayView("bob"));
}

// The key remains in force, with the user id that it would have without the field.
void tst_KeyListLines::keepsTheUserIdOfALineWithABadField()
{
    const KeyLoad load =
        parseKeyList(KeyA + " alice\n" + KeyB + " bob name=anonymous\n" + KeyC + " name=" + KeyA,
                     u"list"_s, {u"name"_s, {}});
    QCOMPARE(load.errors.size(), 2);
    QVERIFY2(load.errors[0].text().startsWith(u"list:2: the field name is \"anonymous\""_s),
             qPrintable(load.errors[0].text()));
    QVERIFY2(load.errors[1].text().startsWith(u"list:3: the field name is itself a key"_s),
             qPrintable(load.errors[1].text()));
    QCOMPARE(load.keys->size(), 3);
    QCOMPARE(userIdOf(load, bytesOf(KeyB)), QByteArrayView("bob"));
    QCOMPARE(userIdOf(load, bytesOf(KeyC)), QByteArrayView(""));
}

void tst_KeyListLines::usesFieldsOfTheFirstLineOfAKey()
{
    const KeyLoad load = parseKeyList(KeyA + " alice role=x\n" + KeyA + " mallory role=admin\n",
                                      u"list"_s, {{}, {u"role"_s}});
    QCOMPARE(load.errors.size(), 1);
    QCOMPARE(load.keys->find(bytesOf(KeyA))->metadata, QByteArrayView(encoded("role", "x")));
}

QTEST_GUILESS_MAIN(tst_KeyListLines)
#include "tst_keylistlines.moc"
