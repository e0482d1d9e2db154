// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/requestcredentials.h"

#include "protocol/request.h"

#include <QZap/qzapcredentials.h>

namespace QZap::Internal {

QZapCredentials credentialsOf(const Request &request)
{
    switch (request.mechanism) {
    case Mechanism::Null:
        return QZapCredentials::null();
    case Mechanism::Plain:
        // plain() copies its arguments, which are views here.
        return QZapCredentials::plain(
            QString::fromUtf8(request.name),
            QByteArray::fromRawData(request.password.data(), request.password.size()));
    case Mechanism::Curve:
        return QZapCredentials::curve(request.publicKey.toByteArray());
    case Mechanism::Gssapi:
        return QZapCredentials::gssapi(QString::fromUtf8(request.name));
    case Mechanism::Unknown:
        break;
    }
    return {};
}

} // namespace QZap::Internal
