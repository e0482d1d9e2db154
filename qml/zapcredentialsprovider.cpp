// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "zapcredentialsprovider.h"

ZapCredentialsProvider::ZapCredentialsProvider(QObject *parent)
    : QZapCredentialsProvider(parent)
    , m_data(this)
{ }

QQmlListProperty<QObject> ZapCredentialsProvider::data()
{
    return m_data.property();
}
