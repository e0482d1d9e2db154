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

// Why an entry of a key directory is not read. A backup copy must not keep a replaced key in force.
enum class PassedOver : quint8 {
    No,        // it is read
    Hidden,    // starts with '.', or is empty
    Secret,    // a secret certificate
    Renamed,   // something other than a letter follows .key, as in alice.key.disabled
    Backup,    // a backup, temporary, incomplete or disabled file
    Copy,      // a file manager's copy
    Conflict,  // another version, left by a package manager or synchronization
    Directory, // a sub-directory with certificates; not determined by the name
};

// Returns why a file with this name is not read, ignoring case. Fast, since there may be very many
// names.
[[nodiscard]] PassedOver passedOver(QByteArrayView name);
// Returns the reason as a text that follows the name.
[[nodiscard]] QString passedOverText(PassedOver reason);

// The suffix of a secret certificate's name, after that of the public one.
inline constexpr QByteArrayView SecretEnding = "_secret";

enum class KeyFileName : quint8 {
    Never,     // passed over
    Key,       // <name>.key: it is an error if it contains no certificate
    Candidate, // any other name, as czmq uses: ignored unless it is a certificate
};

// Returns what a file in a key directory may be, by its name.
[[nodiscard]] KeyFileName keyFileName(QByteArrayView name);
// Returns the same for a name that is known not to be passed over.
[[nodiscard]] KeyFileName kindOfReadFile(QByteArrayView name);

// Returns the name of the public certificate that belongs to a secret one; empty for other names.
[[nodiscard]] QByteArray publicNameOf(const QByteArray &name);

// Case-sensitive wildcards.
class NameFilters
{
public:
    explicit NameFilters(const QStringList &wildcards);
    // Matches any name if there is no wildcard.
    bool match(const QByteArray &name) const;
    // Returns the malformed wildcards, which match nothing.
    QStringList invalid() const { return m_invalid; }

private:
    std::vector<QByteArray>
        m_endings; // suffixes of wildcards such as *.key, which need no expression
    std::vector<QRegularExpression> m_expressions;
    QStringList m_invalid;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYFILENAME_H
