// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/qzapauthenticator_p.h"

#include "authenticator/domains/qzapcurvedomain_p.h"
#include "authenticator/domains/qzapgssapidomain_p.h"
#include "authenticator/domains/qzapplaindomain_p.h"
#include "base/text.h"
#include "providers/qzapcredentialsprovider_p.h"

#include <QZap/qzapnulldomain.h>

using namespace QZap::Internal;

// QZapAuthenticator's domains: the calls that configure them, and the objects themselves.

/*!
    \property QZapAuthenticator::domains
    \brief the domains that the authenticator knows, in the order in which they came

    Default: empty. For a request, the domain object of its mechanism and exact name decides, else
    the one of its mechanism whose name is \c *.

    Where there is neither, PLAIN and CURVE peers are refused. NULL and GSSAPI peers get in only
    while no domain object of any mechanism covers the request's domain, so that a server socket
    that was meant to use CURVE, but was never told so, is not open.

    Two objects of one name and mechanism are a ConfigurationError, and neither lets anybody in.
    While they have one name, start() fails.

    While the authenticator is running, a name that loses its domain object stays closed, whether
    the object was deleted, removed, taken or renamed: peers of the object's mechanism are refused,
    and neither \c * nor a provider decides in its place. It is open again when it is configured
    again, or after stop(). If the object was named \c *, this holds for every name that has no
   object of its own. The same goes for a name whose provider was removed by
   setCredentialsProvider(), for all mechanisms without an object of that name.
*/
QList<QZapDomain *> QZapAuthenticator::domains() const
{
    Q_D(const QZapAuthenticator);
    return d->registry.domains();
}

/*!
    Adds \a domain and returns \c true. The authenticator takes ownership if it has no parent.

    Returns \c false, with ConfigurationError, where \a domain is null or belongs to another
    authenticator or thread: it is not added; and where there is a domain of that name and
    mechanism already: it is added, and neither of the two lets anybody in until one has been
    removed or renamed.

    While the authenticator is stopped, a domain that was refused keeps everybody out: start() fails
    until a domain of that name and mechanism is added or configured, or until it is withdrawn by
    takeDomain() or removeDomain().
*/
bool QZapAuthenticator::addDomain(QZapDomain *domain)
{
    Q_D(QZapAuthenticator);
    if (!domain)
        return d->refuse(DomainRegistry::subjectOf(domain),
                         QStringLiteral("addDomain(): no domain"));
    if (d->registry.contains(domain))
        return !QZapDomainPrivate::get(domain)->hasKeyProblem();
    if (QZapDomainPrivate::get(domain)->observer() || domain->thread() != thread()) {
        return d->refuse(DomainRegistry::subjectOf(domain),
                         QStringLiteral("addDomain(): domain %1 belongs to another authenticator "
                                        "or thread")
                             .arg(quoted(domain->name())));
    }
    const QPointer<QZapDomain> guard(domain);
    const QPointer<QZapAuthenticator> self(this);
    d->attach(domain);
    return self && guard && d->registry.contains(domain)
           && !QZapDomainPrivate::get(domain)->hasKeyProblem();
}

/*!
    Returns the domain of \a name and \a mechanism, or \nullptr. The name is compared exactly: \c *
    finds only the domain for all.
*/
QZapDomain *QZapAuthenticator::domain(const QString &name, QZap::Mechanism mechanism) const
{
    Q_D(const QZapAuthenticator);
    return d->registry.find(name, mechanism);
}

/*!
    Removes the domain of \a name and \a mechanism and returns whether there was one. It is deleted
    if the authenticator owns it. Where two claim that name, both are removed. While running, the
    name stays closed: see \l domains.
*/
bool QZapAuthenticator::removeDomain(const QString &name, QZap::Mechanism mechanism)
{
    Q_D(QZapAuthenticator);
    d->accept(DomainRegistry::subjectOf(name, mechanism));
    bool removed = false;
    while (QZapDomain *const domain = d->registry.find(name, mechanism)) {
        removed = true;
        d->detach(domain);
        if (domain->parent() == this)
            domain->deleteLater();
    }
    if (removed)
        d->domainsChanged();
    return removed;
}

/*!
    Removes \a domain, does not delete it, and returns \c true: the authenticator no longer knows
    it, and its parent stays its parent. While running, its name stays closed: see \l domains.

    Returns \c false if it is not one of \l domains. If it was refused by addDomain(), the refusal
   is withdrawn.
*/
bool QZapAuthenticator::takeDomain(QZapDomain *domain)
{
    Q_D(QZapAuthenticator);
    d->accept(DomainRegistry::subjectOf(domain));
    if (!d->registry.contains(domain))
        return false;
    d->detach(domain);
    d->domainsChanged();
    return true;
}

/*!
    Sets the \a provider to be asked about peers of \a domain, whatever their mechanism, and returns
    \c true. \nullptr removes the one that was set; while running, peers about whom it alone decided
    are then refused (see \l domains). The authenticator does not own it.

    It is asked about each peer that the domain's own checks let through; where the domain has none
    for the peer's mechanism, about each well-formed request. A domain object's
    \l{QZapDomain::credentialsProvider}{own provider} is asked in its place. The provider of \c * is
    asked for each domain without a provider of its own, so that it can veto everywhere; it alone
    lets nobody into a domain that was set up for other mechanisms only.

    Returns \c false, with ConfigurationError, where \a domain cannot be a name (see
    configureNull()).

    What waits for a provider that is removed or replaced gets a temporary answer.

    \sa QZapCredentialsProvider
*/
bool QZapAuthenticator::setCredentialsProvider(const QString &domain,
                                               QZapCredentialsProvider *provider)
{
    Q_D(QZapAuthenticator);
    return d->setProvider(domain, QZapCredentialsProviderPrivate::linkOf(provider));
}

/*!
    Sets whether peers of the NULL mechanism get into \a domain: only if \a accepted. Returns
    \c true.

    Returns \c false, with ConfigurationError, where \a domain is empty, longer than 255 bytes or
    holds control characters. While the authenticator is stopped, start() fails then until the same
    call is made with a valid name. \c * stands for each domain without one of its own.
*/
bool QZapAuthenticator::configureNull(const QString &domain, bool accepted)
{
    Q_D(QZapAuthenticator);
    const QZapAuthenticatorPrivate::ConfiguringCall call{"configureNull",
                                                         QByteArray::number(accepted)};
    auto *const object = d->domainFor<QZapNullDomain>(domain, QZap::Mechanism::Null, call);
    if (!object)
        return false;
    d->acceptCall(call, object);
    object->setAccepted(accepted);
    return true;
}

/*!
    Sets the users of the PLAIN mechanism that get into \a domain to those of \a passwords, by user
    name, and returns \c true. It replaces what the domain had before, a password file included.

    Returns \c false, with ConfigurationError, where \a domain cannot be a name (see
    configureNull()), and where a user name or password cannot be (see QZapPlainDomain): a domain
    that was there before is unchanged, a new one lets nobody in.
*/
bool QZapAuthenticator::configurePlain(const QString &domain, const QVariantMap &passwords)
{
    Q_D(QZapAuthenticator);
    const QZapAuthenticatorPrivate::ConfiguringCall call{"configurePlain",
                                                         passwords.keys().join(u'\n').toUtf8()};
    auto *const object = d->domainFor<QZapPlainDomain>(domain, QZap::Mechanism::Plain, call);
    if (!object)
        return false;
    QString problem;
    auto store = QZapPlainDomainPrivate::storeOf(passwords, &problem);
    if (!store)
        return d->failConfiguring(object, call, problem);
    d->acceptCall(call, object);
    static_cast<QZapPlainDomainPrivate *>(QZapDomainPrivate::get(object))
        ->applyPasswords(std::move(store));
    return true;
}

/*!
    Reads the users of the PLAIN mechanism that get into \a domain from the password \a file, a path
    or \c file: URL, and returns \c true. It replaces what the domain had before.

    Returns \c false, with ConfigurationError, where \a domain cannot be a name (see
    configureNull()), and where there is no such file: a domain that was there before is unchanged,
   a new one lets nobody in. What is wrong in the file itself is reported by errorOccurred() and
    QZapDomain::errorString.
*/
bool QZapAuthenticator::configurePlainFile(const QString &domain, const QString &file)
{
    Q_D(QZapAuthenticator);
    const QZapAuthenticatorPrivate::ConfiguringCall call{"configurePlainFile", file.toUtf8()};
    auto *const object = d->domainFor<QZapPlainDomain>(domain, QZap::Mechanism::Plain, call);
    if (!object)
        return false;
    const QString problem = QZapPlainDomainPrivate::fileProblem(file);
    if (!problem.isEmpty())
        return d->failConfiguring(object, call, problem);
    d->acceptCall(call, object);
    static_cast<QZapPlainDomainPrivate *>(QZapDomainPrivate::get(object))->applyFile(file);
    return true;
}

/*!
    Sets the keys of the CURVE mechanism that get into \a domain to those at \a location, and
   returns \c true. \a location is a directory of certificates or a key list, as a path or \c file:
   URL, or \l QZap::CurveAllowAny for every key: see QZapCurveDomain::location. It replaces what the
   domain had before; the same location is read again.

    Returns \c false, with ConfigurationError, where \a domain cannot be a name (see
    configureNull()), and where \a location is empty or does not exist: a domain that was there
    before is unchanged, a new one lets nobody in. What is wrong in the files themselves is reported
    by errorOccurred() and QZapDomain::errorString.
*/
bool QZapAuthenticator::configureCurve(const QString &domain, const QString &location)
{
    Q_D(QZapAuthenticator);
    const QZapAuthenticatorPrivate::ConfiguringCall call{"configureCurve", location.toUtf8()};
    auto *const object = d->domainFor<QZapCurveDomain>(domain, QZap::Mechanism::Curve, call);
    if (!object)
        return false;
    const QString problem = QZapCurveDomainPrivate::locationProblem(location);
    if (!problem.isEmpty())
        return d->failConfiguring(object, call, problem);
    d->acceptCall(call, object);
    static_cast<QZapCurveDomainPrivate *>(QZapDomainPrivate::get(object))->apply(location);
    return true;
}

/*!
    Sets the peers of the GSSAPI mechanism that get into \a domain to \a principals, or to all with
   a valid ticket where it is empty, and returns \c true.

    Returns \c false, with ConfigurationError, where \a domain cannot be a name (see
    configureNull()), and where a principal is empty, longer than 255 bytes or holds control
    characters: a domain that was there before is unchanged, a new one lets nobody in.
*/
bool QZapAuthenticator::configureGssapi(const QString &domain, const QStringList &principals)
{
    Q_D(QZapAuthenticator);
    const QZapAuthenticatorPrivate::ConfiguringCall call{"configureGssapi",
                                                         principals.join(u'\n').toUtf8()};
    auto *const object = d->domainFor<QZapGssapiDomain>(domain, QZap::Mechanism::Gssapi, call);
    if (!object)
        return false;
    const QString problem = QZapGssapiDomainPrivate::principalsProblem(principals);
    if (!problem.isEmpty())
        return d->failConfiguring(object, call, problem);
    d->acceptCall(call, object);
    static_cast<QZapGssapiDomainPrivate *>(QZapDomainPrivate::get(object))->apply(principals);
    return true;
}
