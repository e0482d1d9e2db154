// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/certificatefile.h"

#include "base/bytehash.h"
#include "base/nearestname.h"
#include "base/text.h"
#include "credentials/certificates/expirytime.h"
#include "credentials/certificates/otherformat.h"
#include "credentials/certificates/zplproperty.h"
#include "protocol/loworderkey.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <utility>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr qsizetype MaximumWarnings = 16;
constexpr qsizetype MaximumStrayFields = 64;
constexpr qsizetype FewFields = 16;

constexpr char MetadataSection[] = "metadata";
constexpr char CurveSection[] = "curve";

class Parser
{
public:
    CertificateParse parse(QByteArrayView text);

private:
    enum class Section { None, Metadata, Curve, Other };

    void parseLine(QByteArrayView line);
    void parseSection(QByteArrayView line);
    void parseMetadata(QByteArrayView line, bool isIndented);
    void parseNotAfter(const ZplProperty &property, bool isIndented);
    void parseCurve(QByteArrayView line);
    void noteMisspelling(QByteArrayView name);
    void noteStraySecret(const ZplProperty &property);
    void noteStrayField(const ZplProperty &property, QLatin1StringView place, bool isSuspicious);
    bool addName(QByteArrayView name);
    bool parseKey(const ZplProperty &property, uchar *key);
    void parsePublicKey(const ZplProperty &property);
    void parseSecretKey(const ZplProperty &property);
    void failWithoutKey();

    void failRestriction(const QString &what);
    void fail(int line, const QString &what);
    void fail(QLatin1StringView what) { fail(m_line, what); }
    void skip(const ZplProperty &property, QLatin1StringView why);
    void warn(QLatin1StringView what, const QByteArray &field = {});

    CertificateParse m_result;
    CertificateData m_certificate;
    std::unordered_set<ByteKey, ByteKey::Hash>
        m_names; // of the metadata, if there are more than a few
    Section m_section = Section::None;
    int m_line = 0;
    int m_curveLine = 0;
    int m_publicKeyLine = 0;
    int m_secretKeyLine = 0;
    int m_strayKeyLine = 0;
    int m_misspellingLine = 0;
    int m_notAfterLine = 0;
    QLatin1StringView m_misspelt; // the correct spelling
    bool m_isMisspelt = false;    // the section, which may be intended to be metadata
    bool m_hasPublicKey = false;
    bool m_hasSecretKey = false;
    bool m_failed = false;
    Problem m_restrictionError; // the first one
};

CertificateParse Parser::parse(QByteArrayView text)
{
    if (text.size() > MaximumCertificateSize) {
        fail(1, u"larger than the %1 bytes of a certificate"_s.arg(MaximumCertificateSize));
    } else if (text.startsWith(ByteOrderMark)) {
        fail(1, u"starts with a byte order mark; save it as UTF-8 without one"_s);
    }
    const char *at = text.begin();
    const char *const end = text.end();
    while (at < end && !m_failed) {
        const auto *newline =
            static_cast<const char *>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        const char *const next = newline ? newline + 1 : end;
        const char *stop = newline ? newline : end;
        if (stop > at && stop[-1] == '\r')
            --stop;
        ++m_line;
        parseLine({at, stop});
        at = next;
    }
    if (m_restrictionError) {
        if (m_hasPublicKey)
            m_result.refusedKey = m_certificate.publicKey;
        fail(m_restrictionError.line, m_restrictionError.what);
    }
    if (!m_failed && !m_hasPublicKey)
        failWithoutKey();
    if (m_failed && text.size() <= MaximumCertificateSize) {
        if (const Problem problem = otherFormatProblem(text, m_result.error.line))
            m_result.error = problem;
    }
    if (!m_failed)
        m_result.certificate = std::move(m_certificate);
    return std::move(m_result);
}

void Parser::parseLine(QByteArrayView line)
{
    const char *at = line.begin();
    const char *end = line.end();
    while (at < end && isBlank(*at))
        ++at;
    while (end > at && isBlank(end[-1]))
        --end;
    if (at == end || *at == '#')
        return;
    const qsizetype indentation = at - line.begin();
    const QByteArrayView content(at, end);
    if (indentation == 0) {
        parseSection(content);
        return;
    }
    const bool hasTab = std::find(line.begin(), at, '\t') != at;
    const bool isIndented = !hasTab && indentation % CertificateIndentation == 0;
    switch (m_section) {
    case Section::None:
        fail(
            resemblesKeyName(parseZplProperty(content).name)
                ? R"(an indented line before the first section; write "curve" in a line before it)"_L1
                : "an indented line before the first section"_L1);
        break;
    case Section::Metadata:
        parseMetadata(content, isIndented && indentation == CertificateIndentation);
        break;
    case Section::Curve:
        if (!isIndented)
            fail("a line of the curve section is indented by something other than 4 spaces"_L1);
        else if (indentation == CertificateIndentation)
            parseCurve(content);
        break;
    case Section::Other:
        if (isIndented && indentation == CertificateIndentation)
            noteStrayField(parseZplProperty(content), "another section than metadata"_L1,
                           m_isMisspelt);
        break;
    }
}

void Parser::parseSection(QByteArrayView line)
{
    const ZplProperty property = parseZplProperty(line);
    const bool isMetadata = property.name == MetadataSection;
    const bool isCurve = property.name == CurveSection;
    if (line.startsWith('[')) {
        fail("neither a section nor an indented line of one; write sections without brackets"_L1);
    } else if (property.problem && (!property.hasValue || isMetadata || isCurve)) {
        fail("neither a section nor an indented line of one"_L1);
    } else if ((isMetadata || isCurve) && property.hasValue) {
        fail(isCurve ? "the section curve takes no value"_L1
                     : "the section metadata takes no value"_L1);
    } else if (isMetadata) {
        m_section = Section::Metadata;
    } else if (isCurve) {
        m_section = Section::Curve;
        m_curveLine = m_line;
    } else {
        m_section = Section::Other;
        if (foldedName(property.name) == foldedName(PublicKeyName))
            m_strayKeyLine = m_line;
        m_isMisspelt = nameDistance(property.name, MetadataSection) <= 2;
        if (!property.hasValue && foldedName(property.name) == CurveSection)
            noteMisspelling(property.name);
        noteStrayField(property, "no section"_L1, true);
    }
}

void Parser::parseMetadata(QByteArrayView line, bool isIndented)
{
    const ZplProperty property = parseZplProperty(line);
    if (resemblesNotAfter(line)) {
        parseNotAfter(property, isIndented);
    } else if (!isIndented) {
        skip(property, "is indented by something other than 4 spaces"_L1);
    } else if (property.problem) {
        skip(property, QLatin1StringView(property.problem));
    } else if (!property.hasValue) {
        skip(property, "has no value"_L1);
    } else if (isKeyName(property.name)) {
        // pyzmq reads it as the key, regardless of its section.
        warn("has the name of a key"_L1);
        noteStraySecret(property);
    } else if (property.value.startsWith(ByteOrderMark)) {
        skip(property, "has a value that starts with a byte order mark"_L1);
    } else if (!isCleanText(property.value)) {
        skip(property, "has a value that is not UTF-8 text without control characters"_L1);
    } else {
        if (!addName(property.name))
            warn("has the name of an earlier field, which is used"_L1);
        else
            m_certificate.metadata.append(
                {property.name.toByteArray(), property.value.toByteArray(), m_line});
    }
}

// Unlike other fields, not-after restricts the key, and is never skipped.
void Parser::parseNotAfter(const ZplProperty &property, bool isIndented)
{
    const Result<qint64> time = expiryTimeOf(property.name, property.value);
    if (!isIndented) {
        failRestriction(u"not-after is indented by something other than 4 spaces"_s);
    } else if (property.problem && property.name == NotAfterField) {
        failRestriction(u"the line of not-after "_s + QLatin1StringView(property.problem));
    } else if (!time) {
        failRestriction(time.problem().what);
    } else if (m_notAfterLine > 0) {
        failRestriction(u"a second not-after, after that of line %1; remove one of the two"_s.arg(
            m_notAfterLine));
    } else {
        m_notAfterLine = m_line;
        m_certificate.notAfter = *time;
        m_certificate.metadata.append(
            {property.name.toByteArray(), property.value.toByteArray(), m_line});
    }
}

// Returns false for the name of an earlier line.
bool Parser::addName(QByteArrayView name)
{
    const QList<CertificateField> &earlier = m_certificate.metadata;
    if (earlier.size() < FewFields) {
        return std::none_of(earlier.cbegin(), earlier.cend(),
                            [name](const CertificateField &field) { return field.name == name; });
    }
    if (m_names.empty()) {
        for (const CertificateField &field : earlier)
            m_names.insert({field.name});
    }
    return m_names.insert(ByteKey::view(name)).second;
}

void Parser::parseCurve(QByteArrayView line)
{
    const ZplProperty property = parseZplProperty(line);
    if (property.problem)
        fail(m_line, u"a line of the curve section "_s + QLatin1StringView(property.problem));
    else if (property.name == PublicKeyName)
        parsePublicKey(property);
    else if (property.name == SecretKeyName)
        parseSecretKey(property);
    else
        noteStrayField(property, "the section curve"_L1, true);
}

void Parser::noteStrayField(const ZplProperty &property, QLatin1StringView place, bool isSuspicious)
{
    if (m_section == Section::Curve)
        noteMisspelling(property.name);
    noteStraySecret(property);
    if (isSuspicious && resemblesNotAfter(property.name)) {
        failRestriction(
            u"not-after is in %1, where it does not count; move it to the section metadata"_s.arg(
                place));
        return;
    }
    if (property.problem || !property.hasValue || m_result.strayFields.size() == MaximumStrayFields)
        return;
    // The message never suggests moving it to the metadata, which everybody may read.
    QString what;
    if (property.name == PublicKeyName || property.name == SecretKeyName) {
        what = u"is a key in %1, where it does not count, and where pyzmq reads it nevertheless; "
               "remove it"_s.arg(place);
    } else if (resemblesKeyName(property.name)) {
        what = u"does not count; write public-key or secret-key, in the section curve"_s;
    } else {
        what = u"is in %1, where it does not count; move it to the section metadata"_s.arg(place);
    }
    m_result.strayFields.append(
        {Problem(what, {}, m_line), property.name.toByteArray(), isSuspicious});
}

// Others may read the file because its owner takes it for a public certificate.
void Parser::noteStraySecret(const ZplProperty &property)
{
    if (property.hasValue && foldedName(property.name) == foldedName(SecretKeyName))
        m_result.hasStraySecretKey = true;
}

// Remembers a name that resembles a required one. The first is reported if the certificate has no
// key.
void Parser::noteMisspelling(QByteArrayView name)
{
    if (m_misspellingLine > 0)
        return;
    for (const QLatin1StringView right :
         {QLatin1StringView(CurveSection), QLatin1StringView(PublicKeyName)}) {
        if (foldedName(name) == foldedName(right)) {
            m_misspellingLine = m_line;
            m_misspelt = right;
        }
    }
}

bool Parser::parseKey(const ZplProperty &property, uchar *key)
{
    if (property.value.size() == CurveKeyTextSize && Z85::decode(property.value, key))
        return true;
    QString what = QLatin1StringView(property.name);
    if (property.value.size() == CurveKeyTextSize) {
        what += " is not Z85 text"_L1;
    } else {
        what += u" has %1 characters, and a key has %2"_s.arg(property.value.size())
                    .arg(CurveKeyTextSize);
        if (property.hasValue && !property.isQuoted)
            what += "; put it in quotes, as '#' starts a comment otherwise"_L1;
    }
    fail(m_line, what);
    return false;
}

void Parser::parsePublicKey(const ZplProperty &property)
{
    // Readers differ in which of two keys they use.
    if (std::exchange(m_hasPublicKey, true)) {
        fail(m_line, u"a second public-key, after that of line %1; remove one of the two"_s.arg(
                         m_publicKeyLine));
        return;
    }
    m_publicKeyLine = m_line;
    if (parseKey(property, reinterpret_cast<uchar *>(m_certificate.publicKey.data()))
        && isLowOrderKey(m_certificate.publicKeyView())) {
        fail("public-key is a low-order point of Curve25519, which anybody can impersonate; "
             "generate a new key pair"_L1);
    }
}

void Parser::parseSecretKey(const ZplProperty &property)
{
    if (std::exchange(m_hasSecretKey, true)) {
        fail(m_line, u"a second secret-key, after that of line %1; remove one of the two"_s.arg(
                         m_secretKeyLine));
        return;
    }
    m_secretKeyLine = m_line;
    SecretArray<CurveKeySize> key;
    if (!parseKey(property, key.data()))
        return;
    // czmq writes zeros if it does not have the secret key.
    if (!sodium_is_zero(key.data(), CurveKeySize))
        m_certificate.secretKey = std::move(key);
}

void Parser::failWithoutKey()
{
    if (m_misspellingLine > 0)
        fail(m_misspellingLine,
             u"a name that is not written as it must be: \"%1\""_s.arg(m_misspelt));
    else if (m_curveLine > 0)
        fail(m_curveLine, u"the section curve has no public-key, indented by 4 spaces"_s);
    else if (m_strayKeyLine > 0)
        fail(m_strayKeyLine,
             u"a public-key outside of a section curve; write \"curve\" in a line before "
             "it, and indent the key by 4 spaces, as public-key = \"...\""_s);
    else
        fail(std::max(m_line, 1), u"no section curve with a public-key"_s);
}

// Goes on to the key, which is refused.
void Parser::failRestriction(const QString &what)
{
    if (!m_restrictionError)
        m_restrictionError = {what, {}, m_line};
}

void Parser::fail(int line, const QString &what)
{
    m_failed = true;
    m_result.error = {what, {}, line};
}

void Parser::skip(const ZplProperty &property, QLatin1StringView why)
{
    warn(why, property.name.toByteArray());
}

void Parser::warn(QLatin1StringView what, const QByteArray &field)
{
    QString text;
    if (m_result.skippedLines.size() < MaximumWarnings)
        text = "skipped, as this metadata line "_L1 + what;
    else if (m_result.skippedLines.size() == MaximumWarnings)
        text = u"skipped, as are bad metadata lines after this one"_s;
    else
        return;
    m_result.skippedLines.append({Problem(text, {}, m_line), field});
}

} // namespace

CertificateParse parseCertificate(QByteArrayView text)
{
    return Parser().parse(text);
}

SecretBytes formatCertificate(const CertificateData &certificate, CertificateKind kind,
                              QByteArrayView generatedAt)
{
    const bool isSecret = kind == CertificateKind::Secret;
    Q_ASSERT(!isSecret || certificate.secretKey);
    SecretBytes text;
    text.reserve(1024);
    text.append("#   ****  Generated on ");
    text.append(generatedAt);
    text.append(" by QZap  ****\n");
    if (isSecret) {
        text.append("#   ZeroMQ CURVE **Secret** Certificate\n"
                    "#   Keep this file secret: whoever can read it can impersonate its owner.\n"
                    "#   Give the peers the public certificate beside it instead.\n\n");
    } else {
        text.append(
            "#   ZeroMQ CURVE Public Certificate\n"
            "#   Give it to the peers that are to recognize its owner, over a channel on which\n"
            "#   nobody can replace it.\n\n");
    }
    text.append("metadata\n");
    for (const CertificateField &field : certificate.metadata) {
        text.append("    ");
        text.append(field.name);
        text.append(" = \"");
        text.append(field.value);
        text.append("\"\n");
    }
    SecretArray<CurveKeyTextSize> key;
    const auto appendKey = [&](const char *start, const void *bytes) {
        Z85::encode(bytes, CurveKeySize, reinterpret_cast<char *>(key.data()));
        text.append(start);
        text.append(key.view());
        text.append("\"\n");
    };
    text.append("curve\n");
    appendKey("    public-key = \"", certificate.publicKey.data());
    if (isSecret && certificate.secretKey)
        appendKey("    secret-key = \"", certificate.secretKey->data());
    return text;
}

} // namespace QZap::Internal
