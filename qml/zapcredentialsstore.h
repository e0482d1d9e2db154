// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPCREDENTIALSSTORE_H
#define ZAPCREDENTIALSSTORE_H

#include "bindingerrors.h"
#include "objectlist.h"

#include <QZap/qzapcredentialsstore.h>

#include <QtQml/qqml.h>
#include <QtQml/qqmllist.h>
#include <QtQml/qqmlparserstatus.h>

class ZapCredentialsStore : public QZapCredentialsStore, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    Q_PROPERTY(QQmlListProperty<QObject> data READ data CONSTANT)
    Q_CLASSINFO("DefaultProperty", "data")
    QML_ELEMENT

public:
    explicit ZapCredentialsStore(QObject *parent = nullptr);

    QQmlListProperty<QObject> data();

    void classBegin() override;
    void componentComplete() override;

private:
    QZap::Internal::ObjectList m_data;
    QZap::Internal::BindingErrors m_bindingErrors;
};

#endif // ZAPCREDENTIALSSTORE_H
