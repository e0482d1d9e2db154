// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_DOMAINLABELS_H
#define QZAP_REPORTING_DOMAINLABELS_H

#include "base/bytehash.h"
#include "policy/policy.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qlist.h>

#include <unordered_map>

namespace QZap::Internal {

// Numbers the domains that statistics are kept for: a domain that is configured under its name, "*"
// for others while the domain for all domains is configured, and "other" for the rest. The number
// of labels does not depend on what peers send.
class DomainLabels
{
public:
    static constexpr QByteArrayView Other = "other";
    static constexpr qsizetype Maximum = 10'000; // further domains count as "other"

    DomainLabels() { (void)numberOf(Other); }

    // Returns the number of the domain's label. The policy is identified by its version.
    size_t find(QByteArrayView domain, const Policy &policy, quint64 version)
    {
        // Most requests of a server have the same domain.
        if (version != m_version || !isEqual(domain, m_domain))
            lookUp(domain, policy, version);
        return m_number;
    }
    // The number of the label for domains that are not configured.
    static constexpr size_t OtherNumber = 0;
    // Returns the labels in the order of their numbers.
    const QList<QByteArray> &labels() const { return m_labels; }

private:
    void lookUp(QByteArrayView domain, const Policy &policy, quint64 version);
    // The label is valid as long as the domain is.
    static QByteArrayView labelOf(QByteArrayView domain, const Policy &policy);
    size_t numberOf(QByteArrayView label);

    std::unordered_map<ByteKey, size_t, ByteKey::Hash> m_numbers;
    QList<QByteArray> m_labels;
    // The last domain that was looked up.
    QByteArray m_domain;
    quint64 m_version = 0;
    size_t m_number = OtherNumber;
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_DOMAINLABELS_H
