// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPREPLY_H
#define QZAPREPLY_H

#include <QZap/qzap.h>
#include <QZap/qzapincludeorder.h>

#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>

QT_FORWARD_DECLARE_CLASS(QDebug)
class QZapReplyPrivate;

class QZAP_EXPORT QZapReply
{
    Q_GADGET
    Q_PROPERTY(QZap::Status status READ status)
    Q_PROPERTY(QString statusText READ statusText)
    Q_PROPERTY(QString userId READ userId)
    Q_PROPERTY(QVariantMap metadata READ metadata)
    Q_PROPERTY(bool enforced READ isEnforced)

public:
    QZapReply();
    QZapReply(const QZapReply &other);
    QZapReply(QZapReply &&other) noexcept;
    QZapReply &operator=(const QZapReply &other);
    QZapReply &operator=(QZapReply &&other) noexcept;
    ~QZapReply();

    void swap(QZapReply &other) noexcept { d.swap(other.d); }

    [[nodiscard]] static QZapReply accept(const QString &userId, const QVariantMap &metadata = {});
    [[nodiscard]] static QZapReply reject(const QString &reason);
    [[nodiscard]] static QZapReply retryLater(const QString &reason);
    [[nodiscard]] static QZapReply internalError(const QString &reason);

    QZap::Status status() const;
    QString statusText() const;
    QString userId() const;
    QVariantMap metadata() const;
    bool isEnforced() const;

    bool setMetadata(const QVariantMap &metadata, QString *errorMessage = nullptr);

private:
    friend class QZapReplyPrivate;
    QZapReply(QZap::Status status, const QString &statusText);

    QSharedDataPointer<QZapReplyPrivate> d;
};

Q_DECLARE_SHARED(QZapReply)

#ifndef QT_NO_DEBUG_STREAM
QZAP_EXPORT QDebug operator<<(QDebug debug, const QZapReply &reply);
#endif

#endif // QZAPREPLY_H
