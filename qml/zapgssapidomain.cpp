// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapgssapidomain.h"

using namespace QZap::Internal;

ZapGssapiDomain::ZapGssapiDomain(QObject *parent)
    : QZapGssapiDomain(parent)
    , m_bindingErrors(this, [this](BindingErrors::When when, const QString &problem) {
        if (when == BindingErrors::When::Creation)
            setConfigurationProblem(problem);
    })
{ }

void ZapGssapiDomain::classBegin()
{
    m_bindingErrors.begin();
}

void ZapGssapiDomain::componentComplete()
{
    m_bindingErrors.complete();
}
