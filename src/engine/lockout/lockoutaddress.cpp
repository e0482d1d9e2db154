// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/lockout/lockoutaddress.h"

#include <QtCore/qendian.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace QZap::Internal {

// bytes() must have no padding.
static_assert(std::has_unique_object_representations_v<LockoutAddress>);

namespace {

constexpr quint64 SiteMask = ~quint64{0} << 16;            // of a /64 prefix
constexpr quint64 LinkLocalPrefix = quint64{0xfe80} << 48; // fe80::/64
constexpr int Ipv4Prefix = 96;
constexpr int LinkPrefix = 10;

bool isIpv4(const AddressRule &rule)
{
    PeerAddress network;
    network.ip = rule.network;
    return rule.prefixLength >= Ipv4Prefix && network.isIpv4();
}

bool havePrefixInCommon(const IpAddress &lhs, const IpAddress &rhs, int length)
{
    const auto whole = static_cast<std::size_t>(length / 8);
    if (std::memcmp(lhs.data(), rhs.data(), whole) != 0)
        return false;
    const int rest = length % 8;
    return rest == 0 || ((lhs[whole] ^ rhs[whole]) >> (8 - rest)) == 0;
}

} // namespace

LockoutAddress LockoutAddress::of(QByteArrayView address)
{
    const auto peer = PeerAddress::fromBytes(address);
    if (!peer)
        return {};
    if (peer->ipc)
        return {Kind::IpcUser, peer->user};
    const auto low = qFromBigEndian<quint64>(peer->ip.data() + 8);
    if (peer->isIpv4())
        return {Kind::Ipv4, low & 0xffffffff};
    if (!peer->isLinkLocal())
        return {Kind::Ipv6Network, qFromBigEndian<quint64>(peer->ip.data())};
    LockoutAddress linkLocal(Kind::LinkLocal, low);
    linkLocal.setZone(peer->zone);
    return linkLocal;
}

std::optional<LockoutAddress> LockoutAddress::group() const
{
    if (m_kind == Kind::Ipv6Network)
        return LockoutAddress(Kind::Ipv6Site, m_bits & SiteMask);
    if (m_kind != Kind::LinkLocal)
        return std::nullopt;
    LockoutAddress link(Kind::Link, 0);
    link.m_zone = m_zone;
    return link;
}

void LockoutAddress::setZone(QByteArrayView zone)
{
    const QByteArrayView kept = zone.first(std::min<qsizetype>(zone.size(), ZoneSize));
    std::copy(kept.begin(), kept.end(), m_zone.begin());
}

QByteArrayView LockoutAddress::zone() const
{
    const auto end = std::find(m_zone.begin(), m_zone.end(), '\0');
    return {m_zone.data(), end - m_zone.begin()};
}

IpAddress LockoutAddress::ip() const
{
    IpAddress result = {};
    switch (m_kind) {
    case Kind::Ipv4:
        result[10] = result[11] = 0xff;
        qToBigEndian(static_cast<quint32>(m_bits), result.data() + 12);
        break;
    case Kind::Ipv6Network:
    case Kind::Ipv6Site:
        qToBigEndian(m_bits, result.data());
        break;
    case Kind::LinkLocal:
    case Kind::Link:
        qToBigEndian(LinkLocalPrefix, result.data());
        qToBigEndian(m_bits, result.data() + 8);
        break;
    case Kind::IpcUser:
    case Kind::Unknown:
        break;
    }
    return result;
}

int LockoutAddress::prefixLength() const
{
    switch (m_kind) {
    case Kind::Ipv6Network:
        return 64;
    case Kind::Ipv6Site:
        return 48;
    case Kind::Link:
        return LinkPrefix;
    case Kind::Ipv4:
    case Kind::LinkLocal:
    case Kind::IpcUser:
    case Kind::Unknown:
        break;
    }
    return 128;
}

QString LockoutAddress::text() const
{
    if (m_kind == Kind::Unknown)
        return QStringLiteral("unknown");
    if (m_kind == Kind::IpcUser)
        return QStringLiteral("ipc:uid=%1").arg(m_bits);
    QString result = ipText(ip());
    if (!zone().isEmpty())
        result += u'%' + QString::fromUtf8(zone());
    if (const int length = prefixLength(); length < 128)
        result += u'/' + QString::number(length);
    return result;
}

bool LockoutAddress::overlaps(const AddressRule &rule) const
{
    switch (m_kind) {
    case Kind::Unknown:
        return false;
    case Kind::IpcUser:
        return rule.kind == AddressRule::Kind::AnyIpc
               || (rule.kind == AddressRule::Kind::IpcUser && rule.id == m_bits);
    default:
        break;
    }
    if (rule.kind != AddressRule::Kind::Subnet || isIpv4(rule) != (m_kind == Kind::Ipv4))
        return false;
    const QByteArrayView ruleZone = rule.zone;
    return (ruleZone.isEmpty()
            || ruleZone.first(std::min<qsizetype>(ruleZone.size(), ZoneSize)) == zone())
           && havePrefixInCommon(ip(), rule.network, std::min(prefixLength(), rule.prefixLength));
}

bool LockoutAddress::isIn(const AddressRule &rule) const
{
    return overlaps(rule) && (m_kind == Kind::IpcUser || rule.prefixLength <= prefixLength());
}

QByteArrayView LockoutAddress::bytes() const
{
    return {reinterpret_cast<const char *>(this), static_cast<qsizetype>(sizeof *this)};
}

} // namespace QZap::Internal
