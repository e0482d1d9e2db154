// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_EXPLANATION_H
#define QZAP_AUTHENTICATOR_EXPLANATION_H

#include "authenticator/addresslists.h"
#include "authenticator/domains/domainregistry.h"
#include "base/problem.h"
#include "engine/evaluation/evaluator.h"
#include "policy/policy.h"

#include <QZap/qzaplockout.h>

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

namespace QZap::Internal {

// Explains an evaluation to people: every step of decide(), in the same order, and the answer. Does
// not disclose whether the password of a known user is correct.
class Explanation
{
public:
    // The arguments must outlive the object. The evaluation must be a valid one by this policy.
    Explanation(const Policy &policy, const AddressLists &addresses, const DomainRegistry &domains,
                const QZapLockout &lockout, const Problem &configurationProblem);

    // Returns the explanation, one sentence per line. The last line is the answer.
    [[nodiscard]] QString explain(const Evaluation &evaluation);

private:
    // These add the sentences of a step, and return whether the next step was taken.
    bool explainState();
    void explainLockout(const Request &request);
    void explainRules(const Evaluation &evaluation);
    bool explainAddress(const Request &request);
    bool explainDomain(const Request &request, const DomainTable::Match &match);
    bool explainDomainState(const Request &request, const DomainPolicy &domain);

    void explainCredentials(const Request &request, const DomainPolicy &domain);
    void explainKey(const Request &request, const DomainPolicy &domain);
    void explainExpiry(const QString &subject, qint64 notAfter);
    void explainUser(const Request &request, const DomainPolicy &domain);
    void explainUnused(const QString &what, const QString &path, const UnusedEntries::Entry &entry);
    void explainErrors();
    void explainMissingDomain(const Request &request);
    void explainNearestDomain(const QString &name);
    void explainProvider(const Evaluation &evaluation);
    void explainMissingProvider(const Evaluation &evaluation);
    void explainAnswer(const Evaluation &evaluation);

    // Returns the mechanisms that the domain of this name is configured for, as a list in text.
    QString mechanismsOf(const QString &name) const;
    // Returns the object that is responsible for the request; null if there is none.
    const QZapDomain *domainFor(const Request &request, bool fellBack) const;
    void add(const QString &sentence) { m_sentences.append(sentence); }

    const Policy &m_policy;
    const AddressLists &m_addresses;
    const DomainRegistry &m_domains;
    const QZapLockout &m_lockout;
    const Problem &m_configurationProblem;
    QStringList m_sentences;
    const QZapDomain *m_domain = nullptr; // the one that is responsible
    bool m_hidesAnswer = false;           // it would disclose whether a password is correct
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_EXPLANATION_H
