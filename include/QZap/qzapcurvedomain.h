// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCURVEDOMAIN_H
#define QZAPCURVEDOMAIN_H

#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapdomain.h>

#include <QtCore/qstringlist.h>

class QZapCurveDomainPrivate;

class QZAP_EXPORT QZapCurveDomain : public QZapDomain
{
    Q_OBJECT
    Q_PROPERTY(QString location READ location WRITE setLocation NOTIFY locationChanged)
    Q_PROPERTY(
        QStringList nameFilters READ nameFilters WRITE setNameFilters NOTIFY nameFiltersChanged)
    Q_PROPERTY(QString userIdField READ userIdField WRITE setUserIdField NOTIFY userIdFieldChanged)
    Q_PROPERTY(QZapCredentialsStore *store READ store WRITE setStore NOTIFY storeChanged)
    Q_DECLARE_PRIVATE(QZapCurveDomain)

public:
    explicit QZapCurveDomain(QObject *parent = nullptr);
    ~QZapCurveDomain() override;

    QString location() const;
    void setLocation(const QString &location);
    QStringList nameFilters() const;
    void setNameFilters(const QStringList &filters);
    QString userIdField() const;
    void setUserIdField(const QString &field);
    QZapCredentialsStore *store() const;
    void setStore(QZapCredentialsStore *store);

Q_SIGNALS:
    void locationChanged();
    void nameFiltersChanged();
    void userIdFieldChanged();
    void storeChanged();
};

#endif // QZAPCURVEDOMAIN_H
