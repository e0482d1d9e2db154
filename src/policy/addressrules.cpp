// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "policy/addressrules.h"

#include "base/text.h"

#ifdef Q_OS_WIN
#    include <winsock2.h>
#    include <ws2tcpip.h>
#else
#    include <arpa/inet.h>
#endif

#include <algorithm>
#include <cstring>
#include <optional>

namespace QZap::Internal {

namespace {

constexpr int MappedPrefix = 96;
constexpr IpAddress MappedNetwork = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};

IpAddress mapped(const uchar *ipv4)
{
    IpAddress result = MappedNetwork;
    std::memcpy(result.data() + 12, ipv4, 4);
    return result;
}

bool isMapped(const IpAddress &ip)
{
    return std::equal(MappedNetwork.begin(), MappedNetwork.begin() + MappedPrefix / 8, ip.begin());
}

// Parses an address in full, without zone or prefix. "10", "0x7f.1" and "010.0.0.1" are invalid:
// other parsers read addresses from them that their writer did not intend.
std::optional<IpAddress> parseIp(QByteArrayView text)
{
    char terminated[46];
    if (text.isEmpty() || text.size() >= static_cast<qsizetype>(sizeof terminated)
        || text.contains('\0')) {
        return std::nullopt;
    }
    std::memcpy(terminated, text.data(), static_cast<size_t>(text.size()));
    terminated[text.size()] = '\0';

    uchar bytes[16];
    if (inet_pton(AF_INET, terminated, bytes) == 1)
        return mapped(bytes);
    if (inet_pton(AF_INET6, terminated, bytes) != 1)
        return std::nullopt;
    IpAddress result;
    std::memcpy(result.data(), bytes, sizeof bytes);
    return result;
}

void clearHostBits(IpAddress &address, int prefixLength)
{
    for (int bit = prefixLength; bit < 128; ++bit)
        address[static_cast<size_t>(bit / 8)] &= static_cast<uchar>(~(0x80 >> (bit % 8)));
}

// Accepts digits only, unlike toUInt(), which also accepts signs and spaces.
std::optional<quint32> parseId(QByteArrayView text)
{
    const bool onlyDigits =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    bool ok = false;
    const quint32 id = text.toUInt(&ok);
    return ok && onlyDigits ? std::optional(id) : std::nullopt;
}

// Returns the prefix length after the slash of a subnet: 1 to 3 digits or, for IPv4, a mask such as
// 255.0.0.0.
std::optional<int> parsePrefixLength(const QByteArray &text, bool isIpv4)
{
    if (isIpv4 && text.contains('.')) {
        const std::optional<IpAddress> mask = parseIp(text);
        if (!mask || text.contains(':'))
            return std::nullopt;
        const quint32 hostBits = ~qFromBigEndian<quint32>(mask->data() + MappedPrefix / 8);
        const bool isContiguous = (hostBits & (hostBits + 1)) == 0;
        return isContiguous ? std::optional(32 - qPopulationCount(hostBits)) : std::nullopt;
    }
    const std::optional<quint32> length = text.size() <= 3 ? parseId(text) : std::nullopt;
    const quint32 longest = isIpv4 ? 32 : 128;
    return length && *length <= longest ? std::optional(static_cast<int>(*length)) : std::nullopt;
}

// Returns a hint about what to write instead of a text that is not an address.
QString addressHint(const QString &text)
{
    if (text == u'*') {
        return QStringLiteral("for every address, reset the list (resetAllowedAddresses(), "
                              "resetDeniedAddresses()) or write 0.0.0.0/0 and ::/0");
    }
    if (text.compare(QLatin1StringView("localhost"), Qt::CaseInsensitive) == 0)
        return QStringLiteral("names are not resolved: write 127.0.0.0/8 and ::1");
    if (text.startsWith(u'[')) {
        return QStringLiteral("write ::1, an IPv6 address without brackets and port");
    }
    return QStringLiteral("expected an IPv4 or IPv6 address, a subnet such as 10.0.0.0/8 or "
                          "fd00::/8, or ipc:uid=NUMBER; names and ports are not understood");
}

std::optional<AddressRule> parseIpcRule(QStringView owner)
{
    AddressRule rule;
    if (owner == u'*') {
        rule.kind = AddressRule::Kind::AnyIpc;
        return rule;
    }
    if (owner.startsWith(QLatin1StringView("uid=")))
        rule.kind = AddressRule::Kind::IpcUser;
    else if (owner.startsWith(QLatin1StringView("gid=")))
        rule.kind = AddressRule::Kind::IpcGroup;
    else
        return std::nullopt;
    const auto id = parseId(owner.mid(4).toUtf8());
    if (!id)
        return std::nullopt;
    rule.id = *id;
    return rule;
}

} // namespace

QString ipText(const IpAddress &ip)
{
    char text[INET6_ADDRSTRLEN] = {};
    const bool isIpv4 = isMapped(ip);
    const void *const bytes = isIpv4 ? ip.data() + MappedPrefix / 8 : ip.data();
    if (!inet_ntop(isIpv4 ? AF_INET : AF_INET6, bytes, text, sizeof text))
        return {};
    return QString::fromLatin1(text);
}

Result<AddressRule> AddressRule::fromText(const QString &text)
{
    const auto problem = [&text](const QString &reason) {
        return Problem(quoted(text) + QLatin1StringView(" is not an address rule: ") + reason);
    };

    if (text.startsWith(QLatin1StringView("ipc:"))) {
        if (auto rule = parseIpcRule(QStringView(text).mid(4)))
            return *rule;
        return problem(QStringLiteral("IPC peers are ipc:uid=NUMBER, ipc:gid=NUMBER or ipc:*"));
    }

    const qsizetype slash = text.indexOf(u'/');
    const QString host = slash < 0 ? text : text.left(slash);
    const qsizetype percent = host.indexOf(u'%');
    const QString plain = percent < 0 ? host : host.left(percent);
    const QByteArray plainBytes = plain.toUtf8();
    const std::optional<IpAddress> ip = parseIp(plainBytes);
    if (!ip)
        return problem(addressHint(text));

    AddressRule rule;
    rule.network = *ip;
    if (percent >= 0) {
        rule.zone = host.mid(percent + 1).toUtf8();
        if (!plain.contains(u':') || rule.zone.isEmpty() || !isCleanText(rule.zone))
            return problem(QStringLiteral("a zone is a name behind an IPv6 address and %"));
    }
    if (slash >= 0) {
        const bool isIpv4 = !plain.contains(u':');
        const auto prefixLength = parsePrefixLength(text.mid(slash + 1).toUtf8(), isIpv4);
        if (!prefixLength) {
            return problem(QStringLiteral(
                "the prefix length is invalid: it is 0 to 32 for IPv4, 0 to 128 for IPv6"));
        }
        rule.prefixLength = *prefixLength + (isIpv4 ? MappedPrefix : 0);
        clearHostBits(rule.network, rule.prefixLength);
    }
    return rule;
}

bool PeerAddress::isIpv4() const
{
    return isMapped(ip);
}

std::optional<PeerAddress> PeerAddress::fromBytes(QByteArrayView text)
{
    PeerAddress peer;
    constexpr QByteArrayView IpcPrefix = "localhost:"; // libzmq: localhost:UID:GID:PID
    if (text.startsWith(IpcPrefix)) {
        peer.ipc = true;
        const QByteArray owner = text.sliced(IpcPrefix.size()).toByteArray();
        const QList<QByteArray> ids = owner.split(':');
        if (ids.size() != 3)
            return std::nullopt;
        const auto user = parseId(ids[0]);
        const auto group = parseId(ids[1]);
        if (!user || !group)
            return std::nullopt;
        peer.user = *user;
        peer.group = *group;
        return peer;
    }

    const qsizetype percent = text.indexOf('%');
    const std::optional<IpAddress> ip = parseIp(percent < 0 ? text : text.first(percent));
    if (!ip)
        return std::nullopt;
    peer.ip = *ip;
    if (percent >= 0)
        peer.zone = text.sliced(percent + 1);
    return peer;
}

void AddressRules::add(const AddressRule &rule)
{
    switch (rule.kind) {
    case AddressRule::Kind::AnyIpc:
        m_anyIpc = true;
        return;
    case AddressRule::Kind::IpcUser:
        m_users.insert(rule.id);
        return;
    case AddressRule::Kind::IpcGroup:
        m_groups.insert(rule.id);
        return;
    case AddressRule::Kind::Subnet:
        break;
    }
    if (!rule.zone.isEmpty()) {
        m_zoned.push_back(rule);
        return;
    }
    auto level = std::find_if(m_levels.begin(), m_levels.end(),
                              [&](const Level &l) { return l.prefixLength == rule.prefixLength; });
    if (level == m_levels.end())
        level = m_levels.insert(m_levels.end(), {rule.prefixLength, {}});
    level->networks.insert(masked(rule.network, rule.prefixLength));
}

bool AddressRules::contains(const PeerAddress &peer, ZoneNumber number) const
{
    if (peer.ipc)
        return m_anyIpc || m_users.contains(peer.user) || m_groups.contains(peer.group);
    // ::/0 matches every IPv6 peer, but no IPv4 peers, which are stored as IPv4-mapped addresses.
    const int shortestPrefix = peer.isIpv4() ? MappedPrefix : 0;
    for (const Level &level : m_levels) {
        if (level.prefixLength < shortestPrefix)
            continue;
        if (level.networks.contains(masked(peer.ip, level.prefixLength)))
            return true;
    }
    const bool isAnyZone = number == ZoneNumber::AnyZone && !peer.zone.isEmpty()
                           && std::all_of(peer.zone.begin(), peer.zone.end(),
                                          [](char digit) { return digit >= '0' && digit <= '9'; });
    return std::any_of(m_zoned.begin(), m_zoned.end(), [&](const AddressRule &rule) {
        return (isAnyZone || rule.zone == peer.zone) && rule.prefixLength >= shortestPrefix
               && masked(rule.network, rule.prefixLength) == masked(peer.ip, rule.prefixLength);
    });
}

bool AddressRules::includes(const AddressRules &other) const
{
    const auto hasLevel = [this](const Level &wanted) {
        const auto level = std::find_if(m_levels.begin(), m_levels.end(), [&](const Level &each) {
            return each.prefixLength == wanted.prefixLength;
        });
        return level != m_levels.end() && level->networks.contains(wanted.networks);
    };
    const auto hasZoned = [this](const AddressRule &rule) {
        return std::find(m_zoned.begin(), m_zoned.end(), rule) != m_zoned.end();
    };
    return (m_anyIpc || !other.m_anyIpc) && m_users.contains(other.m_users)
           && m_groups.contains(other.m_groups)
           && std::all_of(other.m_levels.begin(), other.m_levels.end(), hasLevel)
           && std::all_of(other.m_zoned.begin(), other.m_zoned.end(), hasZoned);
}

AddressRules::IpHash AddressRules::masked(const IpAddress &address, int prefixLength)
{
    const auto word = [&](size_t offset, int bits) {
        const auto value = qFromBigEndian<quint64>(address.data() + offset);
        if (bits <= 0)
            return quint64(0);
        return bits >= 64 ? value : value & (~quint64(0) << (64 - bits));
    };
    return {word(0, prefixLength), word(8, prefixLength - 64)};
}

} // namespace QZap::Internal
