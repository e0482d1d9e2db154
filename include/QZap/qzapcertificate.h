// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCERTIFICATE_H
#define QZAPCERTIFICATE_H

#include <QZap/qzapglobal.h>
#include <QZap/qzapincludeorder.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qflags.h>
#include <QtCore/qmap.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>

#include <optional>

QT_FORWARD_DECLARE_CLASS(QDebug)
class QZapCertificatePrivate;

class QZAP_EXPORT QZapCertificate
{
    Q_GADGET
    Q_PROPERTY(bool null READ isNull)
    Q_PROPERTY(QString publicKeyText READ publicKeyText)
    Q_PROPERTY(QVariant notAfter READ notAfterVariant)

public:
    enum class SaveOption {
        None = 0x0,
        Overwrite = 0x1,
    };
    Q_DECLARE_FLAGS(SaveOptions, SaveOption)
    Q_FLAG(SaveOptions)

    QZapCertificate();
    QZapCertificate(const QZapCertificate &other);
    QZapCertificate(QZapCertificate &&other) noexcept;
    QZapCertificate &operator=(const QZapCertificate &other);
    QZapCertificate &operator=(QZapCertificate &&other) noexcept;
    ~QZapCertificate();

    void swap(QZapCertificate &other) noexcept { d.swap(other.d); }

    [[nodiscard]] static QZapCertificate generate();
    [[nodiscard]] static std::optional<QZapCertificate> load(const QString &file,
                                                             QString *errorMessage = nullptr);
    [[nodiscard]] static std::optional<QZapCertificate> fromPublicKey(const QByteArray &z85);

    bool save(const QString &directory, const QString &name, SaveOptions options = {},
              QString *errorMessage = nullptr) const;

    bool isNull() const;
    QByteArray publicKey() const;
    QString publicKeyText() const;
    bool hasSecretKey() const;
    QByteArray secretKeyText() const;

    QMap<QString, QString> metadata() const;
    bool setMetadata(const QString &name, const QString &value, QString *errorMessage = nullptr);

    std::optional<QDateTime> notAfter() const;
    bool setNotAfter(const std::optional<QDateTime> &time, QString *errorMessage = nullptr);

    friend bool operator==(const QZapCertificate &lhs, const QZapCertificate &rhs)
    {
        return lhs.equals(rhs);
    }
    friend bool operator!=(const QZapCertificate &lhs, const QZapCertificate &rhs)
    {
        return !lhs.equals(rhs);
    }

private:
    bool equals(const QZapCertificate &other) const;
    QVariant notAfterVariant() const;

    QSharedDataPointer<QZapCertificatePrivate> d;
};

Q_DECLARE_OPERATORS_FOR_FLAGS(QZapCertificate::SaveOptions)
Q_DECLARE_SHARED(QZapCertificate)

#ifndef QT_NO_DEBUG_STREAM
QZAP_EXPORT QDebug operator<<(QDebug debug, const QZapCertificate &certificate);
#endif

#endif // QZAPCERTIFICATE_H
