// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificatefile.h"
#include "threadtime.h"

#include <QtTest/qtest.h>

#include <algorithm>
#include <limits>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

using Fields = QList<CertificateField>;

namespace {

const QByteArray PublicText("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
const QByteArray SecretText("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");

QByteArray curve(const QByteArray &lines = {})
{
    return "curve\n    public-key = \"" + PublicText + "\"\n" + lines;
}

QByteArray field(const QByteArray &line)
{
    return "metadata\n    " + line + '\n' + curve();
}

} // namespace

// Tests the metadata of a certificate file, and fields outside the section metadata.
class tst_CertificateMetadata : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void readsMetadata_data();
    void readsMetadata();
    void skipsBadMetadataLines_data();
    void skipsBadMetadataLines();
    void reportsFieldsOutsideOfTheMetadata_data();
    void reportsFieldsOutsideOfTheMetadata();
    void reportsABoundedNumberOfStrayFields();
    void reportsABoundedNumberOfSkippedLines();
    void manyFieldsTakeNoLonger();
    void reportsLinesAndFieldsThatItSkips();
    void refusesMetadataThatCannotBeWritten_data();
    void refusesMetadataThatCannotBeWritten();
};

void tst_CertificateMetadata::readsMetadata_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");

    const auto row = [](const char *title, const QByteArray &line, const QByteArray &name,
                        const QByteArray &value) { QTest::newRow(title) << line << name << value; };
    row("quoted", "name = \"Alice Smith\"", "name", "Alice Smith");
    row("apostrophes", "name = 'Alice \"Al\" Smith'", "name", "Alice \"Al\" Smith");
    row("bare, as pyzmq writes it", "name = Alice Smith", "name", "Alice Smith");
    row("bare, blanks at the end", "name = Alice Smith  ", "name", "Alice Smith");
    row("bare up to a comment", "name = Alice # of X", "name", "Alice");
    row("bare, quotes within", "name = Alice \"Al\"", "name", "Alice \"Al\"");
    row("quoted '#'", "name = \"C#\" # x", "name", "C#");
    row("blanks within quotes stay", "name = \" x \"", "name", " x ");
    row("empty", "name = \"\"", "name", "");
    row("empty and bare", "name =", "name", "");
    row("'=' in the value", "name = a=b", "name", "a=b");
    row("every kind of character in a name", "aZ09$_@.&+/-x = y", "aZ09$_@.&+/-x", "y");
    row("UTF-8", "name = \"Zo\xc3\xab\"", "name", "Zo\xc3\xab");
    row("escape sequences stay", R"(name = "a\nb")", "name", R"(a\nb)");
}

void tst_CertificateMetadata::readsMetadata()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, value);

    const CertificateParse parse = parseCertificate(field(line));
    QVERIFY2(parse.isOk(), qPrintable(parse.error.in(u"file"_s).text()));
    QVERIFY(parse.skippedLines.isEmpty());
    QCOMPARE(parse.certificate->metadata, (Fields{{name, value}}));
}

void tst_CertificateMetadata::skipsBadMetadataLines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("what");

    QTest::newRow("name with a blank, as pyzmq writes any")
        << QByteArray("full name = Alice") << u"other than '='"_s;
    QTest::newRow("name of other characters")
        << QByteArray("n\xc3\xa4me = Alice") << u"other than '='"_s;
    QTest::newRow("no name") << QByteArray("= Alice") << u"does not start with a name"_s;
    QTest::newRow("name starts with a slash")
        << QByteArray("/name = x") << u"does not start with a name"_s;
    QTest::newRow("name ends with a slash")
        << QByteArray("name/ = x") << u"does not start with a name"_s;
    QTest::newRow("no value") << QByteArray("name") << u"has no value"_s;
    QTest::newRow("no closing quote") << QByteArray("name = \"Alice") << u"closing quote"_s;
    QTest::newRow("no closing apostrophe") << QByteArray("name = 'Alice\"") << u"closing quote"_s;
    QTest::newRow("text after the quote")
        << QByteArray("name = \"Al\" Smith") << u"after the closing quote"_s;
    QTest::newRow("name of a key") << QByteArray("public-key = x") << u"name of a key"_s;
    QTest::newRow("starts with the name of a key")
        << QByteArray("secret-keys = x") << u"name of a key"_s;
    QTest::newRow("control character") << QByteArray("name = \"a\tb\"") << u"control"_s;
    QTest::newRow("NUL") << QByteArray("name = \"a\0b\"", 12) << u"control"_s;
    QTest::newRow("lone CR") << QByteArray("name = \"a\rb\"") << u"control"_s;
    QTest::newRow("control character above ASCII")
        << QByteArray("name = \"a\xc2\x85\"") << u"control"_s;
    QTest::newRow("not UTF-8") << QByteArray("name = \"\xff\"") << u"UTF-8"_s;
    QTest::newRow("byte order mark") << QByteArray("name = \"\xef\xbb\xbf"
                                                   "Alice\"")
                                     << u"byte order mark"_s;
    QTest::newRow("two spaces more") << QByteArray("  name = \"x\"") << u"indented"_s;
    QTest::newRow("a level more") << QByteArray("    name = \"x\"") << u"indented"_s;
    QTest::newRow("a tab more") << QByteArray("\tname = \"x\"") << u"indented"_s;
}

void tst_CertificateMetadata::skipsBadMetadataLines()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QString, what);

    const CertificateParse parse =
        parseCertificate(field("first = 1\n    " + line + "\n    last = 3\n    first = 2"));
    QVERIFY2(parse.isOk(), qPrintable(parse.error.in(u"file"_s).text()));
    QCOMPARE(parse.certificate->metadata, (Fields{{"first", "1"}, {"last", "3"}}));
    QCOMPARE(parse.skippedLines.size(), 2);
    const QString text = parse.skippedLines.constFirst().problem.in(u"a.key"_s).text();
    QVERIFY2(text.startsWith("a.key:3: skipped, as this metadata line "_L1), qPrintable(text));
    QVERIFY2(text.contains(what), qPrintable(text));
    QCOMPARE(parse.skippedLines.constLast().problem.in(u"a.key"_s).text(),
             u"a.key:5: skipped, as this metadata line has the name of an earlier field, "
             "which is used"_s);
}

void tst_CertificateMetadata::reportsFieldsOutsideOfTheMetadata_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("line"); // 0: no stray field
    QTest::addColumn<bool>("isSuspicious");
    QTest::addColumn<QString>("what");

    const auto row = [](const char *title, const QByteArray &text, int line,
                        bool isSuspicious = true, const QString &what = {}) {
        QTest::newRow(title) << text << line << isSuspicious << what;
    };
    const QByteArray field = "    user_id = \"alice\"\n";
    row("in the section curve", curve(field), 3, true, u"is in the section curve"_s);
    row("outside of a section", "user_id = \"alice\"\n" + curve(), 1, true, u"is in no section"_s);
    row("in a section that is almost metadata", "Meta-Data\n" + field + curve(), 2, true,
        u"is in another section"_s);
    row("in a section that is misspelt", "metdata\n" + field + curve(), 2, true,
        u"is in another section"_s);
    row("in a section of another program", "other\n" + field + curve(), 2, false,
        u"is in another section"_s);
    row("almost a key's name", curve("    secret_key = \"" + SecretText + "\"\n"), 3, true,
        u"does not count; write public-key or secret-key"_s);
    row("a public key outside of a section", curve() + "public-key = \"" + SecretText + "\"\n", 3,
        true, u"is a key in no section"_s);
    row("a secret key outside of a section", "secret-key = \"" + SecretText + "\"\n" + curve(), 1,
        true, u"is a key in no section"_s);
    row("in the metadata", "metadata\n" + field + curve(), 0);
    row("a level deeper", "other\n    x\n    " + field + curve(), 0);
    row("without a value", curve("    user_id\n"), 0);
    row("a section", "user_id\n" + curve(), 0);
}

void tst_CertificateMetadata::reportsFieldsOutsideOfTheMetadata()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, line);
    QFETCH(const QString, what);

    const CertificateParse parse = parseCertificate(text);
    QVERIFY2(parse.isOk(), qPrintable(parse.error.text()));
    QCOMPARE(parse.strayFields.size(), line > 0 ? 1 : 0);
    if (line == 0)
        return;
    const StrayField &field = parse.strayFields.first();
    QCOMPARE(field.problem.line, line);
    QVERIFY2(field.problem.what.startsWith(what), qPrintable(field.problem.what));
    QCOMPARE(field.name == "user_id", !field.name.contains("key"));
    QCOMPARE(parse.hasStraySecretKey, field.name.startsWith("secret"));
    QTEST(field.isSuspicious, "isSuspicious");
}

void tst_CertificateMetadata::reportsABoundedNumberOfStrayFields()
{
    const CertificateParse parse =
        parseCertificate(curve(QByteArray("    a = b\n").repeated(1000)));
    QVERIFY(parse.isOk());
    QCOMPARE(parse.strayFields.size(), 64);
}

void tst_CertificateMetadata::reportsABoundedNumberOfSkippedLines()
{
    QByteArray text = "metadata\n";
    for (int i = 0; i < 1000; ++i)
        text += "    ?\n";
    const CertificateParse parse = parseCertificate(text + curve());
    QVERIFY(parse.isOk());
    QCOMPARE(parse.skippedLines.size(), 17);
    QCOMPARE(parse.skippedLines.constLast().problem.line, 18);
}

// The file has the maximum number of fields: comparing each with all others would take hundreds of
// times as long as skipping the same number of lines.
void tst_CertificateMetadata::manyFieldsTakeNoLonger()
{
    QByteArray different = "metadata\n";
    QByteArray same = different;
    int count = 0;
    for (; different.size() < MaximumCertificateSize - 200; ++count) {
        different += "    " + QByteArray::number(10'000 + count) + "=\n";
        same += "    10000=\n";
    }
    const auto timeOf = [](const QByteArray &text, qsizetype fields) {
        qint64 best = std::numeric_limits<qint64>::max();
        for (int i = 0; i < 3; ++i) {
            const qint64 before = threadTime();
            const CertificateParse parse = parseCertificate(text);
            best = std::min(best, threadTime() - before);
            if (!parse.isOk() || parse.certificate->metadata.size() != fields)
                return std::numeric_limits<qint64>::max();
        }
        return best;
    };
    const qint64 time = timeOf(different + curve(), count);
    const qint64 linear = timeOf(same + curve(), 1);
    QVERIFY2(time < 50 * linear, qPrintable(u"%1 ns, and %2"_s.arg(time).arg(linear)));
}

void tst_CertificateMetadata::reportsLinesAndFieldsThatItSkips()
{
    const CertificateParse parse =
        parseCertificate("metadata\n    name = \"x\"\n\n    role = \"y\n  org = z\n    a b = c\n"
                         "    = d\n    unit = u\n"
                         + curve());
    QVERIFY(parse.isOk());
    const QList<CertificateField> &fields = parse.certificate->metadata;
    QCOMPARE(fields.size(), 2);
    QCOMPARE(fields[0].line, 2);
    QCOMPARE(fields[1].line, 8);
    const QList<QByteArray> skipped = {"role", "org", "a", ""};
    QCOMPARE(parse.skippedLines.size(), skipped.size());
    for (qsizetype i = 0; i < skipped.size(); ++i) {
        QCOMPARE(parse.skippedLines[i].problem.line, 4 + static_cast<int>(i));
        QCOMPARE(parse.skippedLines[i].field, skipped[i]);
    }
}

void tst_CertificateMetadata::refusesMetadataThatCannotBeWritten_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("problem");

    const auto row = [](const char *title, const QByteArray &name, const QByteArray &value,
                        const QString &problem) {
        QTest::newRow(title) << name << value << problem;
    };
    row("good", "name", "Alice Smith", {});
    row("good: longest name", QByteArray(255, 'n'), "x", {});
    row("good: longest line", "n", QByteArray(1014, 'x'), {});
    row("name: empty", "", "x", u"empty"_s);
    row("name: too long", QByteArray(256, 'n'), "x", u"longer than 255"_s);
    row("name: blank", "full name", "x", u"consists of"_s);
    row("name: '='", "a=b", "x", u"consists of"_s);
    row("name: '#'", "#a", "x", u"consists of"_s);
    row("name: line break", "a\nb", "x", u"consists of"_s);
    row("name: NUL", QByteArray("a\0b", 3), "x", u"consists of"_s);
    row("name: not ASCII", "n\xc3\xa4me", "x", u"consists of"_s);
    row("name: slash first", "/a", "x", u"consists of"_s);
    row("name: slash last", "a/", "x", u"consists of"_s);
    row("name: public-key", "public-key", "x", u"cannot start with"_s);
    row("name: secret-key and more", "secret-key-2", "x", u"cannot start with"_s);
    row("value: double quote", "name", "a\"b", u"double quote"_s);
    row("value: line break", "name", "a\nb", u"control characters"_s);
    row("value: tab", "name", "a\tb", u"control characters"_s);
    row("value: NUL", "name", QByteArray("a\0b", 3), u"control characters"_s);
    row("value: DEL", "name", "a\x7f", u"control characters"_s);
    row("value: next line", "name", "a\xc2\x85", u"control characters"_s);
    row("value: byte order mark", "name", "\xef\xbb\xbfx", u"byte order mark"_s);
    row("value: not UTF-8", "name", "\xc3", u"Unicode"_s);
    row("value: line too long for czmq", "n", QByteArray(1015, 'x'), u"1025"_s);
}

void tst_CertificateMetadata::refusesMetadataThatCannotBeWritten()
{
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, value);
    QFETCH(const QString, problem);

    const QString found = QZap::Internal::metadataProblem(name, value).text();
    QCOMPARE(found.isEmpty(), problem.isEmpty());
    QVERIFY2(found.contains(problem), qPrintable(found));
}

QTEST_GUILESS_MAIN(tst_CertificateMetadata)
#include "tst_certificatemetadata.moc"
