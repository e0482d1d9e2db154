// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// The functions of QZapAuthenticator that configure its limits, domains and providers.

#include "authenticator/qzapauthenticator_p.h"

#include "authenticator/domains/qzapcurvedomain_p.h"
#include "authenticator/domains/qzapgssapidomain_p.h"
#include "authenticator/domains/qzapplaindomain_p.h"
#include "base/text.h"
#include "providers/qzapcredentialsprovider_p.h"

#include <QZap/qzapnulldomain.h>

#include <QtCore/qpointer.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <utility>

using namespace QZap::Internal;

/*!
    \property QZapAuthenticator::maximumHeldConnections
    \brief the number of connections that temporary answers may hold at a time

    Default: a quarter of the soft limit of file descriptors that was in force at construction.

    A temporary answer is sent with status 300, which holds the connection until the server socket's
    \c ZMQ_HANDSHAKE_IVL has passed. Each is counted for 30 seconds. Beyond the maximum, the answer
    is sent with a status that disconnects the peer at once and lets it try again, so that held
    connections do not use up all descriptors. \c 0 holds none. A negative value is refused with
    ConfigurationError.
*/
int QZapAuthenticator::maximumHeldConnections() const
{
    Q_D(const QZapAuthenticator);
    return d->limits.value(&Limits::heldConnections);
}

void QZapAuthenticator::setMaximumHeldConnections(int maximum)
{
    Q_D(QZapAuthenticator);
    d->setLimit(&Limits::heldConnections, maximum,
                &QZapAuthenticator::maximumHeldConnectionsChanged);
}

/*!
    \property QZapAuthenticator::decisionTimeout
    \brief how long a decision that needs more than a look-up may take, in milliseconds

    Default: 5000. The timeout applies to passwords that are checked against a hash, and to
    decisions that a QZapCredentialsProvider defers without a limit of its own. After the timeout,
    the peer gets a temporary answer. The timeout does not run while a domain's files are being
    loaded: the peer waits for them. A value below 1 is refused with ConfigurationError. A change
    applies to the next request.
*/
int QZapAuthenticator::decisionTimeout() const
{
    Q_D(const QZapAuthenticator);
    return d->limits.value(&Limits::decisionTimeout);
}

void QZapAuthenticator::setDecisionTimeout(int milliseconds)
{
    Q_D(QZapAuthenticator);
    d->setLimit(&Limits::decisionTimeout, milliseconds, &QZapAuthenticator::decisionTimeoutChanged);
}

/*!
    \overload

    Sets the timeout to \a timeout.
*/
void QZapAuthenticator::setDecisionTimeout(std::chrono::milliseconds timeout)
{
    constexpr std::chrono::milliseconds::rep Most = std::numeric_limits<int>::max();
    setDecisionTimeout(
        static_cast<int>(std::clamp<std::chrono::milliseconds::rep>(timeout.count(), -1, Most)));
}

/*!
    \property QZapAuthenticator::maximumPendingDecisions
    \brief how many requests may wait for an answer at a time

    Default: 10000. Requests wait until a domain's files are loaded, a password's hash is computed,
    or a provider answers. A request beyond the maximum gets a temporary answer at once. A negative
    value is refused with ConfigurationError.

    \sa pendingCount
*/
int QZapAuthenticator::maximumPendingDecisions() const
{
    Q_D(const QZapAuthenticator);
    return d->limits.value(&Limits::pendingDecisions);
}

void QZapAuthenticator::setMaximumPendingDecisions(int maximum)
{
    Q_D(QZapAuthenticator);
    d->setLimit(&Limits::pendingDecisions, maximum,
                &QZapAuthenticator::maximumPendingDecisionsChanged);
}

/*!
    \property QZapAuthenticator::maximumPendingPerAddress
    \brief how many requests of one address may wait for an answer at a time

    Default: 64. A request beyond the maximum gets a temporary answer at once, so that one peer
    cannot keep the others waiting. A negative value is refused with ConfigurationError.

    The maximum cannot be evaded by varying the address. IPv6 addresses are counted by their /64
    network, with four times the maximum for each /48 network. Link-local addresses are counted
    individually, with their zones, with four times the maximum for each link. IPC peers are counted
    by process, with four times the maximum for each user.

    Requests that a provider or curveUserId() is asked about are counted from that moment on, even
    if it runs an event loop in which further requests arrive.
*/
int QZapAuthenticator::maximumPendingPerAddress() const
{
    Q_D(const QZapAuthenticator);
    return d->limits.value(&Limits::pendingPerAddress);
}

void QZapAuthenticator::setMaximumPendingPerAddress(int maximum)
{
    Q_D(QZapAuthenticator);
    d->setLimit(&Limits::pendingPerAddress, maximum,
                &QZapAuthenticator::maximumPendingPerAddressChanged);
}

/*!
    \property QZapAuthenticator::domains
    \brief the domains of the authenticator, in the order in which they were added

    Default: empty. For a request, the domain object of its mechanism with exactly its name decides,
    else the one of its mechanism whose name is \c *.

    If there is neither, PLAIN and CURVE peers are refused. NULL and GSSAPI peers are let in only
    while no domain object of any mechanism covers the request's domain, so that a server socket
    that was meant to use CURVE, but was not configured, does not let everyone in.

    Two objects of the same name and mechanism cause a ConfigurationError, and neither lets anybody
    in. While they exist, start() fails.

    While the authenticator is running, a name that loses its domain object is closed, whether the
    object was deleted, removed, taken or renamed: peers of the object's mechanism are refused, and
    neither \c * nor a provider decides in its place. It remains closed until it is configured
    again, or until stop(). If the object was named \c *, this applies to every name without an
    object of its own. The same applies to a name whose provider was removed by
    setCredentialsProvider(), for all mechanisms without an object of that name.
*/
QList<QZapDomain *> QZapAuthenticator::domains() const
{
    Q_D(const QZapAuthenticator);
    return d->registry.domains();
}

/*!
    Adds \a domain and returns \c true. The authenticator takes ownership if it has no parent.

    Returns \c false, with ConfigurationError, if \a domain is null or belongs to another
    authenticator or thread; it is not added. Also returns \c false if there is already a domain of
    that name and mechanism; \a domain is added, but neither of the two lets anybody in until one of
    them has been removed or renamed.

    While the authenticator is stopped, a refused domain prevents start() from succeeding until a
    domain of that name and mechanism is added or configured, or until takeDomain() or
    removeDomain() withdraws the refusal.
*/
bool QZapAuthenticator::addDomain(QZapDomain *domain)
{
    Q_D(QZapAuthenticator);
    if (!domain)
        return d->refuse(ConfigurationSubject::domain(domain),
                         QStringLiteral("the domain is null"));
    if (d->registry.contains(domain))
        return !QZapDomainPrivate::get(domain)->hasKeyProblem();
    if (QZapDomainPrivate::get(domain)->observer() || domain->thread() != thread()) {
        return d->refuse(ConfigurationSubject::domain(domain),
                         QStringLiteral("domain %1 belongs to another authenticator or thread")
                             .arg(quoted(domain->name())));
    }
    const QPointer<QZapDomain> guard(domain);
    const QPointer<QZapAuthenticator> self(this);
    d->attach(domain);
    return self && guard && d->registry.contains(domain)
           && !QZapDomainPrivate::get(domain)->hasKeyProblem();
}

/*!
    Returns the domain with \a name and \a mechanism, or \nullptr. The name is compared exactly:
    \c * finds only the domain with that name.
*/
QZapDomain *QZapAuthenticator::domain(const QString &name, QZap::Mechanism mechanism) const
{
    Q_D(const QZapAuthenticator);
    return d->registry.find(name, mechanism);
}

/*!
    Returns whether anything that is configured decides about the peers that connect to a server
    socket of \a domain with \a mechanism: a domain of this name, for any mechanism, a credentials
    provider for this name, or a domain or provider for \c * that applies to these peers. Names that
    stay closed count as well.

    If it returns \c false, the name may be misspelt: PLAIN and CURVE peers are refused, and peers
    of the other mechanisms are accepted as far as \l domains says. Call it before a server socket
    is bound, in the authenticator's thread; elsewhere, it prints a warning and returns \c false.

    \sa explain()
*/
bool QZapAuthenticator::isConfigured(const QString &domain, QZap::Mechanism mechanism) const
{
    Q_D(const QZapAuthenticator);
    return d->isOwnThread("isConfigured")
           && QZap::Internal::isConfigured(d->policy, domain.toUtf8(), mechanism);
}

/*!
    Removes the domain with \a name and \a mechanism and returns whether there was one. It is
    deleted if the authenticator owns it. If two domains have that name, both are removed. While the
    authenticator is running, the name remains closed: see \l domains.
*/
bool QZapAuthenticator::removeDomain(const QString &name, QZap::Mechanism mechanism)
{
    Q_D(QZapAuthenticator);
    d->accept(ConfigurationSubject::domain(name, mechanism));
    QList<QZapDomain *> removed;
    while (QZapDomain *const domain = d->registry.find(name, mechanism)) {
        d->registry.remove(domain);
        if (domain->parent() == this)
            domain->deleteLater();
        removed += domain;
    }
    if (removed.isEmpty())
        return false;
    d->detach(removed);
    return true;
}

/*!
    Removes \a domain without deleting it, and returns \c true. Its parent does not change. While
    the authenticator is running, its name remains closed: see \l domains.

    Returns \c false if it is not one of \l domains. If it was refused by addDomain(), the refusal
    is withdrawn.
*/
bool QZapAuthenticator::takeDomain(QZapDomain *domain)
{
    Q_D(QZapAuthenticator);
    d->accept(ConfigurationSubject::domain(domain));
    if (!d->registry.contains(domain))
        return false;
    d->detach({domain});
    return true;
}

/*!
    Sets the \a provider to be asked about peers of \a domain, whatever their mechanism, and returns
    \c true. \nullptr removes the current provider; while the authenticator is running, peers about
    whom it alone decided are then refused (see \l domains). The authenticator does not own the
    provider.

    It is asked about each peer that passes the domain's own checks. If the domain has none for the
    peer's mechanism, it is asked about each well-formed request. A domain object's
    \l{QZapDomain::credentialsProvider}{own provider} takes precedence. The provider of \c * is
    asked for each domain without a provider of its own, so that it can veto peers of all domains,
    but it cannot accept peers alone in a domain that is configured for other mechanisms only.

    Returns \c false, with ConfigurationError, if \a domain is not a valid name (see
    configureNull()).

    Requests that wait for a provider that is removed or replaced get a temporary answer.

    \sa QZapCredentialsProvider
*/
bool QZapAuthenticator::setCredentialsProvider(const QString &domain,
                                               QZapCredentialsProvider *provider)
{
    Q_D(QZapAuthenticator);
    const ProviderPointer link = QZapCredentialsProviderPrivate::linkOf(provider);
    const auto call = ConfigurationSubject::call(
        "setCredentialsProvider", QByteArray::number(reinterpret_cast<quintptr>(link.get())));
    if (const Problem problem = d->providers.set(domain, link))
        return d->refuse(call, problem);
    d->changePolicy([d](Policy &next) { next.providers = d->providers.table(); });
    d->accept(call);
    return true;
}

template <typename Domain, typename Apply>
bool QZapAuthenticatorPrivate::configure(const QString &name, QZap::Mechanism mechanism,
                                         const Subject &call, const Problem &problem, Apply apply)
{
    if (const Problem wrongName = QZapDomainPrivate::nameProblem(name))
        return refuse(call, wrongName);
    QZapDomain *domain = registry.find(name, mechanism);
    if (!domain)
        domain = attachNew(new Domain(q_ptr), name);
    if (!domain)
        return false;
    if (problem)
        return refuseContent(domain, call, problem);
    accept(call);
    accept(Subject::domain(domain));
    apply(static_cast<Domain *>(domain));
    return true;
}

/*!
    Sets whether peers of the NULL mechanism are \a accepted in \a domain, and returns \c true.

    Returns \c false, with ConfigurationError, if \a domain is empty, longer than 255 bytes or
    contains control characters. If the authenticator is stopped, start() then fails until the same
    call is made with a valid name. \c * stands for all domains without a configuration of their
    own.
*/
bool QZapAuthenticator::configureNull(const QString &domain, bool accepted)
{
    Q_D(QZapAuthenticator);
    return d->configure<QZapNullDomain>(
        domain, QZap::Mechanism::Null,
        ConfigurationSubject::call("configureNull", QByteArray::number(accepted)), {},
        [accepted](QZapNullDomain *object) { object->setAccepted(accepted); });
}

/*!
    Sets the users that are accepted in \a domain with the PLAIN mechanism to those in \a passwords,
    by user name, and returns \c true. This replaces the previous users of the domain, including
    those of a password file. Values are taken literally: unlike in a password file, \c{*} and text
    in the format of a hash are passwords.

    Returns \c false, with ConfigurationError, if \a domain is not a valid name (see
    configureNull()), or if a user name or password is invalid (see QZapPlainDomain): an existing
    domain is unchanged, a new one lets nobody in.
*/
bool QZapAuthenticator::configurePlain(const QString &domain, const QVariantMap &passwords)
{
    Q_D(QZapAuthenticator);
    auto store = QZapPlainDomainPrivate::storeOf(passwords);
    return d->configure<QZapPlainDomain>(
        domain, QZap::Mechanism::Plain,
        ConfigurationSubject::call("configurePlain", passwords.keys().join(u'\n').toUtf8()),
        store.problem(), [&store](QZapPlainDomain *object) {
            QZapPlainDomainPrivate::get(object)->applyPasswords(*std::move(store));
        });
}

/*!
    Reads the users that are accepted in \a domain with the PLAIN mechanism from the password
    \a file, a path or \c file: URL, and returns \c true. This replaces the previous users of the
    domain.

    Returns \c false, with ConfigurationError, if \a domain is not a valid name (see
    configureNull()), or if there is no such file: an existing domain is unchanged, a new one lets
    nobody in. Errors in the file itself are reported by errorOccurred() and
    QZapDomain::errorString.
*/
bool QZapAuthenticator::configurePlainFile(const QString &domain, const QString &file)
{
    Q_D(QZapAuthenticator);
    return d->configure<QZapPlainDomain>(
        domain, QZap::Mechanism::Plain,
        ConfigurationSubject::call("configurePlainFile", file.toUtf8()),
        QZapPlainDomainPrivate::fileProblem(file),
        [&file](QZapPlainDomain *object) { QZapPlainDomainPrivate::get(object)->applyFile(file); });
}

/*!
    Sets the keys that are accepted in \a domain with the CURVE mechanism to those at \a location,
    and returns \c true. \a location is a directory of certificates or a key list, as a path or
    \c file: URL, or \l QZap::CurveAllowAny for every key: see QZapCurveDomain::location. This
    replaces the previous keys of the domain; the same location is read again.

    Returns \c false, with ConfigurationError, if \a domain is not a valid name (see
    configureNull()), or if \a location is empty or does not exist: an existing domain is unchanged,
    a new one lets nobody in. Errors in the files themselves are reported by errorOccurred() and
    QZapDomain::errorString.
*/
bool QZapAuthenticator::configureCurve(const QString &domain, const QString &location)
{
    Q_D(QZapAuthenticator);
    return d->configure<QZapCurveDomain>(
        domain, QZap::Mechanism::Curve,
        ConfigurationSubject::call("configureCurve", location.toUtf8()),
        QZapCurveDomainPrivate::locationProblem(location), [&location](QZapCurveDomain *object) {
            QZapCurveDomainPrivate::get(object)->apply(location);
        });
}

/*!
    Accepts the peers of the GSSAPI mechanism in \a domain whose principals are in \a principals,
    or, if that is empty, all peers with a valid ticket, and returns \c true.

    Returns \c false, with ConfigurationError, if \a domain is not a valid name (see
    configureNull()), or if a principal is empty, longer than 255 bytes or contains control
    characters: an existing domain is unchanged, a new one lets nobody in.
*/
bool QZapAuthenticator::configureGssapi(const QString &domain, const QStringList &principals)
{
    Q_D(QZapAuthenticator);
    return d->configure<QZapGssapiDomain>(
        domain, QZap::Mechanism::Gssapi,
        ConfigurationSubject::call("configureGssapi", principals.join(u'\n').toUtf8()),
        QZapGssapiDomainPrivate::principalsProblem(principals),
        [&principals](QZapGssapiDomain *object) {
            QZapGssapiDomainPrivate::get(object)->apply(principals);
        });
}
