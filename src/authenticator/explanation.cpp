// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/explanation.h"

#include "authenticator/domains/qzapcurvedomain_p.h"
#include "authenticator/domains/qzapplaindomain_p.h"
#include "base/clock.h"
#include "base/nearestname.h"
#include "base/text.h"
#include "credentials/certificates/expirytime.h"

#include <QtCore/qfile.h>

namespace QZap::Internal {

namespace {

QString textOf(QByteArrayView utf8)
{
    return quoted(QString::fromUtf8(utf8));
}

QString mechanismOf(const Request &request)
{
    return QString::fromLatin1(mechanismName(request.mechanism));
}

// Returns the location of a line in the format of compilers, "file:line".
QString placeOf(const QString &file, int line)
{
    return line > 0 ? QStringLiteral("%1:%2").arg(printable(file), QString::number(line))
                    : printable(file);
}

// Returns the location of an entry, which is a line of the file or a file in the directory.
QString placeOf(const QString &path, int line, QByteArrayView fileName)
{
    return fileName.isEmpty() ? placeOf(path, line)
                              : printable(path + u'/' + QFile::decodeName(fileName.toByteArray()));
}

// Returns a number of things, such as "1 key" or "no keys".
QString countOf(qsizetype count, const QString &thing)
{
    if (count == 1)
        return QStringLiteral("1 ") + thing;
    return (count == 0 ? QStringLiteral("no") : QString::number(count)) + u' ' + thing + u's';
}

} // namespace

Explanation::Explanation(const Policy &policy, const AddressLists &addresses,
                         const DomainRegistry &domains, const QZapLockout &lockout,
                         const Problem &configurationProblem)
    : m_policy(policy)
    , m_addresses(addresses)
    , m_domains(domains)
    , m_lockout(lockout)
    , m_configurationProblem(configurationProblem)
{ }

QString Explanation::explain(const Evaluation &evaluation)
{
    const Request &request = evaluation.request;
    m_sentences.clear();
    m_hidesAnswer = false;
    if (evaluation.isLockedOut) {
        add(QStringLiteral(
                "Too many wrong passwords have come from the address %1. Credentials that have not "
                "succeeded from it before must wait, and so must users for whom too many more "
                "wrong passwords have come during the lock; lockout.releaseAddress() ends it.")
                .arg(textOf(request.address)));
    } else if (evaluation.outcome == ParseOutcome::Valid && explainState()) {
        explainLockout(request);
        if (explainAddress(request))
            explainRules(evaluation);
    }
    explainAnswer(evaluation);
    return m_sentences.join(u'\n');
}

void Explanation::explainRules(const Evaluation &evaluation)
{
    const Request &request = evaluation.request;
    const DomainTable::Match match = m_policy.domains->find(request.domain, request.mechanism);
    m_domain = match.policy ? domainFor(request, match.fellBack) : nullptr;
    if (explainDomain(request, match) && explainDomainState(request, *match.policy))
        explainCredentials(request, *match.policy);
    explainProvider(evaluation);
}

void Explanation::explainLockout(const Request &request)
{
    if (request.mechanism != Mechanism::Plain)
        return;
    if (!m_lockout.isEnabled()) {
        add(QStringLiteral("lockout is not enabled."));
        return;
    }
    add(QStringLiteral("lockout is enabled, but does not apply: %1 in the last %2 s would lock "
                       "the address%3.")
            .arg(countOf(m_lockout.maximumFailures(), QStringLiteral("wrong password")),
                 QString::number(m_lockout.interval() / 1000),
                 m_lockout.exemptAddresses().isEmpty()
                     ? QString()
                     : QStringLiteral(", unless it is one of exemptAddresses")));
}

bool Explanation::explainState()
{
    if (m_policy.lockdown) {
        add(QStringLiteral("lockdown is set: nobody gets in until it is unset."));
        return false;
    }
    if (m_policy.onHold) {
        add(QStringLiteral(
            "The configuration is being changed; requests wait until this is complete."));
        return false;
    }
    if (m_policy.isMisconfigured) {
        add(QStringLiteral("The configuration is invalid, so nobody gets in and start() fails: %1.")
                .arg(m_configurationProblem.text()));
        return false;
    }
    return true;
}

bool Explanation::explainAddress(const Request &request)
{
    if (m_policy.addressMode == AddressMode::Unset) {
        add(QStringLiteral("No list of addresses is set."));
        return true;
    }
    const bool allows = m_policy.addressMode == AddressMode::Allow;
    const QString list =
        allows ? QStringLiteral("allowedAddresses") : QStringLiteral("deniedAddresses");
    const QString address = textOf(request.address);
    const auto peer = PeerAddress::fromBytes(request.address);
    const QString rule = peer ? m_addresses.ruleFor(*peer) : QString();
    if (!peer) {
        add(QStringLiteral("The address %1 cannot be parsed, and is refused because %2 is set.")
                .arg(address, list));
    } else if (rule.isEmpty()) {
        add(QStringLiteral("The address %1 matches no entry of %2.").arg(address, list));
    } else {
        add(QStringLiteral("The address %1 matches the entry %2 of %3.")
                .arg(address, quoted(rule), list));
    }
    const bool isAllowed = peer && rule.isEmpty() != allows;
    if (!isAllowed && m_policy.reportOnly)
        add(QStringLiteral("reportOnly is set: the address alone does not keep the peer out."));
    return isAllowed || m_policy.reportOnly;
}

bool Explanation::explainDomain(const Request &request, const DomainTable::Match &match)
{
    if (!match.policy) {
        explainMissingDomain(request);
        return false;
    }
    const QString name = textOf(request.domain);
    if (match.fellBack) {
        add(QStringLiteral("The domain %1 has no configuration for %2 of its own: \"*\" applies.")
                .arg(name, mechanismOf(request)));
        explainNearestDomain(QString::fromUtf8(request.domain));
    } else {
        add(QStringLiteral("The domain %1 is configured for %2.").arg(name, mechanismOf(request)));
    }
    return true;
}

void Explanation::explainMissingDomain(const Request &request)
{
    const QString domain = QString::fromUtf8(request.domain);
    const QString name = quoted(domain);
    const QString mechanism = mechanismOf(request);
    const QString own = mechanismsOf(domain);
    const QString others = domain == AnyDomain ? QString() : mechanismsOf(AnyDomain);
    if (!own.isEmpty() && !others.isEmpty()) {
        add(QStringLiteral("The domain %1 is configured for %2, and \"*\" for %3, but neither of "
                           "them for %4.")
                .arg(name, own, others, mechanism));
    } else if (!own.isEmpty()) {
        add(QStringLiteral("The domain %1 is configured for %2, but not for %3.")
                .arg(name, own, mechanism));
    } else if (!others.isEmpty()) {
        add(QStringLiteral("The domain %1 has no configuration of its own, and \"*\" is configured "
                           "for %2, but not for %3.")
                .arg(name, others, mechanism));
        explainNearestDomain(domain);
    } else if (m_policy.providers && m_policy.providers->names().contains(request.domain)) {
        add(QStringLiteral("Only a credentials provider is set for the domain %1.").arg(name));
    } else {
        add(QStringLiteral("The domain %1 is not configured%2.")
                .arg(name, m_domains.others(domain)));
        const bool isAccepted =
            (request.mechanism == Mechanism::Null || request.mechanism == Mechanism::Gssapi)
            && !isConfigured(m_policy, request.domain, request.mechanism);
        if (isAccepted) {
            add(QStringLiteral(
                    "Nothing is configured for \"*\", either, so peers of %1 are accepted.")
                    .arg(mechanism));
        }
    }
}

// The name of a domain to which that for all domains applies may be misspelt.
void Explanation::explainNearestDomain(const QString &name)
{
    const QString nearest = m_domains.nearestName(name);
    if (!nearest.isEmpty() && mechanismsOf(name).isEmpty())
        add(QStringLiteral("The nearest name that is configured is %1.").arg(quoted(nearest)));
}

QString Explanation::mechanismsOf(const QString &name) const
{
    QStringList mechanisms;
    for (const QZapDomain *domain : m_domains.domains()) {
        if (domain->name() == name)
            mechanisms += QString::fromLatin1(mechanismName(domain->mechanism()));
    }
    mechanisms.removeDuplicates();
    return mechanisms.join(QLatin1StringView(", "));
}

bool Explanation::explainDomainState(const Request &request, const DomainPolicy &domain)
{
    switch (domain.state) {
    case DomainPolicy::State::Ready:
        if (!domain.isStale())
            return true;
        add(QStringLiteral("Its credentials store was not confirmed in time, so the peer is told "
                           "to try again."));
        return false;
    case DomainPolicy::State::Loading:
        add(QStringLiteral("Its credentials are being loaded; requests wait for them."));
        return false;
    case DomainPolicy::State::Unconfigured:
        add(QStringLiteral("It has no credentials."));
        return false;
    case DomainPolicy::State::Closed:
        add(QStringLiteral("It was removed while the authenticator was running: its name stays "
                           "closed to %1 until it is configured again or the authenticator is "
                           "stopped.")
                .arg(mechanismOf(request)));
        return false;
    case DomainPolicy::State::Unavailable:
        break;
    }
    QString error = m_domain ? m_domain->errorString() : QString();
    error.replace(u'\n', QLatin1StringView("; ")); // one line for each problem
    add(error.isEmpty() ? QStringLiteral("It is not ready.")
                        : QStringLiteral("It is not ready: %1.").arg(printable(error)));
    return false;
}

void Explanation::explainCredentials(const Request &request, const DomainPolicy &domain)
{
    switch (request.mechanism) {
    case Mechanism::Null:
        add(domain.acceptsAll ? QStringLiteral("It accepts every peer.")
                              : QStringLiteral("It accepts no peer: \"accepted\" is not set."));
        break;
    case Mechanism::Plain:
        explainUser(request, domain);
        break;
    case Mechanism::Curve:
        explainKey(request, domain);
        break;
    case Mechanism::Gssapi:
        if (domain.acceptsAll)
            add(QStringLiteral("It accepts every principal."));
        else
            add(QStringLiteral("The principal %1 is %2 among its principals.")
                    .arg(textOf(request.name),
                         domain.principals.contains(request.name.toByteArray())
                             ? QStringLiteral("found")
                             : QStringLiteral("not")));
        break;
    case Mechanism::Unknown:
        break;
    }
    if (domain.isSettling) {
        add(domain.isLost
                ? QStringLiteral("The file or directory of its credentials was removed a moment "
                                 "ago: it may come back, so the peer is told to try again.")
                : QStringLiteral("Its credentials are being written: missing entries may still "
                                 "appear, so the peer is told to try again."));
    }
}

void Explanation::explainKey(const Request &request, const DomainPolicy &domain)
{
    if (domain.acceptsAll) {
        add(QStringLiteral("It accepts every key."));
        return;
    }
    const auto *const curveDomain = qobject_cast<const QZapCurveDomain *>(m_domain);
    const auto *const d = curveDomain ? QZapCurveDomainPrivate::get(curveDomain) : nullptr;
    const bool hasStore = d && d->store.isSet();
    const QString path =
        hasStore ? QStringLiteral("the credentials store") : (d ? d->path() : QString());
    const QString key = quoted(QString::fromLatin1(Z85::encode(request.publicKey)));
    const auto match = domain.keys->find(request.publicKey);
    if (!match) {
        if (const auto *const unused = domain.keys->unused().find(request.publicKey)) {
            explainUnused(QStringLiteral("key ") + key, path, *unused);
            return;
        }
        add(QStringLiteral("The key %1 is not in %2 (%3).")
                .arg(key, printable(path), countOf(domain.keys->size(), QStringLiteral("key"))));
        explainErrors();
        const QString note = d ? d->note() : QString();
        if (!note.isEmpty())
            add(printable(note) + u'.');
        return;
    }
    const KeyOrigin origin = domain.keys->originOf(request.publicKey);
    const QString place = placeOf(path, origin.line, origin.fileName);
    const QString owner = match->userId.isEmpty()
                              ? QStringLiteral("without a user id")
                              : QStringLiteral("with the user id ") + textOf(match->userId);
    add(QStringLiteral("The key %1 is in %2, %3.").arg(key, place, owner));
    explainExpiry(QStringLiteral("The key"), match->notAfter);
}

void Explanation::explainExpiry(const QString &subject, qint64 notAfter)
{
    if (notAfter == KeyStore::Never)
        return;
    const QString time = QString::fromLatin1(expiryText(notAfter));
    add(KeyStore::isExpired(notAfter, Clock::wall)
            ? QStringLiteral("%1 expired on %2.").arg(subject, time)
            : QStringLiteral("%1 expires on %2.").arg(subject, time));
}

void Explanation::explainUser(const Request &request, const DomainPolicy &domain)
{
    const auto *const plainDomain = qobject_cast<const QZapPlainDomain *>(m_domain);
    const auto *const d = plainDomain ? QZapPlainDomainPrivate::get(plainDomain) : nullptr;
    const QString path = d ? d->path() : QString();
    const QString user = textOf(request.name);
    const QString others = d && d->store.isSet() ? QStringLiteral("the credentials store")
                                                 : QStringLiteral("the domain's passwords");
    const QString users = path.isEmpty() ? others : path;
    if (!domain.passwords->contains(request.name)) {
        if (const auto *const unused = domain.passwords->unused().find(request.name)) {
            explainUnused(QStringLiteral("user ") + user, path, *unused);
            return;
        }
        add(QStringLiteral("The user %1 is not in %2 (%3).")
                .arg(user, printable(users),
                     countOf(domain.passwords->size(), QStringLiteral("user"))));
        explainErrors();
        return;
    }
    m_hidesAnswer = true;
    add(QStringLiteral("The user %1 is in %2.")
            .arg(user, placeOf(users, domain.passwords->lineOf(request.name))));
    explainExpiry(QStringLiteral("The user"), domain.passwords->detailsOf(request.name).notAfter);
}

void Explanation::explainUnused(const QString &what, const QString &path,
                                const UnusedEntries::Entry &entry)
{
    const QString part = entry.fileName.isEmpty() ? QStringLiteral("line") : QStringLiteral("file");
    const QString why = entry.why.isEmpty() ? QString() : QStringLiteral(": ") + entry.why;
    add(QStringLiteral("The %1 is in %2, but this %3 lets nobody in%4.")
            .arg(what, placeOf(path, entry.line, entry.fileName), part, printable(why)));
}

// Other entries are invalid, and may be those that are missing.
void Explanation::explainErrors()
{
    if (!m_domain || m_domain->errorString().isEmpty())
        return;
    const QStringList errors = m_domain->errorString().split(u'\n');
    const QString more =
        errors.size() > 1 ? QStringLiteral(" (and %1 more)").arg(errors.size() - 1) : QString();
    add(QStringLiteral("There are errors: %1%2.").arg(printable(errors.constFirst()), more));
}

void Explanation::explainProvider(const Evaluation &evaluation)
{
    const Verdict &verdict = evaluation.verdict;
    const bool isAsked = verdict.next == Verdict::Next::AskProvider
                         || evaluation.nextOnceNamed == Verdict::Next::AskProvider;
    if (!isAsked && !(m_hidesAnswer && verdict.provider)) {
        if (verdict.provider)
            add(QStringLiteral("The credentials provider is not asked."));
        else
            explainMissingProvider(evaluation);
        return;
    }
    const bool decidesAlone =
        !verdict.domain || verdict.domain->state == DomainPolicy::State::Unconfigured;
    add(decidesAlone ? QStringLiteral("A credentials provider decides alone.")
                     : QStringLiteral("A credentials provider is asked next, and can refuse the "
                                      "peer."));
}

void Explanation::explainMissingProvider(const Evaluation &evaluation)
{
    const Request &request = evaluation.request;
    const Verdict &verdict = evaluation.verdict;
    const QList<QByteArray> names =
        m_policy.providers ? m_policy.providers->names() : QList<QByteArray>();
    const QByteArray nearest = nearestName(request.domain, names);
    // Otherwise, a provider would not be asked.
    const bool wouldBeAsked =
        verdict.status == Status::Success || m_hidesAnswer
        || (verdict.domain && verdict.domain->state == DomainPolicy::State::Unconfigured)
        || (!verdict.domain && !nearest.isEmpty());
    if (!wouldBeAsked)
        return;
    if (names.isEmpty()) {
        add(QStringLiteral("No credentials provider is set."));
        return;
    }
    add(QStringLiteral("No credentials provider is set for the domain %1%2.")
            .arg(textOf(request.domain),
                 nearest.isEmpty()
                     ? QStringLiteral(", unlike ") + quotedNames(names)
                     : QStringLiteral("; the nearest name that has one is ") + textOf(nearest)));
}

void Explanation::explainAnswer(const Evaluation &evaluation)
{
    const Verdict &verdict = evaluation.verdict;
    const QString reason = printable(QString::fromUtf8(verdict.reason));
    if (m_hidesAnswer) {
        add(QStringLiteral(
            "Answer: depends on the password, whose validity is not disclosed here."));
        return;
    }
    const bool mayGetIn = verdict.status == Status::Success;
    if (mayGetIn && verdict.next == Verdict::Next::AskProvider)
        add(QStringLiteral("Answer: that of the provider."));
    else if (mayGetIn)
        add(QStringLiteral("Answer: accepted as %1.").arg(textOf(evaluation.userId())));
    else if (!verdict.isEnforced)
        add(QStringLiteral("Answer: refused, but let in because of reportOnly. %1.").arg(reason));
    else if (verdict.status == Status::TemporaryError)
        add(QStringLiteral("Answer: try later. %1.").arg(reason));
    else
        add(QStringLiteral("Answer: refused. %1.").arg(reason));
}

const QZapDomain *Explanation::domainFor(const Request &request, bool fellBack) const
{
    return m_domains.find(fellBack ? QString(AnyDomain) : QString::fromUtf8(request.domain),
                          request.mechanism);
}

} // namespace QZap::Internal
