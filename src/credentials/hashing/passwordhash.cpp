// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/hashing/passwordhash.h"

#include "base/secret.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

using namespace Qt::StringLiterals;

namespace QZap::Internal::PasswordHash {

namespace {

constexpr QByteArrayView Scheme = "$argon2id$";
constexpr QByteArrayView Version = "$argon2id$v=19$";
constexpr qint64 KiB = 1024;
constexpr qint64 MiB = KiB * KiB;

// Returns the memory that the parameters require. If it exceeds the range of a size, returns the
// maximum, which libsodium refuses.
constexpr std::size_t bytesOf(Parameters parameters)
{
    return static_cast<std::size_t>(std::min<quint64>(parameters.memory * quint64{KiB},
                                                      std::numeric_limits<std::size_t>::max()));
}

// A copy of a hash for functions that take a NUL-terminated string.
class HashText
{
public:
    explicit HashText(QByteArrayView value)
        : m_isValid(value.size() < static_cast<qsizetype>(sizeof m_text) && !value.contains('\0'))
    {
        if (m_isValid)
            std::copy(value.begin(), value.end(), m_text.begin());
    }
    bool isValid() const { return m_isValid; }
    const char *text() const { return m_text.data(); }

private:
    std::array<char, crypto_pwhash_argon2id_STRBYTES> m_text{};
    bool m_isValid;
};

// libsodium does not accept a null pointer, even for an empty password.
const char *dataOf(QByteArrayView password)
{
    return password.isEmpty() ? "" : password.data();
}

// The text before a hash, or before the end of a value.
struct Prefix
{
    qsizetype size = 0;
    bool isLock = false;
};

// Returns the spaces, quotes, escapes and marks of a locked account at the start of a value.
Prefix prefixOf(QByteArrayView value)
{
    constexpr QByteArrayView Locks[] = {"LK*", "NP*"}; // of Solaris, after a '*'
    constexpr QByteArrayView NoBreakSpace = "\xc2\xa0";
    Prefix result;
    while (result.size < value.size()) {
        const QByteArrayView rest = value.sliced(result.size);
        const auto startsIt = [rest](QByteArrayView text) { return rest.startsWith(text); };
        const bool isMark = rest.front() == '!' || rest.front() == '*';
        if (isMark || QByteArrayView(" \t\"'\\").contains(rest.front()))
            ++result.size;
        else if (result.isLock && std::any_of(std::begin(Locks), std::end(Locks), startsIt))
            result.size += Locks[0].size();
        else if (startsIt(NoBreakSpace))
            result.size += NoBreakSpace.size();
        else
            break;
        result.isLock = result.isLock || isMark;
    }
    return result;
}

// The start of a hash in lower case, without escapes: neither '\' nor a second '$' after the first.
class HashHead
{
public:
    explicit HashHead(QByteArrayView value)
    {
        for (const char c : value) {
            if (m_size == m_text.size())
                break;
            if (c != '\\' && (c != '$' || m_size == 0 || m_text[m_size - 1] != '$'))
                m_text[m_size++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    QByteArrayView text() const { return {m_text.data(), static_cast<qsizetype>(m_size)}; }

private:
    std::array<char, 64> m_text{};
    std::size_t m_size = 0;
};

// The characters of schemes and their parameters, such as "2b" and "md5,rounds=904".
constexpr bool isSchemeCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'
           || c == ',' || c == '=' || c == '+' || c == '/';
}

// Returns the scheme at the start of a head, such as "$6$" or "{ssha}", or an empty text.
QByteArrayView schemeOf(QByteArrayView head)
{
    if (!head.startsWith('$') && !head.startsWith('{'))
        return {};
    const bool isBraced = head.front() == '{';
    const auto *const start = head.begin() + 1;
    const auto *stop = std::find_if_not(start, head.end(), isSchemeCharacter);
    // SAP writes "{x-issha, 1024}".
    if (isBraced && stop > start && head.end() - stop > 1 && *stop == ' ' && *(stop - 1) == ',')
        stop = std::find_if_not(stop + 1, head.end(), isSchemeCharacter);
    const bool isClosed = stop > start && stop < head.end() && *stop == (isBraced ? '}' : '$');
    return isClosed ? head.first(stop + 1 - head.begin()) : QByteArrayView();
}

// The beginnings of hashes by frameworks and databases, which contain a '$' later.
constexpr QByteArrayView BareSchemes[] = {
    "pbkdf2", "scrypt:", "scrypt$", "scram-sha-", "bcrypt$", "bcrypt_sha256$", "argon2",
    "md5$",   "sha1$",   "sha256$", "sha384$",    "sha512$", "crypt$"};
// Those of GRUB and CouchDB, which contain none.
constexpr QByteArrayView OtherSchemes[] = {"grub.pbkdf2.", "-pbkdf2-"};

bool startsWithBareScheme(QByteArrayView head)
{
    const auto isStart = [head](QByteArrayView scheme) { return head.startsWith(scheme); };
    return (std::any_of(std::begin(BareSchemes), std::end(BareSchemes), isStart)
            && head.contains('$'))
           || std::any_of(std::begin(OtherSchemes), std::end(OtherSchemes), isStart);
}

// Returns whether a value is a hash of MySQL or of old versions of PostgreSQL.
bool isDatabaseHash(QByteArrayView value)
{
    constexpr qsizetype Md5Size = 32;
    constexpr qsizetype Sha1Size = 40;
    const auto isHex = [](QByteArrayView text, qsizetype size) {
        return text.size() == size && std::all_of(text.begin(), text.end(), [](char c) {
                   return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')
                          || (c >= 'A' && c <= 'F');
               });
    };
    return (value.startsWith("md5") && isHex(value.sliced(3), Md5Size))
           || (value.startsWith('*') && isHex(value.sliced(1), Sha1Size));
}

// Removes "key=number" and the following separator from the front.
std::optional<quint32> takeNumber(QByteArrayView *text, QByteArrayView key, char separator)
{
    const qsizetype stop = text->indexOf(separator);
    if (stop < 0 || !text->startsWith(key))
        return std::nullopt;
    bool isNumber = false;
    const quint32 number = text->first(stop).sliced(key.size()).toUInt(&isNumber);
    *text = text->sliced(stop + 1);
    return isNumber ? std::optional(number) : std::nullopt;
}

struct Head
{
    Parameters parameters;
    quint32 lanes = 0;
};

std::optional<Head> headOfText(QByteArrayView value)
{
    if (!value.startsWith(Version))
        return std::nullopt;
    value = value.sliced(Version.size());
    const auto memory = takeNumber(&value, "m=", ',');
    const auto passes = memory ? takeNumber(&value, "t=", ',') : std::nullopt;
    const auto lanes = passes ? takeNumber(&value, "p=", '$') : std::nullopt;
    if (!lanes)
        return std::nullopt;
    return Head{{*memory, *passes}, *lanes};
}

// Returns whether libsodium accepts the hash and parses the same parameters.
bool isTakenBySodium(QByteArrayView value, Parameters parameters)
{
    const HashText hash(value);
    return hash.isValid()
           && crypto_pwhash_argon2id_str_needs_rehash(hash.text(), parameters.passes,
                                                      bytesOf(parameters))
                  == 0;
}

QByteArray base64(const uchar *bytes, std::size_t size)
{
    static constexpr int Variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    QByteArray text(static_cast<qsizetype>(sodium_base64_encoded_len(size, Variant)),
                    Qt::Uninitialized);
    sodium_bin2base64(text.data(), static_cast<std::size_t>(text.size()), bytes, size, Variant);
    text.chop(1); // the terminating NUL
    return text;
}

// The parts of a hash. Unlike crypto_pwhash_str_verify(), crypto_pwhash() distinguishes a lack of
// memory from a wrong password.
struct Parts
{
    static constexpr std::size_t MaximumSize = crypto_pwhash_argon2id_STRBYTES;

    struct Bytes
    {
        std::array<uchar, MaximumSize> bytes{};
        std::size_t size = 0;

        bool decode(QByteArrayView text)
        {
            return sodium_base642bin(bytes.data(), bytes.size(), text.data(),
                                     static_cast<std::size_t>(text.size()), nullptr, &size, nullptr,
                                     sodium_base64_VARIANT_ORIGINAL_NO_PADDING)
                   == 0;
        }
    };

    Parameters parameters;
    Bytes salt;
    Bytes hash;
};

// Returns nullopt if the salt is not as long as libsodium's own.
std::optional<Parts> partsOf(QByteArrayView value)
{
    const std::optional<Parameters> parameters = parametersOf(value);
    if (!parameters)
        return std::nullopt;
    Parts parts;
    parts.parameters = *parameters;
    const qsizetype hashStart = value.lastIndexOf('$') + 1;
    const qsizetype saltStart = value.lastIndexOf('$', hashStart - 2) + 1;
    if (!parts.salt.decode(value.sliced(saltStart, hashStart - 1 - saltStart))
        || !parts.hash.decode(value.sliced(hashStart))
        || parts.salt.size != crypto_pwhash_SALTBYTES) {
        return std::nullopt;
    }
    return parts;
}

} // namespace

bool isHash(QByteArrayView value)
{
    if (isArgon2id(value))
        return true;
    const HashHead head(value.sliced(prefixOf(value).size));
    return !schemeOf(head.text()).isEmpty() || startsWithBareScheme(head.text())
           || isDatabaseHash(value);
}

bool isLock(QByteArrayView value)
{
    const Prefix prefix = prefixOf(value);
    return prefix.isLock && !isDatabaseHash(value)
           && (prefix.size == value.size() || isHash(value.sliced(prefix.size)));
}

bool isArgon2id(QByteArrayView hash)
{
    return hash.startsWith(Scheme);
}

bool isPbkdf2(QByteArrayView hash)
{
    const HashHead head(hash.sliced(prefixOf(hash).size));
    const QByteArrayView scheme = schemeOf(head.text());
    return scheme.isEmpty() ? startsWithBareScheme(head.text()) && head.text().contains("pbkdf2")
                            : scheme.contains("pbkdf2");
}

std::optional<Parameters> parametersOf(QByteArrayView value)
{
    const std::optional<Head> head = headOfText(value);
    if (!head || head->lanes != 1 || !isTakenBySodium(value, head->parameters))
        return std::nullopt;
    return head->parameters;
}

Problem problemOf(QByteArrayView value, qint64 maximumMemory)
{
    if (isLock(value)) {
        return u"the password is hashed%1, and locked by \"!\" or \"*\", so nobody gets in as this "
               u"user; write \"!\" alone, or set the password "
               u"again"_s.arg(isPbkdf2(value) ? u" (PBKDF2)"_s : QString());
    }
    if (!isArgon2id(value) && isArgon2id(value.sliced(prefixOf(value).size))) {
        return u"the password is hashed, and something precedes \"$argon2id$\"; write the hash "
               "directly after the '='"_s;
    }
    if (!isArgon2id(value)) {
        return u"the password is hashed%1, as it starts with a scheme such as \"$6$\" or "
               u"\"{SSHA}\", and only \"$argon2id$\" can be checked; set the password again, or "
               u"one "
               u"that starts differently"_s.arg(isPbkdf2(value) ? u" (PBKDF2)"_s : QString());
    }
    const std::optional<Head> head = headOfText(value);
    // The order determines which problem is reported. If a size has 32 bits, libsodium accepts no
    // hash that requires more memory than it can address.
    if (head && head->parameters.memory * KiB > maximumMemory) {
        return u"the hash asks for %1 KiB of memory, and at most %2 KiB are allowed; set the "
               "password again, with less memory"_s.arg(QString::number(head->parameters.memory),
                                                        QString::number(maximumMemory / KiB));
    }
    if (!head || !isTakenBySodium(value, head->parameters)) {
        return u"the argon2id hash is damaged, or not of the form that libsodium writes; set the "
               "password again"_s;
    }
    if (head->parameters.passes > MaximumHashPasses) {
        return u"the hash asks for %1 passes, and at most %2 are allowed; set the password again"_s
            .arg(QString::number(head->parameters.passes), QString::number(MaximumHashPasses));
    }
    if (head->lanes != 1) {
        return u"the hash asks for a parallelism of %1, and only 1 is allowed; set the password "
               "again"_s.arg(head->lanes);
    }
    return {};
}

QByteArray make(QByteArrayView password, Parameters parameters)
{
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (!initializeSodium()
        || crypto_pwhash_str_alg(
               text.data(), dataOf(password), static_cast<unsigned long long>(password.size()),
               parameters.passes, bytesOf(parameters), crypto_pwhash_ALG_ARGON2ID13)
               != 0) {
        return {};
    }
    return {text.data()};
}

Parameters parametersFor(qint64 memory)
{
    // OWASP's recommendations, with at least two passes.
    const auto passes = [memory] {
        if (memory >= 19 * MiB)
            return 2U;
        return memory >= 12 * MiB ? 3U : MaximumHashPasses;
    };
    return {static_cast<quint32>(memory / KiB), passes()};
}

QByteArray randomTail()
{
    static constexpr std::size_t SaltSize = crypto_pwhash_argon2id_SALTBYTES;
    static constexpr std::size_t HashSize = 32; // that of crypto_pwhash_str()
    initializeSodium();
    std::array<uchar, SaltSize + HashSize> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return '$' + base64(bytes.data(), SaltSize) + '$' + base64(bytes.data() + SaltSize, HashSize);
}

QByteArray headOf(Parameters parameters)
{
    return Version.toByteArray() + "m=" + QByteArray::number(parameters.memory)
           + ",t=" + QByteArray::number(parameters.passes) + ",p=1";
}

Match verify(QByteArrayView hash, QByteArrayView password)
{
    if (!initializeSodium())
        return Match::Different;
    const auto size = static_cast<unsigned long long>(password.size());
    const std::optional<Parts> parts = partsOf(hash);
    if (!parts) {
        const HashText text(hash);
        const bool isSame =
            text.isValid() && crypto_pwhash_str_verify(text.text(), dataOf(password), size) == 0;
        return isSame ? Match::Same : Match::Different;
    }
    SecretArray<Parts::MaximumSize> computed;
    if (crypto_pwhash(computed.data(), parts->hash.size, dataOf(password), size,
                      parts->salt.bytes.data(), parts->parameters.passes,
                      bytesOf(parts->parameters), crypto_pwhash_ALG_ARGON2ID13)
        != 0) {
        return Match::Unknown;
    }
    const bool isSame =
        sodium_memcmp(computed.data(), parts->hash.bytes.data(), parts->hash.size) == 0;
    return isSame ? Match::Same : Match::Different;
}

} // namespace QZap::Internal::PasswordHash
