// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPSOCKETNOTIFIER_H
#define QZAPSOCKETNOTIFIER_H

#include <QZap/qzap.h>

#include <QtCore/qobject.h>

#include <memory>

class QZapSocketNotifierPrivate;

class QZAP_EXPORT QZapSocketNotifier : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool enabled READ isEnabled WRITE setEnabled)
    Q_PROPERTY(bool writeEnabled READ isWriteEnabled WRITE setWriteEnabled)
    Q_DISABLE_COPY_MOVE(QZapSocketNotifier)
    Q_DECLARE_PRIVATE(QZapSocketNotifier)

public:
    explicit QZapSocketNotifier(void *socket, QObject *parent = nullptr);
    template <typename S, QZap::IfHandle<S> = true>
    explicit QZapSocketNotifier(S &&socket, QObject *parent = nullptr)
        : QZapSocketNotifier(static_cast<void *>(socket.handle()), parent)
    { }
#ifndef Q_QDOC
    template <typename T, QZap::IfTypedPointer<T> = true>
    explicit QZapSocketNotifier(T *, QObject * = nullptr) = delete;
#endif
    ~QZapSocketNotifier() override;

    bool isEnabled() const;
    bool isWriteEnabled() const;

public Q_SLOTS:
    void setEnabled(bool enabled);
    void setWriteEnabled(bool enabled);
    void recheck();

Q_SIGNALS:
    void readable();
    void writable();
    void contextTerminated();

protected:
    bool event(QEvent *event) override;

private:
    std::unique_ptr<QZapSocketNotifierPrivate> d_ptr;
};

#endif // QZAPSOCKETNOTIFIER_H
