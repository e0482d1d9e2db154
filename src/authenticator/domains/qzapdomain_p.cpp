// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/domains/qzapdomain_p.h"

#include "base/text.h"
#include "credentials/keys/keyfieldencoder.h"
#include "protocol/metadata.h"
#include "protocol/request.h"

#include <QtCore/qdir.h>
#include <QtCore/qpointer.h>
#include <QtCore/qurl.h>

#include <utility>

using namespace QZap::Internal;

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
