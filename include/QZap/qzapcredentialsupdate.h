// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCREDENTIALSUPDATE_H
#define QZAPCREDENTIALSUPDATE_H

#include <QZap/qzapglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qfuture.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>

#include <memory>
#include <optional>

class QZapCredentialsUpdatePrivate;

class QZAP_EXPORT QZapCredentialsUpdate
{
public:
    QZapCredentialsUpdate(QZapCredentialsUpdate &&other) noexcept;
    QZapCredentialsUpdate &operator=(QZapCredentialsUpdate &&other) noexcept;
    ~QZapCredentialsUpdate();
    Q_DISABLE_COPY(QZapCredentialsUpdate)

    void swap(QZapCredentialsUpdate &other) noexcept { d.swap(other.d); }

    bool skipsInvalidEntries() const;
    void setSkipsInvalidEntries(bool skips);

    bool upsertKey(const QByteArray &publicKey, const QString &userId = {},
                   const QVariantMap &fields = {}, std::optional<QDateTime> notAfter = {});
    bool upsertUser(const QString &name, const QByteArray &hash, const QVariantMap &fields = {},
                    std::optional<QDateTime> notAfter = {});
    bool removeKey(const QByteArray &publicKey);
    bool removeUser(const QString &name);

    QFuture<bool> commit();
    QString errorString() const;

private:
    friend class QZapCredentialsUpdatePrivate;

    explicit QZapCredentialsUpdate(std::unique_ptr<QZapCredentialsUpdatePrivate> dd);

    std::unique_ptr<QZapCredentialsUpdatePrivate> d;
};

#endif // QZAPCREDENTIALSUPDATE_H
