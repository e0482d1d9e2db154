// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYLISTFILE_H
#define QZAP_CREDENTIALS_KEYLISTFILE_H

#include "credentials/keyfields.h"
#include "credentials/keyload.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace QZap::Internal {

// Some four million keys with ids; what is larger is no key list.
inline constexpr qsizetype MaximumKeyListSize = qsizetype{256} * 1024 * 1024;

// One key a line, "<40 Z85> [user id] [field=value ...]". A bad line is an error and dropped, and
// the others count. The file's name is for the texts.
[[nodiscard]] KeyLoad parseKeyList(QByteArrayView contents, const QString &file,
                                   const KeyFields &fields = {});
// Never throws; reentrant.
[[nodiscard]] KeyLoad loadKeyList(const QString &file, const KeyFields &fields = {});

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYLISTFILE_H
