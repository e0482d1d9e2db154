// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPCREDENTIALSPROVIDER_H
#define ZAPCREDENTIALSPROVIDER_H

#include "objectlist.h"

#include <QZap/qzapcredentialsprovider.h>

#include <QtQml/qqml.h>
#include <QtQml/qqmllist.h>

class ZapCredentialsProvider : public QZapCredentialsProvider
{
    Q_OBJECT
    Q_PROPERTY(QQmlListProperty<QObject> data READ data CONSTANT)
    Q_CLASSINFO("DefaultProperty", "data")
    QML_ELEMENT

public:
    explicit ZapCredentialsProvider(QObject *parent = nullptr);

    QQmlListProperty<QObject> data();

private:
    QZap::Internal::ObjectList m_data;
};

#endif // ZAPCREDENTIALSPROVIDER_H
