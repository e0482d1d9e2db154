// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPREQUEST_H
#define QZAPREQUEST_H

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>

QT_FORWARD_DECLARE_CLASS(QDebug)
class QZapRequestPrivate;

class QZAP_EXPORT QZapRequest
{
    Q_GADGET
    Q_PROPERTY(QString domain READ domain)
    Q_PROPERTY(QString address READ address)
    Q_PROPERTY(QByteArray identity READ identity)
    Q_PROPERTY(QZap::Mechanism mechanism READ mechanism)
    Q_PROPERTY(QString userName READ userName)
    Q_PROPERTY(QString publicKeyText READ publicKeyText)
    Q_PROPERTY(QString principal READ principal)
    Q_PROPERTY(QDateTime timestamp READ timestamp)

public:
    QZapRequest();
    QZapRequest(const QZapRequest &other);
    QZapRequest(QZapRequest &&other) noexcept;
    QZapRequest &operator=(const QZapRequest &other);
    QZapRequest &operator=(QZapRequest &&other) noexcept;
    ~QZapRequest();

    void swap(QZapRequest &other) noexcept { d.swap(other.d); }

    QString domain() const;
    QString address() const;
    QByteArray identity() const;
    QZap::Mechanism mechanism() const;
    QString userName() const;
    QString publicKeyText() const;
    QString principal() const;
    QDateTime timestamp() const;

private:
    friend class QZapRequestPrivate;

    QExplicitlySharedDataPointer<QZapRequestPrivate> d;
};

Q_DECLARE_SHARED(QZapRequest)

#ifndef QT_NO_DEBUG_STREAM
QZAP_EXPORT QDebug operator<<(QDebug debug, const QZapRequest &request);
#endif

#endif // QZAPREQUEST_H
