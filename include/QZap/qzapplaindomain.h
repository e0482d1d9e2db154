// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPPLAINDOMAIN_H
#define QZAPPLAINDOMAIN_H

#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapdomain.h>

#include <QtCore/qstringlist.h>
#include <QtCore/qvariantmap.h>

class QZapPlainDomainPrivate;

class QZAP_EXPORT QZapPlainDomain : public QZapDomain
{
    Q_OBJECT
    Q_PROPERTY(
        QString passwordFile READ passwordFile WRITE setPasswordFile NOTIFY passwordFileChanged)
    Q_PROPERTY(QStringList users READ users NOTIFY usersChanged)
    Q_PROPERTY(QVariantMap passwords READ passwords WRITE setPasswords NOTIFY usersChanged)
    Q_PROPERTY(int maximumHashMemory READ maximumHashMemory WRITE setMaximumHashMemory NOTIFY
                   maximumHashMemoryChanged)
    Q_PROPERTY(QZapCredentialsStore *store READ store WRITE setStore NOTIFY storeChanged)
    Q_DECLARE_PRIVATE(QZapPlainDomain)

public:
    explicit QZapPlainDomain(QObject *parent = nullptr);
    ~QZapPlainDomain() override;

    QString passwordFile() const;
    void setPasswordFile(const QString &file);
    QStringList users() const;
    QVariantMap passwords() const;
    void setPasswords(const QVariantMap &passwords);
    int maximumHashMemory() const;
    void setMaximumHashMemory(int mebibytes);
    QZapCredentialsStore *store() const;
    void setStore(QZapCredentialsStore *store);

Q_SIGNALS:
    void passwordFileChanged();
    void usersChanged();
    void maximumHashMemoryChanged();
    void storeChanged();
};

#endif // QZAPPLAINDOMAIN_H
