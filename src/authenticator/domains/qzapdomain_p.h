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

// What a domain reports: a wrong configuration, or a file that cannot be used.
enum class DomainError { Configuration, File };

// The owner of a domain.
class DomainObserver
{
public:
    virtual void domainChanged() = 0;
    virtual void domainFailed(const QZapDomain &domain, DomainError error,
                              const Problem &problem) = 0;
    // Reports a note that is not an error.
    virtual void domainInformed(const QZapDomain &domain, const QString &note) = 0;
    virtual void domainDestroyed(QZapDomain *domain) = 0;
    // Is told of what the feed of a domain says.
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

    // Properties that close the domain while what they were set to last is wrong: what was meant
    // is not known then, and what was there before is not it.
    enum class Closing { Name, PublishedFields, UserIdField, Configuration };

    // Returns what is wrong with a domain's name.
    static Problem nameProblem(const QString &name);
    // The absolute path that a path or file: URL names, relative to the current directory of this
    // moment; empty if the text is.
    static QString absolutePath(const QString &pathOrUrl);

    static QZapDomainPrivate *get(QZapDomain *domain) { return domain->d_func(); }

    // What holds for requests if the key is the domain's own: nothing while its name is wrong.
    std::shared_ptr<const DomainPolicy> policy() const;
    bool isReady() const { return !m_keyProblem && policy()->state == DomainPolicy::State::Ready; }

    // Sets what the domain checks peers by, and reports what is wrong with it: the rest of it is in
    // force.
    void setContent(const std::shared_ptr<const DomainPolicy> &content,
                    const QList<Problem> &problems, Error kind);
    // Sets one of the closing properties by calling change(), which emits nothing, or refuses the
    // value if there is a problem. Returns whether the property's own signal is to be emitted.
    [[nodiscard]] bool setClosing(Closing property, const Problem &problem, bool isChange,
                                  const std::function<void()> &change);
    // Which fields mean something has changed. Emits nothing.
    virtual void applyFields();
    // Nothing was said yet to check peers by.
    static std::shared_ptr<DomainPolicy> unconfigured();
    // Nobody gets in until there is content: a provider does not decide alone meanwhile.
    void closeUntilConfigured();
    // Refuses a value; what was there stays.
    void refuse(const Problem &problem);
    // The same, but the caller reports it.
    void setContentProblems(const QList<Problem> &problems);
    // Whether another domain has the same name and mechanism, as the observer found out.
    bool hasKeyProblem() const { return bool(m_keyProblem); }
    void setKeyProblem(const Problem &problem);
    QZap::Internal::DomainObserver *observer() const { return m_observer; }
    void setObserver(QZap::Internal::DomainObserver *newObserver);

    QZapDomain *q_ptr = nullptr;
    const QZap::Mechanism mechanism;
    QString name = QZap::AnyDomain;
    QStringList publishedFields;
    QZap::Internal::ProviderPointer provider;

protected:
    const std::shared_ptr<const DomainPolicy> &currentContent() const { return m_content; }
    // Returns a feed for stores that are loaded from now on; what comes by a former one is ignored
    // once there is other content.
    std::shared_ptr<QZap::Internal::StoreFeed> makeFeed();
    // Returns the current content with what its feed says now.
    std::shared_ptr<const DomainPolicy> fedContent() const;
    // Does what setContent() does, and emits nothing.
    void replaceContent(const std::shared_ptr<const DomainPolicy> &content,
                        const QList<Problem> &problems, Error kind);
    // Brings ready, errorString and the observer up to date.
    void update(bool wasReady);
    // Reports each problem to the observer, whose slots may set others, or delete the domain.
    void report(QList<Problem> problems, Error kind);
    // Reports a note that is not a problem, if its text or digest differs from the last one's. An
    // empty note clears it.
    void setNote(const QString &note, size_t digest = 0);
    // Logs the warnings that are not among those that were given, which they replace: files are
    // read again and again.
    static void warnOnce(const char *name, const QList<Problem> &warnings, QList<Problem> *given);

private:
    void reportNote() const;
    void emitChanges(bool wasReady);
    QList<Problem> closingProblems() const;
    QString currentErrorString() const;
    // The same with what the domain publishes, and whom it asks.
    std::shared_ptr<const DomainPolicy>
    completed(const std::shared_ptr<const DomainPolicy> &content) const;

    friend class QZapDomain;

    QZap::Internal::DomainObserver *m_observer = nullptr;
    std::shared_ptr<const DomainPolicy> m_content = unconfigured();
    std::shared_ptr<QZap::Internal::StoreFeed> m_feed; // the last one
    std::map<Closing, Problem> m_closingProblems;      // none of them empty
    Problem m_keyProblem;
    QList<Problem> m_contentProblems;
    Error m_contentErrorKind = Error::Configuration;
    QString m_errorString;
    QString m_note;
    size_t m_noteDigest = 0;
};

#endif // QZAPDOMAIN_P_H
