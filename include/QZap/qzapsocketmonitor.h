// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPSOCKETMONITOR_H
#define QZAPSOCKETMONITOR_H

#include <QZap/qzap.h>
#include <QZap/qzapincludeorder.h>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <memory>

class QZapSocketMonitorPrivate;

class QZAP_EXPORT QZapSocketMonitor : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool valid READ isValid NOTIFY validChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY validChanged)
    Q_DISABLE_COPY_MOVE(QZapSocketMonitor)
    Q_DECLARE_PRIVATE(QZapSocketMonitor)

public:
    explicit QZapSocketMonitor(void *socket, QObject *parent = nullptr);
    template <typename S, QZap::IfHandle<S> = true>
    explicit QZapSocketMonitor(S &&socket, QObject *parent = nullptr)
        : QZapSocketMonitor(static_cast<void *>(socket.handle()), parent)
    { }
#ifndef Q_QDOC
    template <typename T, QZap::IfTypedPointer<T> = true>
    explicit QZapSocketMonitor(T *, QObject * = nullptr) = delete;
#endif
    ~QZapSocketMonitor() override;

    bool isValid() const;
    QString errorString() const;
    bool willRetry() const;

Q_SIGNALS:
    void connected();
    void accepted();
    void refused(QZap::Status status);
    void failed(const QString &reason);
    void disconnected();
    void retrying(int milliseconds);
    void validChanged(bool valid);

private:
    std::unique_ptr<QZapSocketMonitorPrivate> d_ptr;
};

#endif // QZAPSOCKETMONITOR_H
