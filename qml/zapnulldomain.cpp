// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapnulldomain.h"

using namespace QZap::Internal;

ZapNullDomain::ZapNullDomain(QObject *parent)
    : QZapNullDomain(parent)
    , m_bindingErrors(this, [this](BindingErrors::When when, const QString &problem) {
        if (when == BindingErrors::When::Creation)
            setConfigurationProblem(problem);
    })
{ }

void ZapNullDomain::classBegin()
{
    m_bindingErrors.begin();
}

void ZapNullDomain::componentComplete()
{
    m_bindingErrors.complete();
}
