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

// Returns whether a line starts a section of a certificate, such as "[Curve]", in any spelling.
[[nodiscard]] bool isSectionLine(QByteArrayView line);
// Returns whether a line assigns a key, such as "public_key: ...", in any format of configuration
// files.
[[nodiscard]] bool isKeyLine(QByteArrayView line);
// Returns whether a text that is not a certificate seems to be intended as one, or as a key: it
// contains such a line, in any encoding and with any ends of lines, or is a key alone.
[[nodiscard]] bool resemblesCertificate(QByteArrayView text);

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_CERTIFICATES_OTHERFORMAT_H
