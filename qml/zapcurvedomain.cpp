// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapcurvedomain.h"

using namespace QZap::Internal;

ZapCurveDomain::ZapCurveDomain(QObject *parent)
    : QZapCurveDomain(parent)
    , m_bindingErrors(this, [this](BindingErrors::When when, const QString &problem) {
        if (when == BindingErrors::When::Creation)
            setConfigurationProblem(problem);
    })
{ }

void ZapCurveDomain::classBegin()
{
    m_bindingErrors.begin();
}

void ZapCurveDomain::componentComplete()
{
    m_bindingErrors.complete();
}
