// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_PROTOCOL_REQUESTCREDENTIALS_H
#define QZAP_PROTOCOL_REQUESTCREDENTIALS_H

class QZapCredentials;

namespace QZap::Internal {

struct Request;

// Returns a copy of the credentials in a request, which wipes its password.
[[nodiscard]] QZapCredentials credentialsOf(const Request &request);

} // namespace QZap::Internal

#endif // QZAP_PROTOCOL_REQUESTCREDENTIALS_H
