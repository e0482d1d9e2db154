// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/domains/qzapdomain_p.h"

#include "base/workerpool.h"
#include "credentials/keys/keyfields.h"
#include "providers/qzapcredentialsprovider_p.h"

#include <QtCore/qpointer.h>

#include <utility>

using namespace QZap::Internal;

/*!
    \class QZapDomain
    \inmodule QZap
    \inheaderfile QZap/QZapDomain
    \brief The QZapDomain class is the base class of the credentials of one domain.

    A domain is a name that server sockets carry (\l{https://rfc.zeromq.org/spec/27/}{RFC 27},
    section "Domain"). The \c{QZap::secure*()} functions, such as
    \l{QZap::secureCurve}{QZap::secureCurve()}, set it. An authenticator keeps a set of credentials
    for each pair of a domain's name and a mechanism: a QZapNullDomain, QZapPlainDomain,
    QZapCurveDomain or QZapGssapiDomain.

    For a request, the domain of its mechanism with exactly its name decides, else the domain whose
    name is \c *. A domain that is not ready never falls through to \c *: it gives temporary
    answers.

    Domains are created by the \c configure functions of QZapAuthenticator, or as objects that are
    passed to QZapAuthenticator::addDomain(). Both have the same effect. A domain belongs to at most
    one authenticator, lives in the authenticator's thread, and is removed from it when it is
    deleted. All properties may be changed at any time, and apply to the next request.

    \sa QZapAuthenticator::domains
*/

/*!
    \property QZapDomain::name
    \brief the domain's name

    Default: \l QZap::AnyDomain, \c *, which applies to every domain name without a domain of its
    own. A name is 1 to 255 bytes in UTF-8 without control characters. Any other name is refused,
    and from then on the domain gives temporary answers until a valid name is set.
*/

/*!
    \property QZapDomain::mechanism
    \brief the mechanism of the peers that this domain applies to
*/

/*!
    \property QZapDomain::publishedFields
    \brief the fields that the metadata of the reply for an accepted peer contains

    Default: empty. A field is a field of the peer's certificate or line in a key list, or
    \c Mechanism or \c Domain, which are taken from the request. The server reads a field from a
    message of the peer with \c zmq_msg_gets() (\l{https://rfc.zeromq.org/spec/27/}{RFC 27}, section
    "The ZAP reply"), and slots find it in QZapReply::metadata.

    Every field of the list is always sent, with an empty value if the peer's key does not have it
    or the mechanism has no fields: a peer can send fields of its own when it connects, and the
    server would read a field that the reply does not contain from the peer. A value that is not
    valid UTF-8, contains control characters, is longer than 4096 bytes or makes the metadata larger
    than 64 KiB is sent empty, and is reported with file and line. A field that no key of a CURVE
    domain has causes a warning, with the similar name that exists, if any.

    A list is refused if it has more than 64 names, contains a name twice (ignoring case), a name
    that does not consist of 1 to 255 letters, digits and \c{-_.+}, or one of libzmq's own names,
    such as \c User-Id: from then on the domain gives temporary answers until a valid list is set.
    Setting it reads the keys of a CURVE domain again, while peers wait.

    \sa QZapCurveDomain::userIdField
*/

/*!
    \property QZapDomain::credentialsProvider
    \brief the provider that decides about the peers that pass the domain's own checks

    Default: \nullptr; the provider set by QZapAuthenticator::setCredentialsProvider() is asked, if
    any. If no credentials have been set for the domain, such as a
    \l{QZapCurveDomain::location}{location}, the provider decides alone. The domain does not own the
    provider. Once the provider is destroyed, the property is \nullptr, and peers get temporary
    answers until it is set again, even if to \nullptr.

    \sa QZapCredentialsProvider
*/

/*!
    \property QZapDomain::reportOnly
    \brief whether peers that the domain refuses are let in, and only reported

    Default: \c false. While it is set, peers are let in whose key, user or principal is not among
    the domain's credentials, or whom the credentials provider rejects, without a user id and with
    empty fields. They are reported as refused. Wrong passwords, expired keys and temporary answers
    keep peers out as usual, as do the address lists. A warning is logged when the property is set.

    \sa QZapAuthenticator::reportOnly, QZapReply::isEnforced()
*/

/*!
    \property QZapDomain::ready
    \brief whether the domain's credentials are in force

    Default: \c false, except for a QZapNullDomain. While it is \c false, the domain gives temporary
    answers to everyone.
*/

/*!
    \property QZapDomain::errorString
    \brief a description of what is wrong with the domain; empty if there is no error

    A domain can be ready and have an error: after an invalid line in a key list, for instance, the
    other keys remain in force. The text never contains a secret.

    \sa QZapAuthenticator::errorOccurred()
*/

QZapDomain::QZapDomain(std::unique_ptr<QZapDomainPrivate> dd, QObject *parent)
    : QObject(parent)
    , d_ptr(std::move(dd))
{
    WorkerPool::joinAtExit();
    d_ptr->q_ptr = this;
}

/*!
    Destroys the domain. Its authenticator no longer knows it. If that is running, the name stays
    closed to peers of the mechanism: see QZapAuthenticator::domains.
*/
QZapDomain::~QZapDomain()
{
    Q_D(QZapDomain);
    d->stopLoading(); // first: slots of the observer may run an event loop
    if (DomainObserver *const observer = std::exchange(d->m_observer, nullptr))
        observer->domainDestroyed(this);
}

QString QZapDomain::name() const
{
    Q_D(const QZapDomain);
    return d->name;
}

void QZapDomain::setName(const QString &name)
{
    Q_D(QZapDomain);
    if (d->setClosing(QZapDomainPrivate::Closing::Name, QZapDomainPrivate::nameProblem(name),
                      name != d->name, [d, &name] { d->name = name; })) {
        Q_EMIT nameChanged();
    }
}

QStringList QZapDomain::publishedFields() const
{
    Q_D(const QZapDomain);
    return d->publishedFields;
}

void QZapDomain::setPublishedFields(const QStringList &fields)
{
    Q_D(QZapDomain);
    const auto change = [d, &fields] {
        d->publishedFields = fields;
        d->applyFields();
    };
    if (d->setClosing(QZapDomainPrivate::Closing::PublishedFields, fieldNamesProblem({{}, fields}),
                      fields != d->publishedFields, change)) {
        Q_EMIT publishedFieldsChanged();
    }
}

QZapCredentialsProvider *QZapDomain::credentialsProvider() const
{
    Q_D(const QZapDomain);
    return d->provider ? d->provider->provider() : nullptr;
}

void QZapDomain::setCredentialsProvider(QZapCredentialsProvider *provider)
{
    Q_D(QZapDomain);
    const ProviderPointer link = QZapCredentialsProviderPrivate::linkOf(provider);
    if (d->provider == link)
        return;
    const bool wasReady = d->isReady();
    d->provider = link;
    d->m_content = d->completed(d->m_content);
    const QPointer<QZapDomain> guard(this);
    d->update(wasReady);
    if (guard)
        Q_EMIT credentialsProviderChanged();
}

bool QZapDomain::isReportOnly() const
{
    Q_D(const QZapDomain);
    return d->isReportOnly;
}

void QZapDomain::setReportOnly(bool reportOnly)
{
    Q_D(QZapDomain);
    if (d->isReportOnly == reportOnly)
        return;
    const bool wasReady = d->isReady();
    d->isReportOnly = reportOnly;
    d->m_content = d->completed(d->m_content);
    const QPointer<QZapDomain> guard(this);
    d->update(wasReady);
    if (guard)
        d->reportReportOnly();
    if (guard)
        Q_EMIT reportOnlyChanged();
}

QZap::Mechanism QZapDomain::mechanism() const
{
    Q_D(const QZapDomain);
    return d->mechanism;
}

bool QZapDomain::isReady() const
{
    Q_D(const QZapDomain);
    return d->isReady();
}

QString QZapDomain::errorString() const
{
    Q_D(const QZapDomain);
    return d->m_errorString;
}

/*!
    Closes the domain because of \a problem, which \l errorString and
    QZapAuthenticator::errorOccurred() report: it gives temporary answers, regardless of its
    properties, until the problem is set to an empty text. For subclasses whose own configuration
    can be invalid.
*/
void QZapDomain::setConfigurationProblem(const QString &problem)
{
    Q_D(QZapDomain);
    (void)d->setClosing(QZapDomainPrivate::Closing::Configuration, problem, false, {});
}
