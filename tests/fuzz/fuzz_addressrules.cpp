// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT
//
// Each line of an input is parsed as a rule and as the address of a peer.

#include "fuzz.h"

#include "base/text.h"
#include "policy/addressrules.h"

#include <QtCore/qendian.h>
#include <QtCore/qstringlist.h>

#include <algorithm>
#include <vector>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;
using Fuzz::require;

namespace {

constexpr qsizetype MaximumLines = 16;
constexpr int MappedPrefix = 96;

QString textOf(const IpAddress &address)
{
    QStringList groups;
    for (std::size_t i = 0; i < address.size(); i += 2)
        groups += QString::number(qFromBigEndian<quint16>(&address[i]), 16);
    return groups.join(u':');
}

QString textOf(const AddressRule &rule)
{
    switch (rule.kind) {
    case AddressRule::Kind::AnyIpc:
        return u"ipc:*"_s;
    case AddressRule::Kind::IpcUser:
        return u"ipc:uid=%1"_s.arg(rule.id);
    case AddressRule::Kind::IpcGroup:
        return u"ipc:gid=%1"_s.arg(rule.id);
    case AddressRule::Kind::Subnet:
        break;
    }
    const QString zone = rule.zone.isEmpty() ? QString() : u'%' + QString::fromUtf8(rule.zone);
    return textOf(rule.network) + zone + u'/' + QString::number(rule.prefixLength);
}

QByteArray textOf(const PeerAddress &peer)
{
    if (peer.ipc) {
        return "localhost:" + QByteArray::number(peer.user) + ':' + QByteArray::number(peer.group)
               + ":1";
    }
    const QByteArray zone = peer.zone.isEmpty() ? QByteArray() : '%' + peer.zone.toByteArray();
    return textOf(peer.ip).toLatin1() + zone;
}

bool isBitSet(const IpAddress &address, int bit)
{
    return (address[static_cast<std::size_t>(bit / 8)] & (0x80 >> (bit % 8))) != 0;
}

// Returns whether the rule matches, by comparing bit by bit: slow, but simple.
bool matches(const AddressRule &rule, const PeerAddress &peer)
{
    switch (rule.kind) {
    case AddressRule::Kind::AnyIpc:
        return peer.ipc;
    case AddressRule::Kind::IpcUser:
        return peer.ipc && peer.user == rule.id;
    case AddressRule::Kind::IpcGroup:
        return peer.ipc && peer.group == rule.id;
    case AddressRule::Kind::Subnet:
        break;
    }
    if (peer.ipc || (!rule.zone.isEmpty() && peer.zone != rule.zone))
        return false;
    // It must not be visible that IPv4 addresses are stored as IPv6 addresses.
    if (peer.isIpv4() && rule.prefixLength < MappedPrefix)
        return false;
    for (int bit = 0; bit < rule.prefixLength; ++bit) {
        if (isBitSet(rule.network, bit) != isBitSet(peer.ip, bit))
            return false;
    }
    return true;
}

void requireRule(const AddressRule &rule)
{
    require(rule.prefixLength >= 0 && rule.prefixLength <= 128, "a prefix has up to 128 bits");
    for (int bit = rule.prefixLength; bit < 128; ++bit)
        require(!isBitSet(rule.network, bit), "a subnet has no bits of hosts");
    const auto again = AddressRule::fromText(textOf(rule));
    require(again && *again == rule, "a rule that is written is the same rule");
}

void requirePeer(const PeerAddress &peer, QByteArrayView line)
{
    const QByteArray text = textOf(peer);
    const auto again = PeerAddress::fromBytes(text);
    require(again && again->ipc == peer.ipc && again->ip == peer.ip && again->zone == peer.zone
                && again->user == peer.user && again->group == peer.group,
            "an address that is written is the same address");
    // The text after the last colon, in which libzmq writes the process id, is not used.
    require(!peer.ipc
                || std::all_of(line.begin() + line.indexOf(':'),
                               line.begin() + line.lastIndexOf(':'),
                               [](char c) { return c == ':' || (c >= '0' && c <= '9'); }),
            "an owner is two numbers");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(data, static_cast<qsizetype>(size));
    const QList<QByteArray> lines = input.toByteArray().split('\n').first(
        std::min<qsizetype>(std::count(input.begin(), input.end(), '\n') + 1, MaximumLines));

    AddressRules rules;
    std::vector<AddressRule> list;
    std::vector<PeerAddress> peers;
    for (const QByteArray &line : lines) {
        const auto rule = AddressRule::fromText(QString::fromUtf8(line));
        require(bool(rule) != bool(rule.problem()), "an error says what is wrong");
        require(isCleanText(rule.problem().text().toUtf8()), "an error can be logged");
        if (rule) {
            requireRule(*rule);
            rules.add(*rule);
            list.push_back(*rule);
        }
        if (const auto peer = PeerAddress::fromBytes(line)) {
            requirePeer(*peer, line);
            peers.push_back(*peer);
        }
    }
    for (const PeerAddress &peer : peers) {
        bool isMeant = false;
        for (const AddressRule &rule : list) {
            // Each rule is checked alone as well, since most addresses match the rule of their own
            // line.
            AddressRules one;
            one.add(rule);
            require(one.contains(peer) == matches(rule, peer), "a rule matches whom it says");
            isMeant = isMeant || matches(rule, peer);
        }
        require(rules.contains(peer) == isMeant, "the rules match whom one of them matches");
    }
    return 0;
}
