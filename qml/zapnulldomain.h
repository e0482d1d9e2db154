// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPNULLDOMAIN_H
#define ZAPNULLDOMAIN_H

#include "bindingerrors.h"

#include <QZap/qzapnulldomain.h>

#include <QtQml/qqml.h>
#include <QtQml/qqmlparserstatus.h>

class ZapNullDomain : public QZapNullDomain, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_ELEMENT

public:
    explicit ZapNullDomain(QObject *parent = nullptr);

    void classBegin() override;
    void componentComplete() override;

private:
    QZap::Internal::BindingErrors m_bindingErrors;
};

#endif // ZAPNULLDOMAIN_H
