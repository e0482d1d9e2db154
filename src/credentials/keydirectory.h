// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYDIRECTORY_H
#define QZAP_CREDENTIALS_KEYDIRECTORY_H

#include "credentials/keyload.h"

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

namespace QZap::Internal {

// The keys of the certificates in a directory, without user ids. Name filters are wildcards that
// tell upper from lower case; without any, every name is read. Files are read in the order of
// their names, and of two with one key the first counts. Never throws; reentrant.
[[nodiscard]] KeyLoad loadKeyDirectory(const QString &directory, const QStringList &nameFilters);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYDIRECTORY_H
