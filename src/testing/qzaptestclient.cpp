// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "testing/qzaptestclient_p.h"

#include <QZap/qzapcertificate.h>

using State = QZapTestClientPrivate::State;
using Domains = QZapTestClientPrivate::Domains;
using Until = QZapTestClientPrivate::Until;

/*!
    \class QZapTestClient
    \inmodule QZap
    \inheaderfile QZap/QZapTestClient
    \since 0.1
    \brief The QZapTestClient class asks an authenticator about peers in a test.

    A client asks as libzmq would for a peer that connects, without a network and without sleeping:
    providers are asked, hashes are computed, the lockout counts wrong passwords, and the decision
    is counted and reported. It works while the authenticator is stopped, too. If the configuration
    is such that \l{QZapAuthenticator::}{start()} would fail, all answers are temporary.

    \snippet testing/tst_rules.cpp client

    The functions null(), plain(), curve() and gssapi() describe a peer; the macros
    QZAP_VERIFY_ACCEPTED(), QZAP_VERIFY_REFUSED(), QZAP_VERIFY_TEMPORARY(), QZAP_VERIFY_PENDING(),
    QZAP_COMPARE_USER() and QZAP_COMPARE_STATUS() ask about it, and fail the test if the answer is
    not the expected one. Each use asks again. The failure says what the answer was, with its status
    and reason, and what QZapAuthenticator::explain() says about it. After that, the accessors of
    the client, such as reason(), return the last answer.

    The macros return from the test function if they fail, as those of Qt Test do (or throw, with
    \c{QTest::setThrowOnFail()} of Qt 6.8), and can be used with data rows and \c QEXPECT_FAIL().
    In a function that returns a value, call the function behind the macro, such as
    qzapVerifyAccepted():

    \badcode
    bool isStaff(QZapTestClient &client, const QString &user)
    {
        return qzapVerifyAccepted("isStaff()", __FILE__, __LINE__, client.plain(user, "x"));
    }
    \endcode

    A macro waits until the request is answered, and runs the event loop meanwhile, so that
    providers can answer later, and domains finish loading. It gives up after timeout().

    The class is part of the library \c{QZap::Test}; see \l{Testing Your Rules}. It must be used in
    the authenticator's thread, and needs a QCoreApplication.

    \sa QZapTestProvider, QZapTestClock, QZapTestPeer
*/

/*!
    Constructs a client that asks \a authenticator.
*/
QZapTestClient::QZapTestClient(QZapAuthenticator *authenticator)
    : d(std::make_shared<QZapTestClientPrivate>(authenticator))
{ }

/*!
    Destroys the client. A request that is pending remains so.
*/
QZapTestClient::~QZapTestClient() = default;

/*!
    Returns the address that peers connect from unless QZapTestRequest::from() names another.
    Default: \c{127.0.0.1}.

    \sa setAddress()
*/
QString QZapTestClient::address() const
{
    return d->address;
}

/*!
    Sets the address that peers connect from to \a address.

    \sa address()
*/
void QZapTestClient::setAddress(QAnyStringView address)
{
    d->address = address.toString();
}

/*!
    Returns the domain that peers connect to unless QZapTestRequest::domain() names another.
    Default: empty.

    \sa setDomain()
*/
QString QZapTestClient::domain() const
{
    return d->domain;
}

/*!
    Sets the domain that peers connect to, to \a name.

    \sa domain()
*/
void QZapTestClient::setDomain(QAnyStringView name)
{
    d->domain = name.toString();
}

/*!
    Returns how long to wait for an answer. Default: 5 seconds.

    \sa setTimeout()
*/
std::chrono::milliseconds QZapTestClient::timeout() const
{
    return d->timeout;
}

/*!
    Waits for an answer for at most \a timeout.

    \sa timeout()
*/
void QZapTestClient::setTimeout(std::chrono::milliseconds timeout)
{
    d->timeout = timeout;
}

namespace {

QZapTestRequest requestOf(const std::shared_ptr<QZapTestClientPrivate> &client,
                          const QZapCredentials &credentials, const QString &problem = {})
{
    QZapTestRequestPrivate data;
    data.client = client;
    data.credentials = credentials;
    data.problem = problem;
    data.address = client->address;
    data.domain = client->domain;
    return QZapTestRequestPrivate::create(data);
}

} // namespace

/*!
    Returns the request of a peer without credentials. It needs a domain: libzmq does not ask about
    the peers of a NULL socket without one.
*/
QZapTestRequest QZapTestClient::null() const
{
    return requestOf(d, QZapCredentials::null());
}

/*!
    Returns the request of a peer of the PLAIN mechanism with the name \a user and \a password.
*/
QZapTestRequest QZapTestClient::plain(QAnyStringView user, QByteArrayView password) const
{
    return requestOf(d, QZapCredentials::plain(user.toString(), password.toByteArray()));
}

/*!
    Returns the request of a peer of the CURVE mechanism with the public key of \a certificate. It
    needs a domain: libzmq does not ask about the peers of a CURVE socket without one.
*/
QZapTestRequest QZapTestClient::curve(const QZapCertificate &certificate) const
{
    const QString problem =
        certificate.isNull() ? QStringLiteral("the certificate contains no key") : QString();
    return requestOf(d, QZapCredentials::curve(certificate.publicKey()), problem);
}

/*!
    \overload

    \a publicKey has 32 bytes or, in Z85, 40 characters, which can also be a QString.
*/
QZapTestRequest QZapTestClient::curve(QByteArrayView publicKey) const
{
    constexpr qsizetype KeySize = 32;
    if (publicKey.size() == KeySize)
        return requestOf(d, QZapCredentials::curve(publicKey.toByteArray()));
    if (const auto certificate = QZapCertificate::fromPublicKey(publicKey.toByteArray()))
        return curve(*certificate);
    return requestOf(
        d, QZapCredentials::curve({}),
        QStringLiteral("a CURVE key has 32 bytes or, in Z85, 40 characters; this one is "
                       "invalid, and has %1")
            .arg(publicKey.size()));
}

/*!
    Returns the request of a peer of the GSSAPI mechanism with the Kerberos \a principal.
*/
QZapTestRequest QZapTestClient::gssapi(QAnyStringView principal) const
{
    return requestOf(d, QZapCredentials::gssapi(principal.toString()));
}

/*!
    Returns the request of a peer with \a credentials, for data rows.
*/
QZapTestRequest QZapTestClient::with(const QZapCredentials &credentials) const
{
    const QString problem = credentials.mechanism() == QZap::Mechanism::Unknown
                                ? QStringLiteral("the credentials have no mechanism")
                                : QString();
    return requestOf(d, credentials, problem);
}

/*!
    Asks about the peer of \a request, which must have been made by this client, and waits for the
    answer without verifying it. Returns whether there is one.

    \sa message()
*/
bool QZapTestClient::ask(const QZapTestRequest &request)
{
    const QZapTestRequestPrivate *const data = QZapTestRequestPrivate::get(request);
    const std::shared_ptr<QZapTestClientPrivate> client = data->client.lock();
    if (client != d)
        return false;
    client->ask(*data, Until::Answered, Domains::Any); // its event loop may destroy this object
    return client->state() == State::Answered;
}

/*!
    Returns whether the last request was answered.
*/
bool QZapTestClient::isAnswered() const
{
    return d->state() == State::Answered;
}

/*!
    Returns whether a credentials provider was asked about the last request, and has deferred its
    answer.
*/
bool QZapTestClient::isPending() const
{
    return d->isDeferred();
}

/*!
    Returns the status of the last answer; QZap::Status::AuthenticationFailure if there is none.

    \sa QZapReply::status()
*/
QZap::Status QZapTestClient::status() const
{
    return d->reply().status();
}

/*!
    Returns \c false if the last answer is a refusal that is only reported, so that the peer is let
    in.

    \sa QZapReply::isEnforced()
*/
bool QZapTestClient::isEnforced() const
{
    return d->reply().isEnforced();
}

/*!
    Returns the reason of the last answer.

    \sa QZapReply::statusText()
*/
QString QZapTestClient::reason() const
{
    return d->reply().statusText();
}

/*!
    Returns the user id as which the peer was accepted; empty if it was not.

    \sa QZapReply::userId()
*/
QString QZapTestClient::userId() const
{
    return d->reply().userId();
}

/*!
    Returns the field \a name that the server can read from the messages of the accepted peer.

    \sa QZapDomain::publishedFields
*/
QString QZapTestClient::field(QAnyStringView name) const
{
    return fields().value(name.toString()).toString();
}

/*!
    Returns all fields that the server can read from the messages of the accepted peer.

    \sa QZapReply::metadata()
*/
QVariantMap QZapTestClient::fields() const
{
    return d->reply().metadata();
}

/*!
    Returns the text of QZapAuthenticator::explain() for the last request, from before it was asked
    or, if it had to wait, from after it was answered.
*/
QString QZapTestClient::explanation() const
{
    return d->explanation();
}

/*!
    Returns what has become of the last request, and the explanation() of it except for the answer,
    for the message of a test's own check:

    \badcode
    client.ask(client.plain("bob", "x"));
    QVERIFY2(client.field("role") == expectedRole, qPrintable(client.message()));
    \endcode
*/
QString QZapTestClient::message() const
{
    return d->message();
}
