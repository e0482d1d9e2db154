// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/waiting/sender.h"

#include "policy/addressrules.h"

namespace QZap::Internal {

namespace {

constexpr qsizetype LinkBytes = 8; // a /64
constexpr qsizetype SiteBytes = 6; // a /48

QByteArray prefixOf(const IpAddress &ip, qsizetype size)
{
    return {reinterpret_cast<const char *>(ip.data()), size};
}

} // namespace

Sender Sender::of(QByteArrayView address)
{
    const auto peer = PeerAddress::fromBytes(address);
    if (!peer || (!peer->ipc && peer->isIpv4()))
        return {address.toByteArray(), {}};
    if (peer->ipc)
        return {address.toByteArray(), "uid:" + QByteArray::number(peer->user)};
    if (peer->isLinkLocal())
        return {address.toByteArray(), "link:" + peer->zone.toByteArray()};
    return {prefixOf(peer->ip, LinkBytes), prefixOf(peer->ip, SiteBytes)};
}

} // namespace QZap::Internal
