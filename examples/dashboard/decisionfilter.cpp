// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "decisionfilter.h"

#include <QZap/QZapActivityModel>

#include <array>

void DecisionFilter::setText(const QString &text)
{
    if (m_text == text)
        return;
    m_text = text;
    invalidateRowsFilter();
    Q_EMIT textChanged();
}

void DecisionFilter::setVerdict(Verdict verdict)
{
    if (m_verdict == verdict)
        return;
    m_verdict = verdict;
    invalidateRowsFilter();
    Q_EMIT verdictChanged();
}

bool DecisionFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    if (m_verdict != Any) {
        Verdict verdict = Refused;
        const auto status = index.data(QZapActivityModel::VerdictRole).value<QZap::Status>();
        if (status == QZap::Status::Success)
            verdict = Accepted;
        else if (status == QZap::Status::TemporaryError)
            verdict = PutOff;
        if (verdict != m_verdict)
            return false;
    }
    if (m_text.isEmpty())
        return true;
    constexpr std::array Searched{QZapActivityModel::UserRole, QZapActivityModel::AddressRole,
                                  QZapActivityModel::DomainRole, QZapActivityModel::ReasonRole};
    return std::any_of(Searched.begin(), Searched.end(), [&](int role) {
        return index.data(role).toString().contains(m_text, Qt::CaseInsensitive);
    });
}
