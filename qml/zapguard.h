// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPGUARD_H
#define ZAPGUARD_H

#include "bindingerrors.h"
#include "objectlist.h"

#include <QZap/qzapguard.h>

#include <QtQml/qqml.h>
#include <QtQml/qqmllist.h>
#include <QtQml/qqmlparserstatus.h>

// A guard that authorizes nobody if one of its bindings has failed during its creation: the
// property would otherwise keep its default, which may be less strict.
class ZapGuard : public QZapGuard, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    Q_PROPERTY(QZapAuthenticator *authenticator READ authenticator WRITE setAuthenticator NOTIFY
                   authenticatorChanged)
    Q_PROPERTY(QQmlListProperty<QObject> data READ data CONSTANT)
    Q_CLASSINFO("DefaultProperty", "data")
    QML_ELEMENT

public:
    explicit ZapGuard(QObject *parent = nullptr);

    void setAuthenticator(QZapAuthenticator *authenticator);
    QQmlListProperty<QObject> data();

    void classBegin() override;
    void componentComplete() override;

private:
    void close();

    QZap::Internal::BindingErrors m_bindingErrors;
    QZap::Internal::ObjectList m_data;
    bool m_isClosed = false;
};

#endif // ZAPGUARD_H
