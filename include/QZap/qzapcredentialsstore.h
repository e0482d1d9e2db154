// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCREDENTIALSSTORE_H
#define QZAPCREDENTIALSSTORE_H

#include <QZap/qzapcredentialsupdate.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariantlist.h>

#include <chrono>
#include <memory>

class QZapCredentialsStorePrivate;

class QZAP_EXPORT QZapCredentialsStore : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool ready READ isReady NOTIFY readyChanged)
    Q_PROPERTY(qint64 count READ count NOTIFY countChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)
    Q_PROPERTY(int staleTime READ staleTime WRITE setStaleTime NOTIFY staleTimeChanged)
    Q_PROPERTY(QDateTime confirmedAt READ confirmedAt NOTIFY confirmedAtChanged)
    Q_DISABLE_COPY_MOVE(QZapCredentialsStore)
    Q_DECLARE_PRIVATE(QZapCredentialsStore)

public:
    // Not scoped, so that QML and C++ can write QZapCredentialsStore::Delta as well.
    enum Mode { Delta, ReplaceAll };
    Q_ENUM(Mode)

    explicit QZapCredentialsStore(QObject *parent = nullptr);
    ~QZapCredentialsStore() override;

    [[nodiscard]] QZapCredentialsUpdate begin(Mode mode);

    bool isReady() const;
    qint64 count() const;
    QString errorString() const;
    int staleTime() const;
    void setStaleTime(int milliseconds);
    void setStaleTime(std::chrono::milliseconds time);
    QDateTime confirmedAt() const;

    Q_INVOKABLE bool replaceKeys(const QVariantList &keys);

public Q_SLOTS:
    void confirm();

Q_SIGNALS:
    void readyChanged();
    void countChanged();
    void errorStringChanged();
    void staleTimeChanged();
    void confirmedAtChanged();
    void aboutToBeDestroyed();

private:
    std::unique_ptr<QZapCredentialsStorePrivate> d_ptr;
};

#endif // QZAPCREDENTIALSSTORE_H
