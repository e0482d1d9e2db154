// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPDECISION_P_H
#define QZAPDECISION_P_H

#include "providers/providerquestion.h"

#include <QZap/qzapdecision.h>

#include <memory>
#include <utility>

// Shared by the copies of a handle; destroyed with the last of them.
class QZapDecisionPrivate
{
public:
    using ProviderQuestion = QZap::Internal::ProviderQuestion;

    explicit QZapDecisionPrivate(std::shared_ptr<ProviderQuestion> q)
        : question(std::move(q))
    { }
    ~QZapDecisionPrivate() { question->abandon(); }
    Q_DISABLE_COPY_MOVE(QZapDecisionPrivate)

    static QZapDecision create(const std::shared_ptr<ProviderQuestion> &question)
    {
        QZapDecision decision;
        decision.d = std::make_shared<QZapDecisionPrivate>(question);
        return decision;
    }
    static const QZapDecisionPrivate *get(const QZapDecision &decision) { return decision.d.get(); }

    const std::shared_ptr<ProviderQuestion> question;
};

#endif // QZAPDECISION_P_H
