// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapplaindomain.h"

using namespace QZap::Internal;

ZapPlainDomain::ZapPlainDomain(QObject *parent)
    : QZapPlainDomain(parent)
    , m_bindingErrors(this, [this](BindingErrors::When when, const QString &problem) {
        if (when == BindingErrors::When::Creation)
            setConfigurationProblem(problem);
    })
{ }

void ZapPlainDomain::classBegin()
{
    m_bindingErrors.begin();
}

void ZapPlainDomain::componentComplete()
{
    m_bindingErrors.complete();
}
