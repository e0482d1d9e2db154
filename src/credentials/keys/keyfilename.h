// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYFILENAME_H
#define QZAP_CREDENTIALS_KEYS_KEYFILENAME_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qstringlist.h>

#include <vector>

namespace QZap::Internal {

// Why an entry of a key directory is not read. A copy must not keep a replaced key alive.
enum class PassedOver : quint8 {
    No,        // it is read
    Hidden,    // starts with '.', or is empty
    Secret,    // a secret certificate
    Renamed,   // something other than a letter follows .key, as in alice.key.disabled
    Backup,    // a backup, temporary or half-written file, or one that was switched off
    Copy,      // a file manager's copy
    Conflict,  // a packager's or a synchronizer's other version
    Directory, // a sub-directory with certificates in it; no name says so
};

// Returns why a file with this name is not read; no case matters. Looks at each byte a few times,
// since there may be very many names.
[[nodiscard]] PassedOver passedOver(QByteArrayView name);
// Returns the reason in words that follow the name.
[[nodiscard]] QString passedOverText(PassedOver reason);

// The ending of secret certificates' names, behind that of the public one.
inline constexpr QByteArrayView SecretEnding = "_secret";

enum class KeyFileName : quint8 {
    Never,     // passed over
    Key,       // <name>.key: no certificate in it is an error
    Candidate, // any other, as czmq names certificates: ignored if it is not a certificate
};

// What a file of a key directory may be, by its name.
[[nodiscard]] KeyFileName keyFileName(QByteArrayView name);
// The same for a name that is known not to be passed over.
[[nodiscard]] KeyFileName kindOfReadFile(QByteArrayView name);

// Wildcards that tell upper from lower case.
class NameFilters
{
public:
    explicit NameFilters(const QStringList &wildcards);
    // Any name, where there is no wildcard.
    bool match(const QByteArray &name) const;
    // Those that nothing matches, as they are malformed.
    QStringList invalid() const { return m_invalid; }

private:
    std::vector<QByteArray> m_endings; // of wildcards such as *.key, which need no expression
    std::vector<QRegularExpression> m_expressions;
    QStringList m_invalid;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYFILENAME_H
