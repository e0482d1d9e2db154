// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/qzapauthenticator_p.h"

using namespace QZap::Internal;

// QZapAuthenticator's lists of allowed and denied addresses.

void QZapAuthenticatorPrivate::publishAddresses()
{
    changePolicy([this](Policy &next) {
        next.addressMode = addressLists.mode();
        next.addresses = addressLists.rules();
    });
}

void QZapAuthenticatorPrivate::emitAddressesChanged(AddressMode list)
{
    Q_Q(QZapAuthenticator);
    if (list == AddressMode::Allow)
        Q_EMIT q->allowedAddressesChanged();
    else
        Q_EMIT q->deniedAddressesChanged();
}

bool QZapAuthenticatorPrivate::addAddresses(AddressMode list, const char *function,
                                            const QStringList &addresses)
{
    const QString problem = addresses.isEmpty() ? QStringLiteral("the list of addresses is empty")
                                                : addressLists.add(list, addresses);
    if (!problem.isEmpty()) {
        return refuse(AddressLists::propertyOf(list),
                      QLatin1StringView(function) + QLatin1StringView("(): ") + problem);
    }
    publishAddresses();
    emitAddressesChanged(list);
    return true;
}

bool QZapAuthenticatorPrivate::removeAddress(AddressMode list, const QString &address)
{
    if (!addressLists.remove(list, address))
        return false;
    publishAddresses();
    emitAddressesChanged(list);
    return true;
}

void QZapAuthenticatorPrivate::assignAddresses(AddressMode list, const QStringList &addresses)
{
    const bool wasSet = addressLists.mode() == list;
    const QStringList before = addressLists.addresses(list);
    if (const QString problem = addressLists.assign(list, addresses); !problem.isEmpty()) {
        refuseAssignment(AddressLists::propertyOf(list), problem);
        return;
    }
    publishAddresses();
    accept(AddressLists::propertyOf(list));
    if (!wasSet || before != addressLists.addresses(list))
        emitAddressesChanged(list);
}

void QZapAuthenticatorPrivate::resetAddresses(AddressMode list)
{
    accept(AddressLists::propertyOf(list));
    if (!addressLists.reset(list))
        return;
    publishAddresses();
    emitAddressesChanged(list);
}

/*!
    \property QZapAuthenticator::allowedAddresses
    \brief the addresses that may connect

    Default: not set, which allows all that \l deniedAddresses does not deny.

    An entry is an IPv4 or IPv6 address, a subnet such as \c{10.0.0.0/8} or \c{fd00::/8}, or names
    IPC peers by owner: \c{ipc:uid=1000}, \c{ipc:gid=100}, \c{ipc:*}. IPv4-mapped IPv6 addresses
    match as IPv4. A zone such as that of \c{fe80::1%eth0} is compared only where the entry has one.

    A list that is set refuses all that it does not name: one that was emptied refuses everyone, and
    only resetting the property turns it off. An address that does not parse is refused. The allow
    list and the deny list exclude each other.

    An assignment with an entry that does not parse, or while the other list is set, is refused as a
    whole with ConfigurationError. While running, what was set before stays; while stopped, start()
    fails as well until the property has been set validly.
*/
QStringList QZapAuthenticator::allowedAddresses() const
{
    Q_D(const QZapAuthenticator);
    return d->addressLists.addresses(AddressMode::Allow);
}

void QZapAuthenticator::setAllowedAddresses(const QStringList &addresses)
{
    Q_D(QZapAuthenticator);
    d->assignAddresses(AddressMode::Allow, addresses);
}

/*!
    Turns the allow list off.
*/
void QZapAuthenticator::resetAllowedAddresses()
{
    Q_D(QZapAuthenticator);
    d->resetAddresses(AddressMode::Allow);
}

/*!
    \property QZapAuthenticator::deniedAddresses
    \brief the addresses that may not connect

    Default: not set. A list that is set refuses what it names, and addresses that do not parse. All
    else is as with \l allowedAddresses.
*/
QStringList QZapAuthenticator::deniedAddresses() const
{
    Q_D(const QZapAuthenticator);
    return d->addressLists.addresses(AddressMode::Deny);
}

void QZapAuthenticator::setDeniedAddresses(const QStringList &addresses)
{
    Q_D(QZapAuthenticator);
    d->assignAddresses(AddressMode::Deny, addresses);
}

/*!
    Turns the deny list off.
*/
void QZapAuthenticator::resetDeniedAddresses()
{
    Q_D(QZapAuthenticator);
    d->resetAddresses(AddressMode::Deny);
}

/*!
    Adds \a addresses to \l allowedAddresses and returns \c true. Peers that are connected stay.

    Returns \c false, with ConfigurationError and with nothing added, if \a addresses is empty, if
   an entry does not parse, and if a deny list is set. While the authenticator is stopped, start()
   fails then until the property is assigned validly or reset; adding other addresses does not
   suffice.
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
    Adds \a addresses to \l deniedAddresses and returns \c true. Peers that are connected stay.

    Returns \c false, with ConfigurationError and with nothing added, if \a addresses is empty, if
   an entry does not parse, and if an allow list is set. While the authenticator is stopped, start()
   fails then until the property is assigned validly or reset; adding other addresses does not
   suffice.
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
    Removes \a address from \l allowedAddresses, however it was written there, and returns whether
    it was there. The list stays set: emptied, it refuses everyone.
*/
bool QZapAuthenticator::removeAllowed(const QString &address)
{
    Q_D(QZapAuthenticator);
    return d->removeAddress(AddressMode::Allow, address);
}

/*!
    Removes \a address from \l deniedAddresses, however it was written there, and returns whether it
    was there.
*/
bool QZapAuthenticator::removeDenied(const QString &address)
{
    Q_D(QZapAuthenticator);
    return d->removeAddress(AddressMode::Deny, address);
}
