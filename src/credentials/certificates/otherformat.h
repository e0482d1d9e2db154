// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_CERTIFICATES_OTHERFORMAT_H
#define QZAP_CREDENTIALS_CERTIFICATES_OTHERFORMAT_H

#include "base/problem.h"

#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// Returns what a text that is no certificate, as its line `line` shows, seems to be instead, and
// what to do; nothing if that is not known. Has a line and no file, and quotes nothing.
[[nodiscard]] Problem otherFormatProblem(QByteArrayView text, int line);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_OTHERFORMAT_H
