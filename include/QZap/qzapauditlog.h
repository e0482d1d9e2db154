// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPAUDITLOG_H
#define QZAPAUDITLOG_H

#include <QZap/qzapauthenticator.h>
#include <QZap/qzapglobal.h>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <memory>

class QZapAuditLogPrivate;

class QZAP_EXPORT QZapAuditLog : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QZapAuthenticator *authenticator READ authenticator WRITE setAuthenticator NOTIFY
                   authenticatorChanged)
    Q_PROPERTY(QString fileName READ fileName WRITE setFileName NOTIFY fileNameChanged)
    Q_PROPERTY(qint64 maximumSize READ maximumSize WRITE setMaximumSize NOTIFY maximumSizeChanged)
    Q_PROPERTY(int maximumAge READ maximumAge WRITE setMaximumAge NOTIFY maximumAgeChanged)
    Q_PROPERTY(int maximumFiles READ maximumFiles WRITE setMaximumFiles NOTIFY maximumFilesChanged)
    Q_PROPERTY(int syncInterval READ syncInterval WRITE setSyncInterval NOTIFY syncIntervalChanged)
    Q_PROPERTY(qint64 lostCount READ lostCount NOTIFY lostCountChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_DISABLE_COPY_MOVE(QZapAuditLog)
    Q_DECLARE_PRIVATE(QZapAuditLog)

public:
    explicit QZapAuditLog(QObject *parent = nullptr);
    explicit QZapAuditLog(QZapAuthenticator *authenticator, QObject *parent = nullptr);
    ~QZapAuditLog() override;

    QZapAuthenticator *authenticator() const;
    void setAuthenticator(QZapAuthenticator *authenticator);
    QString fileName() const;
    void setFileName(const QString &fileName);

    qint64 maximumSize() const;
    void setMaximumSize(qint64 bytes);
    int maximumAge() const;
    void setMaximumAge(int seconds);
    void setMaximumAge(std::chrono::seconds age);
    int maximumFiles() const;
    void setMaximumFiles(int maximum);
    int syncInterval() const;
    void setSyncInterval(int milliseconds);
    void setSyncInterval(std::chrono::milliseconds interval);

    qint64 lostCount() const;
    QString errorString() const;

Q_SIGNALS:
    void errorOccurred(const QString &message);

    void authenticatorChanged();
    void fileNameChanged();
    void maximumSizeChanged();
    void maximumAgeChanged();
    void maximumFilesChanged();
    void syncIntervalChanged();
    void lostCountChanged();
    void errorStringChanged();

private:
    std::unique_ptr<QZapAuditLogPrivate> d_ptr;
};

#endif // QZAPAUDITLOG_H
