// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPSESSION_H
#define QZAPSESSION_H

#include <QZap/qzap.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantmap.h>

#include <memory>

class QZapSessionPrivate;
namespace QZap::Internal {
struct SessionRecord;
}

class QZAP_EXPORT QZapSession
{
    Q_GADGET
    Q_PROPERTY(bool null READ isNull)
    Q_PROPERTY(quint64 number READ number)
    Q_PROPERTY(QString userId READ userId)
    Q_PROPERTY(QVariantMap fields READ fields)
    Q_PROPERTY(QString address READ address)
    Q_PROPERTY(QString domain READ domain)
    Q_PROPERTY(QZap::Mechanism mechanism READ mechanism)
    Q_PROPERTY(QDateTime since READ since)

public:
    QZapSession();
    QZapSession(const QZapSession &other);
    QZapSession(QZapSession &&other) noexcept;
    QZapSession &operator=(const QZapSession &other);
    QZapSession &operator=(QZapSession &&other) noexcept;
    ~QZapSession();

    void swap(QZapSession &other) noexcept { d.swap(other.d); }

    bool isNull() const { return !d; }
    quint64 number() const;
    QString userId() const;
    QString field(const QString &name) const;
    QVariantMap fields() const;
    QString address() const;
    QString domain() const;
    QZap::Mechanism mechanism() const;
    QDateTime since() const;

    friend bool operator==(const QZapSession &lhs, const QZapSession &rhs)
    {
        return lhs.isSameAs(rhs);
    }
    friend bool operator!=(const QZapSession &lhs, const QZapSession &rhs)
    {
        return !lhs.isSameAs(rhs);
    }

private:
    friend class QZapSessionPrivate;

    bool isSameAs(const QZapSession &other) const;

    std::shared_ptr<const QZap::Internal::SessionRecord> d;
};

Q_DECLARE_SHARED(QZapSession)

#endif // QZAPSESSION_H
