// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPPLAINDOMAIN_H
#define ZAPPLAINDOMAIN_H

#include "bindingerrors.h"

#include <QZap/qzapplaindomain.h>

#include <QtQml/qqml.h>
#include <QtQml/qqmlparserstatus.h>

class ZapPlainDomain : public QZapPlainDomain, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_ELEMENT

public:
    explicit ZapPlainDomain(QObject *parent = nullptr);

    void classBegin() override;
    void componentComplete() override;

private:
    QZap::Internal::BindingErrors m_bindingErrors;
};

#endif // ZAPPLAINDOMAIN_H
