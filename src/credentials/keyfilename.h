// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYFILENAME_H
#define QZAP_CREDENTIALS_KEYFILENAME_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qstringlist.h>

#include <vector>

namespace QZap::Internal {

enum class KeyFileName : quint8 {
    Never,     // hidden, a backup copy, a secret, an editor's or a packager's
    Key,       // <name>.key: no certificate in it is an error
    Candidate, // any other, as czmq names certificates: no certificate in it is none
};

// What a file of a key directory may be, by its name.
[[nodiscard]] KeyFileName keyFileName(QByteArrayView name);

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
    std::vector<QRegularExpression> m_expressions;
    QStringList m_invalid;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYFILENAME_H
