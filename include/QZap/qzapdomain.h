// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPDOMAIN_H
#define QZAPDOMAIN_H

#include <QZap/qzap.h>
#include <QZap/qzapcredentialsprovider.h>

#include <QtCore/qobject.h>
#include <QtCore/qstringlist.h>

#include <memory>

class QZapDomainPrivate;

class QZAP_EXPORT QZapDomain : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QString name READ name WRITE setName NOTIFY nameChanged)
    Q_PROPERTY(QZap::Mechanism mechanism READ mechanism CONSTANT)
    Q_PROPERTY(QStringList publishedFields READ publishedFields WRITE setPublishedFields NOTIFY
                   publishedFieldsChanged)
    Q_PROPERTY(QZapCredentialsProvider *credentialsProvider READ credentialsProvider WRITE
                   setCredentialsProvider NOTIFY credentialsProviderChanged)
    Q_PROPERTY(bool reportOnly READ isReportOnly WRITE setReportOnly NOTIFY reportOnlyChanged)
    Q_PROPERTY(bool ready READ isReady NOTIFY readyChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_DISABLE_COPY_MOVE(QZapDomain)
    Q_DECLARE_PRIVATE(QZapDomain)

public:
    ~QZapDomain() override;

    QString name() const;
    void setName(const QString &name);
    QZap::Mechanism mechanism() const;
    QStringList publishedFields() const;
    void setPublishedFields(const QStringList &fields);
    QZapCredentialsProvider *credentialsProvider() const;
    void setCredentialsProvider(QZapCredentialsProvider *provider);
    bool isReportOnly() const;
    void setReportOnly(bool reportOnly);
    bool isReady() const;
    QString errorString() const;

Q_SIGNALS:
    void nameChanged();
    void publishedFieldsChanged();
    void credentialsProviderChanged();
    void reportOnlyChanged();
    void readyChanged();
    void errorStringChanged();

protected:
    QZapDomain(std::unique_ptr<QZapDomainPrivate> dd, QObject *parent);

    void setConfigurationProblem(const QString &problem);

    std::unique_ptr<QZapDomainPrivate> d_ptr;
};

#endif // QZAPDOMAIN_H
