// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPDOMAIN_P_H
#define QZAPDOMAIN_P_H

#include "base/problem.h"
#include "policy/domainpolicy.h"

#include <QZap/qzapdomain.h>

#include <QtCore/qstringlist.h>

#include <functional>
#include <map>
#include <memory>

namespace QZap::Internal {

// The kinds of errors of a domain: an invalid configuration, or an unusable file.
enum class DomainError { Configuration, File };

// The owner of a domain.
class DomainObserver
{
public:
    virtual void domainChanged() = 0;
    virtual void domainFailed(const QZapDomain &domain, DomainError error,
                              const Problem &problem) = 0;
    // Reports that the domain lets in peers that it would otherwise refuse.
    virtual void domainReportsOnly(const QZapDomain &domain) = 0;
    // Reports a note that is not an error.
    virtual void domainInformed(const QZapDomain &domain, const QString &note) = 0;
    virtual void domainDestroyed(QZapDomain *domain) = 0;
    // Returns the listener to be notified of new content in a domain's feed.
    virtual std::shared_ptr<const StoreListener> storeListener() const = 0;

protected:
    ~DomainObserver() = default;
};

} // namespace QZap::Internal

class QZapDomainPrivate
{
    Q_DECLARE_PUBLIC(QZapDomain)

public:
    using DomainPolicy = QZap::Internal::DomainPolicy;
    using Error = QZap::Internal::DomainError;
    using Problem = QZap::Internal::Problem;

    explicit QZapDomainPrivate(QZap::Mechanism m)
        : mechanism(m)
    { }
    virtual ~QZapDomainPrivate() = default;
    Q_DISABLE_COPY_MOVE(QZapDomainPrivate)

    // Properties that close the domain while their last value is invalid: the intended value is
    // unknown, and the previous one is outdated.
    enum class Closing { Name, PublishedFields, UserIdField, Configuration };

    // Returns the problem of a domain's name.
    static Problem nameProblem(const QString &name);
    // Returns the absolute path of a path or file: URL, resolved against the current directory;
    // empty if the argument is.
    static QString absolutePath(const QString &pathOrUrl);

    static QZapDomainPrivate *get(QZapDomain *domain) { return domain->d_func(); }

    // Returns the policy for requests if no other domain has the same key. It refuses while the
    // name is invalid.
    std::shared_ptr<const DomainPolicy> policy() const;
    bool isReady() const { return !m_keyProblem && isInForce(*policy()); }
    // Returns whether peers are checked by the content.
    static bool isInForce(const DomainPolicy &content)
    {
        return content.state == DomainPolicy::State::Ready && !content.isStale();
    }

    // Sets the content by which the domain checks peers, and reports its problems; its valid part
    // is in force.
    void setContent(const std::shared_ptr<const DomainPolicy> &content,
                    const QList<Problem> &problems, Error kind);
    // Like setContent(), for content that becomes stale by itself: `wasReady` is what isReady() was
    // when it was last reported.
    void setContent(const std::shared_ptr<const DomainPolicy> &content,
                    const QList<Problem> &problems, Error kind, bool wasReady);
    // Sets one of the closing properties by calling change(), which emits no signals, or refuses
    // the value if there is a problem. Returns whether to emit the property's own signal.
    [[nodiscard]] bool setClosing(Closing property, const Problem &problem, bool isChange,
                                  const std::function<void()> &change);
    // Called when the declared fields have changed. Emits no signals.
    virtual void applyFields();
    // Called when the domain is being destroyed: no load may be reported afterwards.
    virtual void stopLoading() { }
    // Returns the content of a domain without credentials.
    static std::shared_ptr<DomainPolicy> unconfigured();
    // Lets nobody in until there is content, and no provider decides alone meanwhile.
    void closeUntilConfigured();
    // Refuses a value; the previous one remains.
    void refuse(const Problem &problem);
    // Sets the problems of the content, which the caller reports.
    void setContentProblems(const QList<Problem> &problems);
    // Returns whether the observer has found another domain with the same name and mechanism.
    bool hasKeyProblem() const { return bool(m_keyProblem); }
    void setKeyProblem(const Problem &problem);
    // Returns what was reported about the content that is not a problem.
    const QString &note() const { return m_note; }
    QZap::Internal::DomainObserver *observer() const { return m_observer; }
    void setObserver(QZap::Internal::DomainObserver *newObserver);

    QZapDomain *q_ptr = nullptr;
    const QZap::Mechanism mechanism;
    QString name = QZap::AnyDomain;
    QStringList publishedFields;
    QZap::Internal::ProviderPointer provider;
    bool isReportOnly = false;

protected:
    const std::shared_ptr<const DomainPolicy> &currentContent() const { return m_content; }
    // Returns a new feed for stores that are loaded from now on. Earlier feeds are ignored once
    // there is other content.
    std::shared_ptr<QZap::Internal::StoreFeed> makeFeed();
    // Returns the current content, updated from its feed.
    std::shared_ptr<const DomainPolicy> fedContent() const;
    // Like setContent(), but emits no signals.
    void replaceContent(const std::shared_ptr<const DomainPolicy> &content,
                        const QList<Problem> &problems, Error kind);
    // Brings ready, errorString and the observer up to date.
    void update(bool wasReady);
    // Reports each problem to the observer, whose slots may set others, or delete the domain.
    void report(QList<Problem> problems, Error kind);
    // Reports a note that is not a problem, if its text or digest differs from the last one. An
    // empty note clears it.
    void setNote(const QString &note, size_t digest = 0);
    // Logs the warnings that are not in `given`, and assigns all of them to it: files are read
    // repeatedly.
    static void warnOnce(const char *name, const QList<Problem> &warnings, QList<Problem> *given);

private:
    void reportNote() const;
    void reportReportOnly() const;
    void emitChanges(bool wasReady);
    QList<Problem> closingProblems() const;
    QString currentErrorString() const;
    // Returns the content with the domain's published fields, provider and reportOnly.
    std::shared_ptr<const DomainPolicy>
    completed(const std::shared_ptr<const DomainPolicy> &content) const;

    friend class QZapDomain;

    QZap::Internal::DomainObserver *m_observer = nullptr;
    std::shared_ptr<const DomainPolicy> m_content = unconfigured();
    std::shared_ptr<QZap::Internal::StoreFeed> m_feed; // the current one
    std::map<Closing, Problem> m_closingProblems;      // none is empty
    Problem m_keyProblem;
    QList<Problem> m_contentProblems;
    Error m_contentErrorKind = Error::Configuration;
    QString m_errorString;
    QString m_note;
    size_t m_noteDigest = 0;
};

#endif // QZAPDOMAIN_P_H
