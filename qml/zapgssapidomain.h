// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPGSSAPIDOMAIN_H
#define ZAPGSSAPIDOMAIN_H

#include "bindingerrors.h"

#include <QZap/qzapgssapidomain.h>

#include <QtQml/qqml.h>
#include <QtQml/qqmlparserstatus.h>

class ZapGssapiDomain : public QZapGssapiDomain, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_ELEMENT

public:
    explicit ZapGssapiDomain(QObject *parent = nullptr);

    void classBegin() override;
    void componentComplete() override;

private:
    QZap::Internal::BindingErrors m_bindingErrors;
};

#endif // ZAPGSSAPIDOMAIN_H
