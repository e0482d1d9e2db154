// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYDIRECTORYLISTING_H
#define QZAP_CREDENTIALS_KEYS_KEYDIRECTORYLISTING_H

#include "credentials/keys/keyfilename.h"
#include "credentials/keys/passedovernames.h"

#include <QtCore/qbytearray.h>

#include <vector>

namespace QZap::Internal {

class DirectoryReader;

// The visible entries of a key directory that the name filters match.
struct KeyDirectoryListing
{
    struct File
    {
        QByteArray name;
        quint64 sortKey = 0;
        bool isSpecial = false;
        bool isLink = false;
    };

    // Adds the entries of the directory. Returns an errno, or 0.
    [[nodiscard]] int read(DirectoryReader *directory, const NameFilters &filters);

    std::vector<File> files; // those to be read, by name
    // Without secret certificates beside their public ones.
    std::vector<PassedOverReport::Name> passedOverFiles;
    std::vector<QByteArray> directories;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYDIRECTORYLISTING_H
