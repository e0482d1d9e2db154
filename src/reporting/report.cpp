// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "reporting/report.h"

#include "base/bytehash.h"
#include "protocol/qzaprequest_p.h"

namespace QZap::Internal {

namespace {
constexpr qsizetype UserIdCapacity = 64; // longer user ids are rare
} // namespace

void Report::setUserId(QByteArrayView utf8)
{
    if (isEqual(utf8, AnonymousUserId)) {
        userId = QStringLiteral("anonymous");
        return;
    }
    if (utf8.isEmpty() || utf8.size() > UserIdCapacity) {
        userId = QString::fromUtf8(utf8);
        return;
    }
    userId.resize(utf8.size());
    QChar *at = userId.data();
    uchar bits = 0;
    for (const char c : utf8) {
        const auto byte = static_cast<uchar>(c);
        *at++ = QLatin1Char(c);
        bits |= byte;
    }
    if (bits >= 0x80)
        userId = QString::fromUtf8(utf8);
}

void Report::recycle()
{
    QZapRequestPrivate::recycle(&request);
    if (userId.capacity() > UserIdCapacity)
        userId = QString();
    // clear() is compiled into Qt, where ThreadSanitizer does not see that the memory is shared.
    reason = QByteArray();
    metadata = QByteArray();
}

} // namespace QZap::Internal
