// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_LOCKOUT_LOCKOUTADDRESS_H
#define QZAP_ENGINE_LOCKOUT_LOCKOUTADDRESS_H

#include "policy/addressrules.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

#include <array>
#include <cstddef>
#include <optional>

namespace QZap::Internal {

// The address by which wrong passwords are counted, of a fixed size: an IPv4 address, the /64
// network of an IPv6 address, a link-local address with its zone, an IPC user; or a group of such
// addresses that one party may control. A peer cannot vary it at will.
class LockoutAddress
{
public:
    enum class Kind : quint8 {
        Unknown, // all addresses that cannot be parsed
        Ipv4,
        Ipv6Network, // a /64
        Ipv6Site,    // a /48
        LinkLocal,
        Link, // all link-local addresses of a zone
        IpcUser,
    };

    LockoutAddress() = default;
    // Returns the address of a peer from its address in libzmq's format.
    [[nodiscard]] static LockoutAddress of(QByteArrayView address);

    Kind kind() const { return m_kind; }
    // Returns the group of an IPv6 address: its /48, or its link.
    [[nodiscard]] std::optional<LockoutAddress> group() const;
    // Returns the address as a rule that contains it, or "unknown".
    [[nodiscard]] QString text() const;
    // Returns whether the rule and this address have any peer in common.
    bool overlaps(const AddressRule &rule) const;
    // Returns whether the rule contains all peers of this address.
    bool isIn(const AddressRule &rule) const;

    // Returns bytes that are equal for equal addresses only.
    QByteArrayView bytes() const;

    friend bool operator==(const LockoutAddress &lhs, const LockoutAddress &rhs)
    {
        return lhs.m_bits == rhs.m_bits && lhs.m_kind == rhs.m_kind && lhs.m_zone == rhs.m_zone;
    }
    friend bool operator!=(const LockoutAddress &lhs, const LockoutAddress &rhs)
    {
        return !(lhs == rhs);
    }

private:
    // Sufficient for the names of network interfaces; longer zones are truncated.
    static constexpr std::size_t ZoneSize = 15;

    LockoutAddress(Kind kind, quint64 bits)
        : m_bits(bits)
        , m_kind(kind)
    { }
    void setZone(QByteArrayView zone);
    QByteArrayView zone() const;
    IpAddress ip() const;
    // The length of the prefix that all peers of this address share.
    int prefixLength() const;

    quint64 m_bits = 0; // the prefix, the end of a link-local address, or the user
    std::array<char, ZoneSize> m_zone = {};
    Kind m_kind = Kind::Unknown;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_LOCKOUT_LOCKOUTADDRESS_H
