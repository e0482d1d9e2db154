// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "protocol/requestencoder.h"

#include "protocol/request.h"

#include <QZap/qzapcredentials.h>

namespace QZap::Internal {

namespace {

Result<QByteArray> encoded(const QString &text, TextEncoding encoding)
{
    if (encoding == TextEncoding::Latin1) {
        QByteArray bytes = text.toLatin1();
        if (QString::fromLatin1(bytes) != text)
            return Problem(QStringLiteral("%1 cannot be encoded in Latin-1").arg(quoted(text)));
        return bytes;
    }
    if (!text.isValidUtf16())
        return Problem(QStringLiteral("%1 is not valid text").arg(quoted(text)));
    return text.toUtf8();
}

// Returns the user name or principal; empty for other mechanisms.
QString nameOf(const QZapCredentials &credentials)
{
    return credentials.mechanism() == Mechanism::Gssapi ? credentials.principal()
                                                        : credentials.userName();
}

} // namespace

Result<QByteArrayList> encodeRequest(const QString &domain, const QString &address,
                                     const QZapCredentials &credentials, TextEncoding encoding)
{
    const Result<QByteArray> name = encoded(nameOf(credentials), encoding);
    if (!name)
        return name.problem();
    if (!domain.isValidUtf16())
        return Problem(QStringLiteral("The domain %1 is not valid text").arg(quoted(domain)));
    QByteArrayList frames{"1.0",
                          "1",
                          domain.toUtf8(), // in every encoding
                          address.toUtf8(),
                          {},
                          mechanismName(credentials.mechanism()).toByteArray()};
    switch (credentials.mechanism()) {
    case Mechanism::Plain:
        frames << *name << credentials.password();
        break;
    case Mechanism::Curve:
        frames << credentials.publicKey();
        break;
    case Mechanism::Gssapi:
        frames << *name;
        break;
    case Mechanism::Null:
    case Mechanism::Unknown:
        break;
    }
    return frames;
}

} // namespace QZap::Internal
