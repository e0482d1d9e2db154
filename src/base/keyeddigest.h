// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_KEYEDDIGEST_H
#define QZAP_BASE_KEYEDDIGEST_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

#include <array>
#include <initializer_list>

namespace QZap::Internal {

using KeyedDigest = std::array<uchar, 16>;

// Returns a digest of the parts, which may be secret, under shortProcessKey(). The digest changes
// if bytes move from one part to the next.
[[nodiscard]] KeyedDigest keyedDigest(std::initializer_list<QByteArrayView> parts);
// Returns the digest of a text that is not secret. It differs from that of any parts if the text
// does not begin with the size of a part, as 64 bits.
[[nodiscard]] KeyedDigest keyedDigest(QByteArrayView text);

} // namespace QZap::Internal

#endif // QZAP_BASE_KEYEDDIGEST_H
