// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPCURVEDOMAIN_H
#define ZAPCURVEDOMAIN_H

#include "bindingerrors.h"

#include <QZap/qzapcurvedomain.h>

#include <QtQml/qqml.h>
#include <QtQml/qqmlparserstatus.h>

class ZapCurveDomain : public QZapCurveDomain, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_ELEMENT

public:
    explicit ZapCurveDomain(QObject *parent = nullptr);

    void classBegin() override;
    void componentComplete() override;

private:
    QZap::Internal::BindingErrors m_bindingErrors;
};

#endif // ZAPCURVEDOMAIN_H
