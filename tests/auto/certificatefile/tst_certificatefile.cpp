// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificatefile.h"

#include <QtTest/qtest.h>

#include <utility>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

const QByteArray PublicText("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
const QByteArray SecretText("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
// A valid key with '#' in it.
const QByteArray HashText("0####0###01##0#10#00100#0a1#1#11#00a#a#a");

QByteArray curve(const QByteArray &lines = {})
{
    return "curve\n    public-key = \"" + PublicText + "\"\n" + lines;
}

} // namespace

class tst_CertificateFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void readsKeys_data();
    void readsKeys();
    void refusesInvalidCertificates_data();
    void refusesInvalidCertificates();
    void neverQuotesASecret();
    void ignoresASecretKeyOfZeros();
    void formatsAsCzmqDoes();
    void readsWhatItFormats();
    void refusesTruncatedFiles();
};

void tst_CertificateFile::readsKeys_data()
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

void tst_CertificateFile::readsKeys()
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

void tst_CertificateFile::refusesInvalidCertificates_data()
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
        u":1: starts with a key, as a key list does, and is not a certificate; name the list as "
        "the location, or make a certificate for each key"_s);
    row("UTF-16",
        QByteArray("\xff\xfe"
                   "c\0u\0r\0v\0e\0\n\0",
                   14),
        u":1: is UTF-16 text, as some programs of Windows write it; save it as UTF-8"_s);
    row("NULs behind it", "curve\n    secret-key = \"" + SecretText + "\"\n" + QByteArray(9, '\0'),
        u":3: has NUL characters, so it is not a text file or was damaged in a crash; restore or "
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
    row("a space in a name", key("public key = x"),
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
        u":1: has NUL characters, so it is not a text file or was damaged in a crash; restore or "
        "replace it"_s);
    row("binary without NUL", QByteArray("\x01\x02", 2),
        u":1: neither a section nor an indented line of one"_s);
}

void tst_CertificateFile::refusesInvalidCertificates()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QString, error);

    const CertificateParse parse = parseCertificate(text);
    QVERIFY(!parse.isOk());
    QCOMPARE(parse.error.in(u"/a b/%1.key"_s).text(), u"/a b/%1.key"_s + error);
}

void tst_CertificateFile::neverQuotesASecret()
{
    // The error never contains text of the line with the secret key.
    const QByteArray secret = "xXsecretXx";
    for (const QByteArray &line :
         {"secret-key = \"" + secret, "secret-key = " + secret, "secret-key = \"" + secret + "\"",
          "secret-key = \"\" " + secret, "secret-key " + secret, secret + '!',
          "secret-key = \"" + secret + SecretText.chopped(10) + "\" x"}) {
        const CertificateParse parse = parseCertificate(curve("    " + line + '\n'));
        QVERIFY(!parse.isOk());
        QVERIFY(!parse.error.in(u"file"_s).text().contains(QLatin1StringView(secret)));
        const CertificateParse other = parseCertificate("metadata\n    " + line + '\n' + curve());
        QCOMPARE(other.skippedLines.size(), 1);
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

void tst_CertificateFile::formatsAsCzmqDoes()
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

void tst_CertificateFile::readsWhatItFormats()
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

void tst_CertificateFile::refusesTruncatedFiles()
{
    // A truncated file is refused unless it still contains everything that is needed.
    CertificateData data;
    Z85::decode(HashText, data.publicKey.data());
    data.secretKey.emplace();
    Z85::decode(SecretText, data.secretKey->data());
    data.metadata = {{"name", "Alice"}};
    const QByteArray text =
        formatCertificate(data, CertificateKind::Secret, "now").view().toByteArray();
    int readable = 0;
    for (qsizetype size = 0; size <= text.size(); ++size) {
        // The memory has exactly the size of the text, so that reading past the end is detected.
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
