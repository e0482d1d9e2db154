// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPDECISION_H
#define QZAPDECISION_H

#include <QZap/qzapcredentials.h>
#include <QZap/qzapreply.h>
#include <QZap/qzaprequest.h>

#include <QtCore/qfuture.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>

#include <chrono>
#include <memory>

QT_FORWARD_DECLARE_CLASS(QDebug)
class QZapDecisionPrivate;

class QZAP_EXPORT QZapDecision
{
    Q_GADGET
    Q_PROPERTY(QZapRequest request READ request)
    Q_PROPERTY(QString userId READ userId)
    Q_PROPERTY(bool pending READ isPending)

public:
    QZapDecision();
    QZapDecision(const QZapDecision &other);
    QZapDecision(QZapDecision &&other) noexcept;
    QZapDecision &operator=(const QZapDecision &other);
    QZapDecision &operator=(QZapDecision &&other) noexcept;
    ~QZapDecision();

    void swap(QZapDecision &other) noexcept { d.swap(other.d); }

    bool isNull() const { return !d; }
    QZapRequest request() const;
    QZapCredentials credentials() const;
    QString userId() const;
    Q_INVOKABLE bool isPending() const;
    Q_INVOKABLE bool checkPassword(const QString &password) const;

    Q_INVOKABLE bool accept() const;
    Q_INVOKABLE bool accept(const QString &userId) const;
    Q_INVOKABLE bool accept(const QString &userId, const QVariantMap &metadata) const;
    Q_INVOKABLE bool reject(const QString &reason) const;
    Q_INVOKABLE bool retryLater(const QString &reason) const;
    bool resolve(const QFuture<bool> &future) const;
    bool resolve(const QFuture<QZapReply> &future) const;

    Q_INVOKABLE bool defer() const;
    Q_INVOKABLE bool defer(int milliseconds) const;
    bool defer(std::chrono::milliseconds limit) const;

private:
    friend class QZapDecisionPrivate;

    std::shared_ptr<QZapDecisionPrivate> d;
};

Q_DECLARE_SHARED(QZapDecision)

#ifndef QT_NO_DEBUG_STREAM
QZAP_EXPORT QDebug operator<<(QDebug debug, const QZapDecision &decision);
#endif

#endif // QZAPDECISION_H
