// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_REFUSALS_H
#define QZAP_AUTHENTICATOR_REFUSALS_H

#include "authenticator/configurationsubject.h"
#include "base/problem.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>

namespace QZap::Internal {

// The refused values of a configuration. While there is one, nobody is let in, since the intended
// restriction is unknown. A subject has at most one refusal, the last one.
class Refusals
{
public:
    void add(const ConfigurationSubject &subject, const Problem &problem)
    {
        m_problems.insert(subject.key(), problem);
    }
    // Withdraws a refusal. Returns whether there was one.
    bool remove(const ConfigurationSubject &subject)
    {
        return m_problems.remove(subject.key()) > 0;
    }
    // Returns the problem of one refusal, or an empty problem.
    Problem problem() const { return m_problems.isEmpty() ? Problem() : m_problems.first(); }
    QList<Problem> problems() const { return m_problems.values(); }

private:
    QMap<QByteArray, Problem> m_problems;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_REFUSALS_H
