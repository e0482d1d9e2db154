// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "testing/peeraddress_p.h"

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapcredentials.h>
#include <QZap/qzapreply.h>

namespace {

// Returns whether this is an address by the rules of the library: an authenticator that allows all
// addresses refuses any other text.
bool isPeerAddress(const QString &address)
{
    QZapAuthenticator authenticator;
    const bool isSet = authenticator.allow(
        {QStringLiteral("0.0.0.0/0"), QStringLiteral("::/0"), QStringLiteral("ipc:*")});
    Q_ASSERT(isSet);
    const QZapReply reply =
        authenticator.evaluate(QStringLiteral("any"), address, QZapCredentials::null());
    return isSet && reply.status() == QZap::Status::Success;
}

// Returns what to write instead of a text that is not an address.
QString hintFor(const QString &text)
{
    QString ipc = QStringLiteral("a peer over IPC has localhost:UID:GID:PID, such as "
                                 "localhost:1000:100:4711");
    if (text.startsWith(QLatin1StringView("ipc:"))
        || text.startsWith(QLatin1StringView("localhost:")))
        return ipc;
    if (text.compare(QLatin1StringView("localhost"), Qt::CaseInsensitive) == 0)
        return QStringLiteral("names are not resolved; write 127.0.0.1 or ::1");
    if (text.contains(u'/') && !text.contains(QLatin1StringView("://")))
        return QStringLiteral("a peer has a single address; write one of this subnet");
    const QString example = QStringLiteral("write an IPv4 or IPv6 address in full, such as "
                                           "192.0.2.7 or 2001:db8::7, without a port");
    return example + QStringLiteral("; ") + ipc;
}

} // namespace

QString peerAddressProblem(const QString &address)
{
    if (address.isEmpty() || isPeerAddress(address))
        return {};
    return QStringLiteral("\"%1\" is not the address of a peer: %2").arg(address, hintFor(address));
}
