// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_CERTIFICATES_OTHERFORMAT_H
#define QZAP_CREDENTIALS_CERTIFICATES_OTHERFORMAT_H

#include "base/problem.h"

#include <QtCore/qbytearrayview.h>

namespace QZap::Internal {

// For a text whose line `line` shows that it is not a certificate: returns what it seems to be
// instead, and what to do; empty if that is not known. The problem has a line, but no file, and
// quotes nothing.
[[nodiscard]] Problem otherFormatProblem(QByteArrayView text, int line);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_OTHERFORMAT_H
