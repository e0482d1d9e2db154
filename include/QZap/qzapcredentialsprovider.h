// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCREDENTIALSPROVIDER_H
#define QZAPCREDENTIALSPROVIDER_H

#include <QZap/qzapdecision.h>

#include <QtCore/qobject.h>

#include <memory>

class QZapCredentialsProviderPrivate;

class QZAP_EXPORT QZapCredentialsProvider : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(QZapCredentialsProvider)
    Q_DECLARE_PRIVATE(QZapCredentialsProvider)

public:
    explicit QZapCredentialsProvider(QObject *parent = nullptr);
    ~QZapCredentialsProvider() override;

    virtual void authenticate(const QZapDecision &decision);

Q_SIGNALS:
    void authenticating(const QZapDecision &decision);
    void expired(const QZapDecision &decision, const QString &why);

private:
    std::unique_ptr<QZapCredentialsProviderPrivate> d_ptr;
};

#endif // QZAPCREDENTIALSPROVIDER_H
