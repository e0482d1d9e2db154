// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapcredentialsstore.h"

using namespace QZap::Internal;

// If a binding fails, the intended stale time is unknown: the store is stale at once.
ZapCredentialsStore::ZapCredentialsStore(QObject *parent)
    : QZapCredentialsStore(parent)
    , m_data(this)
    , m_bindingErrors(this, [this](BindingErrors::When when, const QString & /*problem*/) {
        if (when == BindingErrors::When::Creation)
            setStaleTime(0);
    })
{ }

QQmlListProperty<QObject> ZapCredentialsStore::data()
{
    return m_data.property();
}

void ZapCredentialsStore::classBegin()
{
    m_bindingErrors.begin();
}

void ZapCredentialsStore::componentComplete()
{
    m_bindingErrors.complete();
}
