// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificatefile.h"

#include <QtCore/qelapsedtimer.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <limits>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

const QByteArray PublicText("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
const QByteArray SecretText("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
// A valid key with '#' in it.
const QByteArray HashText("0####0###01##0#10#00100#0a1#1#11#00a#a#a");

using Fields = QList<CertificateField>;

QByteArray curve(const QByteArray &lines = {})
{
    return "curve\n    public-key = \"" + PublicText + "\"\n" + lines;
}

QByteArray field(const QByteArray &line)
{
    return "metadata\n    " + line + '\n' + curve();
}

} // namespace

class tst_CertificateFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void reads_data();
    void reads();
    void metadata_data();
    void metadata();
    void skipsMetadata_data();
    void skipsMetadata();
    void strayFields_data();
    void strayFields();
    void strayFieldsAreBounded();
    void skipsAreBounded();
    void manyFieldsTakeNoLonger();
    void namesLinesAndFields();
    void refuses_data();
    void refuses();
    void neverQuotesTheFile();
    void ignoresASecretKeyOfZeros();
    void formats();
    void roundTrip();
    void metadataProblem_data();
    void metadataProblem();
    void refusesTruncatedFiles();
};

void tst_CertificateFile::reads_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("publicKey");
    QTest::addColumn<QByteArray>("secretKey");

    const QByteArray keys =
        "    public-key = \"" + PublicText + "\"\n    secret-key = \"" + SecretText + "\"\n";
    QTest::newRow("public") << curve() << PublicText << QByteArray();
    QTest::newRow("secret") << "curve\n" + keys << PublicText << SecretText;
    QTest::newRow("secret key first") << "curve\n    secret-key = \"" + SecretText
                                             + "\"\n    public-key = \"" + PublicText + "\"\n"
                                      << PublicText << SecretText;
    QTest::newRow("pyzmq: comments and an empty metadata section")
        << "#   ****  Generated on 2026-11-21 21:51:50.123456 by pyzmq  ****\n"
           "#   ZeroMQ CURVE **Secret** Certificate\n\nmetadata\ncurve\n"
               + keys
        << PublicText << SecretText;
    QTest::newRow("czmq: comments and a blank line")
        << "#   ****  Generated on 2026-11-21 21:51:50 by CZMQ  ****\n#   ZeroMQ CURVE\n\n"
           "metadata\n    name = \"Alice\"\ncurve\n"
               + keys
        << PublicText << SecretText;
    QTest::newRow("curve before metadata")
        << curve("metadata\n    name = \"x\"\n") << PublicText << QByteArray();
    QTest::newRow("CRLF") << curve().replace("\n", "\r\n") << PublicText << QByteArray();
    QTest::newRow("no newline at the end") << curve().chopped(1) << PublicText << QByteArray();
    QTest::newRow("apostrophes") << "curve\n    public-key = '" + PublicText + "'\n"
                                 << PublicText << QByteArray();
    QTest::newRow("bare, without '#'") << "curve\n    public-key = " + PublicText + '\n'
                                       << PublicText << QByteArray();
    QTest::newRow("no blanks around '='") << "curve\n    public-key=\"" + PublicText + "\"\n"
                                          << PublicText << QByteArray();
    QTest::newRow("quoted, '#' in the key") << "curve\n    public-key = \"" + HashText + "\"\n"
                                            << HashText << QByteArray();
    QTest::newRow("comment after the key")
        << "curve # c\n    public-key = \"" + PublicText + "\"  # \"x\"\n"
        << PublicText << QByteArray();
    QTest::newRow("blanks at the end, indented comment")
        << "curve \t\n        # x\n\t# x\n \t \n    public-key = \"" + PublicText + "\" \t\n"
        << PublicText << QByteArray();
    QTest::newRow("unknown sections ignored, whatever they hold")
        << "other\n    public-key = \"x\"\n  ?? !!\n\tx\n" + curve("more\n    secret-key = x\n")
        << PublicText << QByteArray();
    QTest::newRow("properties of the root ignored")
        << "version = 1\nnote = \"a\" b\n" + curve() << PublicText << QByteArray();
    QTest::newRow("other properties of the curve section ignored")
        << curve("    comment = \"x\"\n    sub\n        public-key = \"y\"\n") << PublicText
        << QByteArray();
    QTest::newRow("NUL in a comment")
        << QByteArray("# \0\n", 4) + curve() << PublicText << QByteArray();
    QTest::newRow("as large as can be")
        << curve() + '#' + QByteArray(MaximumCertificateSize - curve().size() - 1, 'x')
        << PublicText << QByteArray();
}

void tst_CertificateFile::reads()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, publicKey);
    QFETCH(const QByteArray, secretKey);

    const CertificateParse parse = parseCertificate(text);
    QVERIFY2(parse.isOk(), qPrintable(parse.error.in(u"file"_s).text()));
    QCOMPARE(Z85::encode(parse.certificate->publicKeyView()), publicKey);
    QCOMPARE(parse.certificate->secretKey.has_value(), !secretKey.isEmpty());
    if (!secretKey.isEmpty())
        QCOMPARE(Z85::encode(parse.certificate->secretKey->view()), secretKey);
    QVERIFY(parse.skippedLines.isEmpty());
}

void tst_CertificateFile::metadata_data()
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

void tst_CertificateFile::metadata()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, value);

    const CertificateParse parse = parseCertificate(field(line));
    QVERIFY2(parse.isOk(), qPrintable(parse.error.in(u"file"_s).text()));
    QVERIFY(parse.skippedLines.isEmpty());
    QCOMPARE(parse.certificate->metadata, (Fields{{name, value}}));
}

void tst_CertificateFile::skipsMetadata_data()
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

void tst_CertificateFile::skipsMetadata()
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

void tst_CertificateFile::strayFields_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("line"); // 0: none is found
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
    row("in the metadata", "metadata\n" + field + curve(), 0);
    row("a level deeper", "other\n    x\n    " + field + curve(), 0);
    row("without a value", curve("    user_id\n"), 0);
    row("a section", "user_id\n" + curve(), 0);
}

void tst_CertificateFile::strayFields()
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
    QVERIFY(what.startsWith(u"does not"_s) || field.name == "user_id");
    QTEST(field.isSuspicious, "isSuspicious");
}

void tst_CertificateFile::strayFieldsAreBounded()
{
    const CertificateParse parse =
        parseCertificate(curve(QByteArray("    a = b\n").repeated(1000)));
    QVERIFY(parse.isOk());
    QCOMPARE(parse.strayFields.size(), 64);
}

void tst_CertificateFile::skipsAreBounded()
{
    QByteArray text = "metadata\n";
    for (int i = 0; i < 1000; ++i)
        text += "    ?\n";
    const CertificateParse parse = parseCertificate(text + curve());
    QVERIFY(parse.isOk());
    QCOMPARE(parse.skippedLines.size(), 17);
    QCOMPARE(parse.skippedLines.constLast().problem.line, 18);
}

// The maximum number of fields: comparing each with all others would take hundreds of times as long
// as skipping as many lines.
void tst_CertificateFile::manyFieldsTakeNoLonger()
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
            QElapsedTimer timer;
            timer.start();
            const CertificateParse parse = parseCertificate(text);
            best = std::min(best, timer.nsecsElapsed());
            if (!parse.isOk() || parse.certificate->metadata.size() != fields)
                return std::numeric_limits<qint64>::max();
        }
        return best;
    };
    const qint64 time = timeOf(different + curve(), count);
    const qint64 linear = timeOf(same + curve(), 1);
    QVERIFY2(time < 50 * linear, qPrintable(u"%1 ns, and %2"_s.arg(time).arg(linear)));
}

void tst_CertificateFile::namesLinesAndFields()
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

void tst_CertificateFile::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("error");

    const auto row = [](const char *title, const QByteArray &text, const QString &error) {
        QTest::newRow(title) << text << error;
    };
    const auto key = [](const QByteArray &line) { return "# c\ncurve\n    " + line + '\n'; };
    row("empty", "", u":1: no section curve with a public-key"_s);
    row("comments only", "# a\n# b\n", u":2: no section curve with a public-key"_s);
    row("metadata only", "metadata\n    name = x\n", u":2: no section curve with a public-key"_s);
    row("no public-key", "metadata\ncurve\n    secret-key = \"" + SecretText + "\"\n",
        u":2: the section curve has no public-key, indented by 4 spaces"_s);
    row("public-key a level too deep", "curve\n    x\n        public-key = \"" + PublicText + '"',
        u":1: the section curve has no public-key, indented by 4 spaces"_s);
    row("public-key without its section", "\npublic-key = \"" + PublicText + "\"\n",
        u":2: a public-key outside of a section curve; write \"curve\" in a line before it, and "
        u"indent "
        "the key by 4 spaces, as public-key = \"...\""_s);
    row("public_key without its section", "public_key = \"" + PublicText + "\"\n",
        u":1: a public-key outside of a section curve; write \"curve\" in a line before it, and "
        u"indent "
        "the key by 4 spaces, as public-key = \"...\""_s);
    row("public_key in its section", "curve\n    public_key = \"" + PublicText + "\"\n",
        u":2: a name that is not written as it must be: \"public-key\""_s);
    row("CURVE", "CURVE\n    public-key = \"" + PublicText + "\"\n",
        u":1: a name that is not written as it must be: \"curve\""_s);
    row("a key alone", PublicText + '\n',
        u":1: is a key alone, not a certificate; write it as public-key = \"...\", indented by 4 "
        "spaces, after a line \"curve\""_s);
    row("a key list", PublicText + " alice\n" + HashText + " bob\n",
        u":1: starts with a key, as a key list does, and is no certificate; name the list as the "
        "location, or make a certificate for each key"_s);
    row("UTF-16",
        QByteArray("\xff\xfe"
                   "c\0u\0r\0v\0e\0\n\0",
                   14),
        u":1: is UTF-16 text, as some programs of Windows write it; save it as UTF-8"_s);
    row("NULs behind it", "curve\n    secret-key = \"" + SecretText + "\"\n" + QByteArray(9, '\0'),
        u":3: has NUL characters, so that it is no text, or was damaged in a crash; restore or "
        "replace it"_s);
    row("an error after a NUL in a comment",
        QByteArray("# \0\n", 4) + "curve\n    public-key = \"x\"\n",
        u":3: public-key has 1 characters, and a key has 40"_s);
    row("public-key in another section", "other\n    public-key = \"" + PublicText + "\"\n",
        u":2: no section curve with a public-key"_s);
    row("two public keys", curve("    public-key = \"" + HashText + '"'),
        u":3: a second public-key, after that of line 2; remove one of the two"_s);
    row("two sections", curve() + curve(),
        u":4: a second public-key, after that of line 2; remove one of the two"_s);
    row("two secret keys",
        curve("    secret-key = \"" + SecretText + "\"\n    secret-key = \"" + SecretText + '"'),
        u":4: a second secret-key, after that of line 3; remove one of the two"_s);
    row("key too short", key("public-key = \"" + PublicText.chopped(1) + '"'),
        u":3: public-key has 39 characters, and a key has 40"_s);
    row("key too long", key("public-key = \"" + PublicText + "0\""),
        u":3: public-key has 41 characters, and a key has 40"_s);
    row("key empty", key("public-key = \"\""),
        u":3: public-key has 0 characters, and a key has 40"_s);
    row("key without a value", key("public-key"),
        u":3: public-key has 0 characters, and a key has 40"_s);
    row("key bare, cut at its '#'", key("public-key = " + HashText),
        u":3: public-key has 1 characters, and a key has 40; put it in quotes, as '#' starts a "
        "comment otherwise"_s);
    row("key not of the alphabet", key("public-key = \"" + PublicText.chopped(1) + " \""),
        u":3: public-key is not Z85 text"_s);
    row("key above 32 bits", key("public-key = \"" + PublicText.chopped(5) + "#####\""),
        u":3: public-key is not Z85 text"_s);
    row("secret key too short", curve("    secret-key = \"" + SecretText.chopped(1) + "\"\n"),
        u":3: secret-key has 39 characters, and a key has 40"_s);
    row("key without a closing quote", key("public-key = \"" + PublicText),
        u":3: a line of the curve section lacks a closing quote"_s);
    row("text after the key", key("public-key = \"" + PublicText + "\" x"),
        u":3: a line of the curve section has something other than a comment after the closing "
        "quote"_s);
    row("a line that is none", key("public key = x"),
        u":3: a line of the curve section has something other than '=' or a comment after its "
        "name"_s);
    row("two spaces", "curve\n  public-key = \"" + PublicText + "\"\n",
        u":2: a line of the curve section is indented by something other than 4 spaces"_s);
    row("a tab", "curve\n\tpublic-key = \"" + PublicText + "\"\n",
        u":2: a line of the curve section is indented by something other than 4 spaces"_s);
    row("indented before any section", "    public-key = \"" + PublicText + "\"\n",
        u":1: an indented line before the first section; write \"curve\" in a line before it"_s);
    row("something else indented before any section", "    x = y\n" + curve(),
        u":1: an indented line before the first section"_s);
    row("bad section: in brackets", "[curve]\n    public-key = \"" + PublicText + "\"\n",
        u":1: neither a section nor an indented line of one; write sections without brackets"_s);
    row("bad section: other characters", "!curve\n    public-key = \"" + PublicText + "\"\n",
        u":1: neither a section nor an indented line of one"_s);
    row("bad section: two words", "the curve\n" + curve(),
        u":1: neither a section nor an indented line of one"_s);
    row("bad section: curve with a value", "curve = 1\n",
        u":1: the section curve takes no value"_s);
    row("bad section: metadata with a value", "metadata = 1\n" + curve(),
        u":1: the section metadata takes no value"_s);
    row("byte order mark", "\xef\xbb\xbf# x\n" + curve(),
        u":1: starts with a byte order mark; save it as UTF-8 without one"_s);
    row("too large", curve() + QByteArray(MaximumCertificateSize, '#'),
        u":1: larger than the 65536 bytes of a certificate"_s);
    row("binary", QByteArray("\0\x01\x02", 3),
        u":1: has NUL characters, so that it is no text, or was damaged in a crash; restore or "
        "replace it"_s);
    row("binary without NUL", QByteArray("\x01\x02", 2),
        u":1: neither a section nor an indented line of one"_s);
}

void tst_CertificateFile::refuses()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, error);

    const CertificateParse parse = parseCertificate(text);
    QVERIFY(!parse.isOk());
    QCOMPARE(parse.error.in(u"/a b/%1.key"_s).text(), u"/a b/%1.key"_s + error);
}

void tst_CertificateFile::neverQuotesTheFile()
{
    // The error never contains text of the secret key's line.
    const QByteArray secret = "xXsecretXx";
    for (const QByteArray &line :
         {"secret-key = \"" + secret, "secret-key = " + secret, "secret-key = \"" + secret + "\"",
          "secret-key = \"\" " + secret, "secret-key " + secret, secret + '!',
          "secret-key = \"" + secret + SecretText.chopped(10) + "\" x"}) {
        const CertificateParse parse = parseCertificate(curve("    " + line + '\n'));
        if (!parse.isOk())
            QVERIFY(!parse.error.in(u"file"_s).text().contains(QLatin1StringView(secret)));
        const CertificateParse other = parseCertificate("metadata\n    " + line + '\n' + curve());
        for (const SkippedLine &skipped : other.skippedLines)
            QVERIFY(!skipped.problem.text().contains(QLatin1StringView(secret)));
    }
}

void tst_CertificateFile::ignoresASecretKeyOfZeros()
{
    const CertificateParse parse =
        parseCertificate(curve("    secret-key = \"" + QByteArray(40, '0') + "\"\n"));
    QVERIFY(parse.isOk());
    QVERIFY(!parse.certificate->secretKey);
}

void tst_CertificateFile::formats()
{
    CertificateData data;
    Z85::decode(PublicText, data.publicKey.data());
    data.secretKey.emplace();
    Z85::decode(SecretText, data.secretKey->data());
    data.metadata = {{"name", "Alice # Smith"}, {"e-mail", "alice@example.org"}};
    const QByteArray body = "\nmetadata\n    name = \"Alice # Smith\"\n"
                            "    e-mail = \"alice@example.org\"\ncurve\n    public-key = \""
                            + PublicText + "\"\n";

    const QByteArray publicFile =
        formatCertificate(data, CertificateKind::Public, "2026-11-21 21:51:50")
            .view()
            .toByteArray();
    QVERIFY(publicFile.startsWith("#   ****  Generated on 2026-11-21 21:51:50 by QZap  ****\n"
                                  "#   ZeroMQ CURVE Public Certificate\n#   "));
    QVERIFY(publicFile.endsWith(body));
    QVERIFY(!publicFile.contains(SecretText));

    const QByteArray secretFile =
        formatCertificate(data, CertificateKind::Secret, "2026-11-21 21:51:50")
            .view()
            .toByteArray();
    QVERIFY(secretFile.contains("\n#   ZeroMQ CURVE **Secret** Certificate\n"));
    QVERIFY(secretFile.endsWith(body + "    secret-key = \"" + SecretText + "\"\n"));
}

void tst_CertificateFile::roundTrip()
{
    CertificateData data;
    Z85::decode(HashText, data.publicKey.data());
    data.secretKey.emplace();
    Z85::decode(SecretText, data.secretKey->data());
    data.metadata = {{"a", ""},
                     {"b", " 'x' # \\ = "},
                     {"$_@.&+/-9", "Zo\xc3\xab \xf0\x9f\x94\x91"},
                     {"c", QByteArray(1000, 'x')}};
    for (const CertificateField &entry : std::as_const(data.metadata))
        QCOMPARE(QZap::Internal::metadataProblem(entry.name, entry.value), Problem());

    const SecretBytes text = formatCertificate(data, CertificateKind::Secret, "now");
    const CertificateParse parse = parseCertificate(text.view());
    QVERIFY2(parse.isOk(), qPrintable(parse.error.in(u"file"_s).text()));
    QVERIFY(parse.skippedLines.isEmpty());
    QCOMPARE(parse.certificate->publicKey, data.publicKey);
    QCOMPARE(parse.certificate->secretKey->view(), data.secretKey->view());
    QCOMPARE(parse.certificate->metadata, data.metadata);
}

void tst_CertificateFile::metadataProblem_data()
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

void tst_CertificateFile::metadataProblem()
{
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, value);
    QFETCH(const QString, problem);

    const QString found = QZap::Internal::metadataProblem(name, value).text();
    QCOMPARE(found.isEmpty(), problem.isEmpty());
    QVERIFY2(found.contains(problem), qPrintable(found));
}

void tst_CertificateFile::refusesTruncatedFiles()
{
    // A truncated file either contains everything that is needed, or is refused.
    CertificateData data;
    Z85::decode(HashText, data.publicKey.data());
    data.secretKey.emplace();
    Z85::decode(SecretText, data.secretKey->data());
    data.metadata = {{"name", "Alice"}};
    const QByteArray text =
        formatCertificate(data, CertificateKind::Secret, "now").view().toByteArray();
    int readable = 0;
    for (qsizetype size = 0; size <= text.size(); ++size) {
        // In memory of exactly its size, so that reading past the end is detected.
        const SecretBytes part{QByteArrayView(text).first(size)};
        const CertificateParse parse = parseCertificate(part.view());
        if (!parse.isOk()) {
            QVERIFY(parse.error.line > 0);
            continue;
        }
        ++readable;
        QCOMPARE(parse.certificate->publicKey, data.publicKey);
        if (parse.certificate->secretKey)
            QCOMPARE(parse.certificate->secretKey->view(), data.secretKey->view());
    }
    QVERIFY(readable > 0);
}

QTEST_GUILESS_MAIN(tst_CertificateFile)

#include "tst_certificatefile.moc"
