// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "testing/qzaptestrequest_p.h"

/*!
    \class QZapTestRequest
    \inmodule QZap
    \inheaderfile QZap/QZapTestRequest
    \since 0.1
    \brief The QZapTestRequest class describes a peer that a QZapTestClient asks about.

    A request is made by a function of a QZapTestClient, completed by from() and domain(), and
    passed to one of its macros, which asks:

    \badcode
    QZAP_VERIFY_REFUSED(client.plain("bob", "guess").domain("sensors").from("192.0.2.7"));
    \endcode

    Each use of a request asks again. A request whose client was destroyed fails the test.
*/

/*!
    Constructs a request that belongs to no client, and cannot be asked.
*/
QZapTestRequest::QZapTestRequest()
    : d(new QZapTestRequestPrivate)
{ }

/*!
    Copies \a other.
*/
QZapTestRequest::QZapTestRequest(const QZapTestRequest &other) = default;

/*!
    Moves \a other.
*/
QZapTestRequest::QZapTestRequest(QZapTestRequest &&other) noexcept = default;

/*!
    Assigns \a other.
*/
QZapTestRequest &QZapTestRequest::operator=(const QZapTestRequest &other) = default;

/*!
    Move-assigns \a other.
*/
QZapTestRequest &QZapTestRequest::operator=(QZapTestRequest &&other) noexcept = default;

/*!
    Destroys the request.
*/
QZapTestRequest::~QZapTestRequest() = default;

/*!
    \fn void QZapTestRequest::swap(QZapTestRequest &other)

    Swaps the request with \a other.
*/

/*!
    Returns the request of a peer that connects from \a address: an IP address or, for a peer over
    IPC, the text that libzmq passes on, such as \c{"localhost:1000:100:4711"} (user id, group id,
    process id). It can be empty: libzmq does not know the address of a peer that has disconnected
    already. Any other text fails the test, since no peer has such an address.

    \sa QZapTestClient::setAddress()
*/
QZapTestRequest QZapTestRequest::from(QAnyStringView address) const
{
    QZapTestRequest request = *this;
    request.d->address = address.toString();
    return request;
}

/*!
    Returns the request of a peer that connects to a server socket of the domain \a name.

    If domains are configured, but nothing for this name and nothing for \c * that applies to the
    peer's mechanism, QZAP_VERIFY_ACCEPTED(), QZAP_VERIFY_REFUSED() and QZAP_COMPARE_USER() fail:
    the name is probably misspelt, and the test would pass for the wrong reason.

    \sa unconfiguredDomain(), QZapTestClient::setDomain(), QZapAuthenticator::isConfigured()
*/
QZapTestRequest QZapTestRequest::domain(QAnyStringView name) const
{
    QZapTestRequest request = *this;
    request.d->domain = name.toString();
    request.d->isUnconfigured = false;
    return request;
}

/*!
    Returns the request of a peer that connects to a server socket of the domain \a name, for which
    nothing is configured, not even by mistake: the test fails if there is a domain of this name.
    Peers of such a domain are subject to the rules of the domain \c *, if there is one.

    \badcode
    QZAP_VERIFY_REFUSED(client.plain("bob", "secret").unconfiguredDomain("elsewhere"));
    \endcode

    \sa domain()
*/
QZapTestRequest QZapTestRequest::unconfiguredDomain(QAnyStringView name) const
{
    QZapTestRequest request = *this;
    request.d->domain = name.toString();
    request.d->isUnconfigured = true;
    return request;
}

QZapTestRequest QZapTestRequestPrivate::create(const QZapTestRequestPrivate &data)
{
    QZapTestRequest request;
    request.d = new QZapTestRequestPrivate(data);
    return request;
}
