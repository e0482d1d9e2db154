// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/domains/qzapdomain_p.h"

#include "base/text.h"
#include "base/workerpool.h"
#include "credentials/keys/keyfieldencoder.h"
#include "protocol/metadata.h"
#include "protocol/request.h"
#include "providers/qzapcredentialsprovider_p.h"

#include <QtCore/qdir.h>
#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>

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

Problem QZapDomainPrivate::nameProblem(const QString &name)
{
    const QByteArray utf8 = name.toUtf8();
    if (utf8.isEmpty())
        return QStringLiteral("the domain's name is empty");
    if (utf8.size() > MaximumTextSize)
        return QStringLiteral("the domain's name is longer than 255 bytes");
    if (!name.isValidUtf16() || !isCleanText(utf8))
        return QStringLiteral("the domain's name is not valid text or contains control characters "
                              "or a byte order mark");
    return {};
}

QString QZapDomainPrivate::absolutePath(const QString &pathOrUrl)
{
    // A path that can never exist.
    QString nowhere = QStringLiteral("/dev/null/") + pathOrUrl;
    QString path = pathOrUrl;
    if (pathOrUrl.startsWith(QLatin1StringView("file:"), Qt::CaseInsensitive)) {
        QUrl url(pathOrUrl);
        if (url.host() == QLatin1StringView("localhost"))
            url.setHost({});
#ifndef Q_OS_WIN // on Windows, a host is part of a path
        if (!url.host().isEmpty())
            return nowhere;
#endif
        path = url.toLocalFile();
        if (!url.isValid())
            return nowhere;
    }
    if (path.isEmpty() || QDir::isAbsolutePath(path))
        return path;
    // The current directory may have been removed.
    const QString current = QDir::currentPath();
    // Not cleaned: after a symbolic link, ".." leads to a different directory.
    return current.isEmpty() ? nowhere : QDir(current).absoluteFilePath(path);
}

std::shared_ptr<const DomainPolicy> QZapDomainPrivate::policy() const
{
    return m_closingProblems.empty() ? m_content : std::make_shared<const DomainPolicy>();
}

void QZapDomainPrivate::setContent(const std::shared_ptr<const DomainPolicy> &content,
                                   const QList<Problem> &problems, Error kind)
{
    setContent(content, problems, kind, isReady());
}

void QZapDomainPrivate::setContent(const std::shared_ptr<const DomainPolicy> &content,
                                   const QList<Problem> &problems, Error kind, bool wasReady)
{
    // Files are read repeatedly: previous problems have already been reported.
    QList<Problem> news = problems;
    if (kind == Error::File && m_contentErrorKind == Error::File) {
        for (const Problem &known : std::as_const(m_contentProblems))
            news.removeAll(known);
    }
    replaceContent(content, problems, kind);
    const QPointer<QZapDomain> guard(q_ptr);
    update(wasReady);
    if (guard)
        report(news, kind);
}

void QZapDomainPrivate::replaceContent(const std::shared_ptr<const DomainPolicy> &content,
                                       const QList<Problem> &problems, Error kind)
{
    m_content = completed(content);
    if (!content->feed)
        m_feed.reset(); // contains the last store, which may be large
    m_contentProblems = problems;
    m_contentErrorKind = kind;
}

std::shared_ptr<const DomainPolicy>
QZapDomainPrivate::completed(const std::shared_ptr<const DomainPolicy> &content) const
{
    auto result = std::make_shared<DomainPolicy>(*content);
    // A store contains the fields of each key or user, even if they are empty.
    KeyFieldEncoder encoder({{}, publishedFields});
    encoder.start(nullptr, {});
    result->metadata = encoder.metadata().toByteArray();
    result->storeMetadata.clear();
    result->emptyMetadata = result->metadata;
    if (publishedFields.contains(MechanismField)) {
        for (QByteArray *const metadata : {&result->metadata, &result->storeMetadata})
            appendMetadata(MechanismField, mechanismName(mechanism), metadata);
    }
    if (content->hasStoreMetadata())
        result->metadata = result->storeMetadata;
    result->publishesDomain = publishedFields.contains(DomainField);
    for (const QLatin1StringView field : {MechanismField, DomainField}) {
        if (publishedFields.contains(field))
            appendMetadata(field, {}, &result->emptyMetadata);
    }
    result->provider = provider;
    result->reportOnly = isReportOnly;
    return result;
}

std::shared_ptr<StoreFeed> QZapDomainPrivate::makeFeed()
{
    m_feed = std::make_shared<StoreFeed>();
    if (m_observer)
        m_feed->setListener(m_observer->storeListener());
    return m_feed;
}

std::shared_ptr<const DomainPolicy> QZapDomainPrivate::fedContent() const
{
    return upToDate(m_content);
}

void QZapDomainPrivate::applyFields()
{
    m_content = completed(m_content);
}

bool QZapDomainPrivate::setClosing(Closing property, const Problem &problem, bool isChange,
                                   const std::function<void()> &change)
{
    const auto current = m_closingProblems.find(property);
    const bool wasWrong = current != m_closingProblems.end();
    if (problem == (wasWrong ? current->second : Problem()) && (problem || !isChange))
        return false;
    const bool wasReady = isReady();
    if (problem)
        m_closingProblems[property] = problem;
    else if (wasWrong)
        m_closingProblems.erase(current);
    if (!problem && isChange)
        change();
    const QPointer<QZapDomain> guard(q_ptr);
    update(wasReady);
    if (guard && problem)
        report({problem}, Error::Configuration);
    return guard && !problem && isChange;
}

std::shared_ptr<DomainPolicy> QZapDomainPrivate::unconfigured()
{
    auto content = std::make_shared<DomainPolicy>();
    content->state = DomainPolicy::State::Unconfigured;
    return content;
}

void QZapDomainPrivate::closeUntilConfigured()
{
    if (m_content->state == DomainPolicy::State::Unconfigured)
        m_content = completed(std::make_shared<DomainPolicy>());
}

void QZapDomainPrivate::refuse(const Problem &problem)
{
    const QPointer<QZapDomain> guard(q_ptr);
    setContentProblems({problem});
    if (guard)
        report({problem}, Error::Configuration);
}

void QZapDomainPrivate::setContentProblems(const QList<Problem> &problems)
{
    // The intended credentials are not known: a provider must not decide alone.
    if (!problems.isEmpty() && m_content->state == DomainPolicy::State::Unconfigured)
        m_content = completed(std::make_shared<DomainPolicy>());
    m_contentProblems = problems;
    m_contentErrorKind = Error::Configuration;
    update(isReady());
}

void QZapDomainPrivate::setKeyProblem(const Problem &problem)
{
    if (m_keyProblem == problem)
        return;
    const bool wasReady = isReady();
    m_keyProblem = problem;
    const QPointer<QZapDomain> guard(q_ptr);
    emitChanges(wasReady);
    if (guard && problem)
        report({problem}, Error::Configuration);
}

void QZapDomainPrivate::setObserver(DomainObserver *newObserver)
{
    m_observer = newObserver;
    if (m_feed)
        m_feed->setListener(m_observer ? m_observer->storeListener() : nullptr);
    if (!m_observer)
        return;
    // Reports problems that occurred while there was no observer.
    const QPointer<QZapDomain> guard(q_ptr);
    report(closingProblems(), Error::Configuration);
    if (guard)
        report(m_contentProblems, m_contentErrorKind);
    if (guard)
        reportNote();
    if (guard)
        reportReportOnly();
}

void QZapDomainPrivate::update(bool wasReady)
{
    const QPointer<QZapDomain> guard(q_ptr);
    // The observer is notified before any signal is emitted, so that slots do not find the old
    // content in force.
    if (m_observer)
        m_observer->domainChanged();
    if (guard)
        emitChanges(wasReady);
}

void QZapDomainPrivate::emitChanges(bool wasReady)
{
    Q_Q(QZapDomain);
    const QPointer<QZapDomain> guard(q);
    const QString errorString = currentErrorString();
    const bool errorChanged = std::exchange(m_errorString, errorString) != errorString;
    if (isReady() != wasReady)
        Q_EMIT q->readyChanged();
    if (guard && errorChanged)
        Q_EMIT q->errorStringChanged();
}

void QZapDomainPrivate::report(QList<Problem> problems, Error kind)
{
    const QPointer<QZapDomain> guard(q_ptr);
    for (const Problem &problem : std::as_const(problems)) {
        if (!guard || !m_observer)
            return;
        m_observer->domainFailed(*guard, kind, problem);
    }
}

void QZapDomainPrivate::setNote(const QString &note, size_t digest)
{
    if (m_note == note && m_noteDigest == digest)
        return;
    m_note = note;
    m_noteDigest = digest;
    reportNote();
}

void QZapDomainPrivate::reportNote() const
{
    if (m_observer && !m_note.isEmpty())
        m_observer->domainInformed(*q_ptr, m_note);
}

void QZapDomainPrivate::reportReportOnly() const
{
    if (m_observer && isReportOnly)
        m_observer->domainReportsOnly(*q_ptr);
}

void QZapDomainPrivate::warnOnce(const char *name, const QList<Problem> &warnings,
                                 QList<Problem> *given)
{
    for (const Problem &warning : warnings) {
        if (!given->contains(warning))
            qWarning("%s: %ls", name, qUtf16Printable(warning.text()));
    }
    *given = warnings;
}

QList<Problem> QZapDomainPrivate::closingProblems() const
{
    QList<Problem> problems;
    for (const auto &entry : m_closingProblems)
        problems.append(entry.second);
    return problems;
}

QString QZapDomainPrivate::currentErrorString() const
{
    QList<Problem> all = closingProblems();
    if (m_keyProblem)
        all.append(m_keyProblem);
    return textsOf(all + m_contentProblems).join(u'\n');
}

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
