// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROTOCOL_REQUESTENCODER_H
#define QZAP_PROTOCOL_REQUESTENCODER_H

#include "base/problem.h"
#include "base/text.h"

#include <QtCore/qbytearraylist.h>
#include <QtCore/qstring.h>

class QZapCredentials;

namespace QZap::Internal {

// Returns the frames of a request (RFC 27) from its version frame on, as libzmq would send it for a
// peer with these credentials, with user names and principals in the given encoding. A password is
// the last frame. Fails if a text cannot be encoded.
[[nodiscard]] Result<QByteArrayList> encodeRequest(const QString &domain, const QString &address,
                                                   const QZapCredentials &credentials,
                                                   TextEncoding encoding);

} // namespace QZap::Internal

#endif // QZAP_PROTOCOL_REQUESTENCODER_H
