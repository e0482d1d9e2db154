// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// The functions of QZapAuthenticator that allow and deny addresses.

#include "authenticator/qzapauthenticator_p.h"

using namespace QZap::Internal;

/*!
    \property QZapAuthenticator::allowedAddresses
    \brief the addresses that may connect

    Default: not set, which allows all addresses except \l deniedAddresses.

    An entry is an IPv4 or IPv6 address, a subnet such as \c{10.0.0.0/8} or \c{fd00::/8}, or names
    IPC peers by owner: \c{ipc:uid=1000}, \c{ipc:gid=100}, \c{ipc:*}. IPv4-mapped IPv6 addresses
    match as IPv4. A zone such as that of \c{fe80::1%eth0} is compared only if the entry has one.

    If the list is set, all addresses that it does not contain are refused. A list from which the
    last entry was removed refuses everyone; only resetting the property disables it. A peer whose
    address cannot be parsed is refused. The allow list and the deny list exclude each other.

    An assignment with an invalid entry, or while the other list is set, is refused as a whole with
    ConfigurationError. While the authenticator is running, the previous list remains in force;
    while it is stopped, start() fails until a valid list has been assigned.
*/
QStringList QZapAuthenticator::allowedAddresses() const
{
    Q_D(const QZapAuthenticator);
    return d->addressLists.addresses(AddressMode::Allow);
}

void QZapAuthenticator::setAllowedAddresses(const QStringList &addresses)
{
    Q_D(QZapAuthenticator);
    d->setAddresses(AddressMode::Allow, d->addressLists.assign(AddressMode::Allow, addresses));
}

/*!
    Disables the allow list.
*/
void QZapAuthenticator::resetAllowedAddresses()
{
    Q_D(QZapAuthenticator);
    d->setAddresses(AddressMode::Allow, d->addressLists.reset(AddressMode::Allow));
}

/*!
    \property QZapAuthenticator::deniedAddresses
    \brief the addresses that may not connect

    Default: not set. If the list is set, the addresses that it contains are refused, and so are
    peers whose addresses cannot be parsed. Otherwise, it behaves like \l allowedAddresses.
*/
QStringList QZapAuthenticator::deniedAddresses() const
{
    Q_D(const QZapAuthenticator);
    return d->addressLists.addresses(AddressMode::Deny);
}

void QZapAuthenticator::setDeniedAddresses(const QStringList &addresses)
{
    Q_D(QZapAuthenticator);
    d->setAddresses(AddressMode::Deny, d->addressLists.assign(AddressMode::Deny, addresses));
}

/*!
    Disables the deny list.
*/
void QZapAuthenticator::resetDeniedAddresses()
{
    Q_D(QZapAuthenticator);
    d->setAddresses(AddressMode::Deny, d->addressLists.reset(AddressMode::Deny));
}

/*!
    Adds \a addresses to \l allowedAddresses and returns \c true. Established connections remain.

    Returns \c false, with ConfigurationError and with nothing added, if \a addresses is empty, if
    an entry is invalid, and if a deny list is set. If the authenticator is stopped, start() then
    fails until a valid list is assigned or the property is reset; adding other addresses is not
    sufficient.
*/
bool QZapAuthenticator::allow(const QStringList &addresses)
{
    Q_D(QZapAuthenticator);
    return d->addAddresses(AddressMode::Allow, "allow", addresses);
}

/*!
    \overload
    Adds \a address.
*/
bool QZapAuthenticator::allow(const QString &address)
{
    return allow(QStringList(address));
}

/*!
    \overload
    Adds \a addresses.
*/
bool QZapAuthenticator::allow(std::initializer_list<QString> addresses)
{
    return allow(QStringList(addresses));
}

/*!
    Adds \a addresses to \l deniedAddresses and returns \c true. Established connections remain.

    Returns \c false, with ConfigurationError and with nothing added, if \a addresses is empty, if
    an entry is invalid, and if an allow list is set. If the authenticator is stopped, start() then
    fails until a valid list is assigned or the property is reset; adding other addresses is not
    sufficient.
*/
bool QZapAuthenticator::deny(const QStringList &addresses)
{
    Q_D(QZapAuthenticator);
    return d->addAddresses(AddressMode::Deny, "deny", addresses);
}

/*!
    \overload
    Adds \a address.
*/
bool QZapAuthenticator::deny(const QString &address)
{
    return deny(QStringList(address));
}

/*!
    \overload
    Adds \a addresses.
*/
bool QZapAuthenticator::deny(std::initializer_list<QString> addresses)
{
    return deny(QStringList(addresses));
}

/*!
    Removes \a address from \l allowedAddresses, in any notation, and returns whether the list
    contained it. The list remains set: if it becomes empty, everyone is refused.
*/
bool QZapAuthenticator::removeAllowed(const QString &address)
{
    Q_D(QZapAuthenticator);
    return d->removeAddress(AddressMode::Allow, address);
}

/*!
    Removes \a address from \l deniedAddresses, in any notation, and returns whether the list
    contained it.
*/
bool QZapAuthenticator::removeDenied(const QString &address)
{
    Q_D(QZapAuthenticator);
    return d->removeAddress(AddressMode::Deny, address);
}
