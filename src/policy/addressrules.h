// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_POLICY_ADDRESSRULES_H
#define QZAP_POLICY_ADDRESSRULES_H

#include "base/problem.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qendian.h>
#include <QtCore/qhash.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>

#include <array>
#include <optional>
#include <vector>

namespace QZap::Internal {

// 128 bits in network order; IPv4 addresses are stored as IPv4-mapped IPv6, so that both forms
// match.
using IpAddress = std::array<uchar, 16>;

// Returns the usual notation, which is that of IPv4 for an IPv4-mapped address.
[[nodiscard]] QString ipText(const IpAddress &ip);

// One entry of an allow or deny list: an address, a subnet, or IPC peers by owner.
struct AddressRule
{
    enum class Kind { Subnet, AnyIpc, IpcUser, IpcGroup };

    Kind kind = Kind::Subnet;
    IpAddress network = {};
    int prefixLength = 128;
    QByteArray zone; // compared only if the rule has one
    quint32 id = 0;  // of the user or group

    static Result<AddressRule> fromText(const QString &text);

    friend bool operator==(const AddressRule &lhs, const AddressRule &rhs)
    {
        return lhs.kind == rhs.kind && lhs.network == rhs.network
               && lhs.prefixLength == rhs.prefixLength && lhs.zone == rhs.zone && lhs.id == rhs.id;
    }
};

// The address of a peer, as reported by libzmq.
struct PeerAddress
{
    bool ipc = false;
    IpAddress ip = {};
    QByteArrayView zone;
    quint32 user = 0;
    quint32 group = 0;

    // Also returns true for an IPv4-mapped IPv6 address.
    bool isIpv4() const;
    bool isLinkLocal() const { return ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80; } // fe80::/10

    static std::optional<PeerAddress> fromBytes(QByteArrayView text);
};

// A set of rules, which is searched with one hash look-up for each prefix length that occurs.
class AddressRules
{
public:
    void add(const AddressRule &rule);
    // What the number of a zone matches: libzmq reports it instead of the interface's name if no
    // descriptor is left to find that.
    enum class ZoneNumber { NoZone, AnyZone };
    bool contains(const PeerAddress &peer, ZoneNumber number = ZoneNumber::NoZone) const;
    // Returns whether each of the other rules is one of these, as written: a rule that a wider one
    // covers is not found.
    bool includes(const AddressRules &other) const;

private:
    struct IpHash
    {
        quint64 high;
        quint64 low;
        friend bool operator==(IpHash a, IpHash b) { return a.high == b.high && a.low == b.low; }
        friend size_t qHash(IpHash key, size_t seed) { return qHashMulti(seed, key.high, key.low); }
    };
    struct Level
    {
        int prefixLength;
        QSet<IpHash> networks;
    };

    static IpHash masked(const IpAddress &address, int prefixLength);

    std::vector<Level> m_levels;
    std::vector<AddressRule> m_zoned;
    QSet<quint32> m_users;
    QSet<quint32> m_groups;
    bool m_anyIpc = false;
};

} // namespace QZap::Internal

#endif // QZAP_POLICY_ADDRESSRULES_H
