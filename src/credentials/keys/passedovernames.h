// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_PASSEDOVERNAMES_H
#define QZAP_CREDENTIALS_KEYS_PASSEDOVERNAMES_H

#include "credentials/keys/keyfilename.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <map>

namespace QZap::Internal {

class DirectoryReader;

// What a key directory passes over, for those who miss a key.
struct PassedOverReport
{
    static constexpr qsizetype Maximum = 20;

    struct Name
    {
        QByteArray name;
        PassedOver reason;
    };

    QList<Name> first; // by name, Maximum at most
    qsizetype count = 0;
    size_t digest = 0; // of all of them: another one for another set

    // One line that names the directory and the first names; empty where there is none.
    QString text(const QString &directory) const;
};

// The set of the entries of a key directory that are passed over, but for hidden ones, and for
// secret certificates beside their public ones: these are where they are by rule.
class PassedOverNames
{
public:
    void clear();
    // Of a name that is there already, the reason is replaced.
    void insert(const QByteArray &name, PassedOver reason);
    void remove(const QByteArray &name);
    PassedOverReport report() const;

private:
    std::map<QByteArray, PassedOver> m_reasons;
    size_t m_digest = 0;
};

// Returns whether a sub-directory seems to hold certificates. Reads a few of its files at most.
[[nodiscard]] bool holdsCertificates(const DirectoryReader &parent, const QByteArray &name);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_PASSEDOVERNAMES_H
