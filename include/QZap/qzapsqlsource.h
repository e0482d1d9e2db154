// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPSQLSOURCE_H
#define QZAPSQLSOURCE_H

#include <QZap/qzapcredentialsstore.h>
#include <QZap/qzapsqlglobal.h>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <memory>

class QZapSqlSourcePrivate;

class QZAPSQL_EXPORT QZapSqlSource : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QZapCredentialsStore *store READ store WRITE setStore NOTIFY storeChanged)
    Q_PROPERTY(QString driver READ driver WRITE setDriver NOTIFY driverChanged)
    Q_PROPERTY(QString connectionOptions READ connectionOptions WRITE setConnectionOptions NOTIFY
                   connectionOptionsChanged)
    Q_PROPERTY(QString domain READ domain WRITE setDomain NOTIFY domainChanged)
    Q_PROPERTY(int pollInterval READ pollInterval WRITE setPollInterval NOTIFY pollIntervalChanged)
    Q_PROPERTY(
        QString notifyChannel READ notifyChannel WRITE setNotifyChannel NOTIFY notifyChannelChanged)
    Q_PROPERTY(bool running READ isRunning WRITE setRunning NOTIFY runningChanged)
    Q_PROPERTY(bool connected READ isConnected NOTIFY connectedChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_DISABLE_COPY_MOVE(QZapSqlSource)
    Q_DECLARE_PRIVATE(QZapSqlSource)

public:
    explicit QZapSqlSource(QObject *parent = nullptr);
    explicit QZapSqlSource(QZapCredentialsStore *store, QObject *parent = nullptr);
    ~QZapSqlSource() override;

    QZapCredentialsStore *store() const;
    void setStore(QZapCredentialsStore *store);
    QString driver() const;
    void setDriver(const QString &driver);
    QString connectionOptions() const;
    void setConnectionOptions(const QString &options);
    QString domain() const;
    void setDomain(const QString &domain);
    int pollInterval() const;
    void setPollInterval(int milliseconds);
    void setPollInterval(std::chrono::milliseconds interval);
    QString notifyChannel() const;
    void setNotifyChannel(const QString &channel);

    bool isRunning() const;
    void setRunning(bool running);
    bool isConnected() const;
    QString errorString() const;

public Q_SLOTS:
    bool start();
    void stop();

Q_SIGNALS:
    void errorOccurred(const QString &message);

    void storeChanged();
    void driverChanged();
    void connectionOptionsChanged();
    void domainChanged();
    void pollIntervalChanged();
    void notifyChannelChanged();
    void runningChanged();
    void connectedChanged();
    void errorStringChanged();

private:
    std::unique_ptr<QZapSqlSourcePrivate> d_ptr;
};

#endif // QZAPSQLSOURCE_H
