// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCREDENTIALS_H
#define QZAPCREDENTIALS_H

#include <QZap/qzap.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>

QT_FORWARD_DECLARE_CLASS(QDebug)
class QZapCredentialsPrivate;

class QZAP_EXPORT QZapCredentials
{
    Q_GADGET

public:
    QZapCredentials();
    QZapCredentials(const QZapCredentials &other);
    QZapCredentials(QZapCredentials &&other) noexcept;
    QZapCredentials &operator=(const QZapCredentials &other);
    QZapCredentials &operator=(QZapCredentials &&other) noexcept;
    ~QZapCredentials();

    void swap(QZapCredentials &other) noexcept { d.swap(other.d); }

    [[nodiscard]] static QZapCredentials null();
    [[nodiscard]] static QZapCredentials plain(const QString &user, const QByteArray &password);
    [[nodiscard]] static QZapCredentials curve(const QByteArray &key);
    [[nodiscard]] static QZapCredentials gssapi(const QString &principal);

    QZap::Mechanism mechanism() const;
    QString userName() const;
    QByteArray password() const;
    QByteArray publicKey() const;
    QString principal() const;

private:
    QExplicitlySharedDataPointer<QZapCredentialsPrivate> d;
};

Q_DECLARE_SHARED(QZapCredentials)

#ifndef QT_NO_DEBUG_STREAM
QZAP_EXPORT QDebug operator<<(QDebug debug, const QZapCredentials &credentials);
#endif

#endif // QZAPCREDENTIALS_H
