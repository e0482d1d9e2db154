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

// The files that a key directory does not read, for the log.
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
    qsizetype directories = 0; // among them, sub-directories that contain certificates
    size_t digest = 0;         // differs for different sets of names

    // Returns one line with the directory and the first names; empty if there are none.
    QString text(const QString &directory) const;
};

// The entries of a key directory that are passed over, except hidden ones and secret certificates
// beside their public ones, which are expected there.
class PassedOverNames
{
public:
    void clear();
    // Replaces the reason of an existing name.
    void insert(const QByteArray &name, PassedOver reason);
    void remove(const QByteArray &name);
    PassedOverReport report() const;

private:
    std::map<QByteArray, PassedOver> m_reasons;
    qsizetype m_directories = 0;
    size_t m_digest = 0;
};

// Returns whether a sub-directory seems to contain certificates, directly or in its own
// sub-directories. Checks only some of its entries, and reads only a few files.
[[nodiscard]] bool holdsCertificates(const DirectoryReader &parent, const QByteArray &name);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_PASSEDOVERNAMES_H
