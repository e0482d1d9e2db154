// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPGUARD_H
#define QZAPGUARD_H

#include <QZap/qzap.h>
#include <QZap/qzapauthenticator.h>
#include <QZap/qzapincludeorder.h>
#include <QZap/qzapsession.h>

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <memory>
#include <type_traits>
#include <utility>

struct zmq_msg_t;
class QZapGuardPrivate;

class QZAP_EXPORT QZapGuard : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QZapAuthenticator *authenticator READ authenticator WRITE setAuthenticator NOTIFY
                   authenticatorChanged)
    Q_PROPERTY(bool disconnectRevokedPeers READ disconnectsRevokedPeers WRITE
                   setDisconnectRevokedPeers NOTIFY disconnectRevokedPeersChanged)
    Q_PROPERTY(bool enforcesLockdown READ enforcesLockdown WRITE setEnforcesLockdown NOTIFY
                   enforcesLockdownChanged)
    Q_PROPERTY(SilentPeerPolicy silentPeerPolicy READ silentPeerPolicy WRITE setSilentPeerPolicy
                   NOTIFY silentPeerPolicyChanged)
    Q_PROPERTY(int silentSweepInterval READ silentSweepInterval WRITE setSilentSweepInterval NOTIFY
                   silentSweepIntervalChanged)
    Q_PROPERTY(bool canDisconnect READ canDisconnect NOTIFY canDisconnectChanged)
    Q_PROPERTY(qint64 connectionCount READ connectionCount NOTIFY connectionCountChanged)
    Q_PROPERTY(qint64 revokedCount READ revokedCount NOTIFY revokedCountChanged)
    Q_PROPERTY(qint64 silentDisconnectionCount READ silentDisconnectionCount NOTIFY
                   silentDisconnectionCountChanged)
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorOccurred)
    Q_DISABLE_COPY_MOVE(QZapGuard)
    Q_DECLARE_PRIVATE(QZapGuard)

    // For types with cppzmq's handle() of a message: zmq::message_t.
    template <typename M>
    using IfMessage = std::enable_if_t<
        std::is_convertible_v<decltype(std::declval<std::remove_reference_t<M> &>().handle()),
                              const zmq_msg_t *>,
        bool>;

public:
    enum class SilentPeerPolicy { Disconnect, Keep };
    Q_ENUM(SilentPeerPolicy)

    explicit QZapGuard(QObject *parent = nullptr);
    explicit QZapGuard(QZapAuthenticator *authenticator, QObject *parent = nullptr);
    ~QZapGuard() override;

    QZapAuthenticator *authenticator() const;
    void setAuthenticator(QZapAuthenticator *authenticator);

    [[nodiscard]] bool setSocket(void *socket);
    template <typename S, QZap::IfHandle<S> = true>
    [[nodiscard]] bool setSocket(S &&socket)
    {
        return setSocket(static_cast<void *>(socket.handle()));
    }
#ifndef Q_QDOC
    template <typename T, QZap::IfTypedPointer<T> = true>
    bool setSocket(T *) = delete;
#endif
    void clearSocket();

    bool disconnectsRevokedPeers() const;
    void setDisconnectRevokedPeers(bool disconnect);
    bool enforcesLockdown() const;
    void setEnforcesLockdown(bool enforces);
    SilentPeerPolicy silentPeerPolicy() const;
    void setSilentPeerPolicy(SilentPeerPolicy policy);
    int silentSweepInterval() const;
    void setSilentSweepInterval(int milliseconds);
    void setSilentSweepInterval(std::chrono::milliseconds interval);
    bool canDisconnect() const;
    qint64 connectionCount() const;
    qint64 revokedCount() const;
    qint64 silentDisconnectionCount() const;
    QString errorString() const;

    QZapSession session(const zmq_msg_t *message) const;
    bool isAuthorized(const zmq_msg_t *message) const;
    QString userId(const zmq_msg_t *message) const;
    QString field(const zmq_msg_t *message, const QString &name) const;
    Q_INVOKABLE bool isAuthorized(const QZapSession &session) const;

    template <typename M, IfMessage<M> = true>
    QZapSession session(M &&message) const
    {
        return session(static_cast<const zmq_msg_t *>(message.handle()));
    }
    template <typename M, IfMessage<M> = true>
    bool isAuthorized(M &&message) const
    {
        return isAuthorized(static_cast<const zmq_msg_t *>(message.handle()));
    }
    template <typename M, IfMessage<M> = true>
    QString userId(M &&message) const
    {
        return userId(static_cast<const zmq_msg_t *>(message.handle()));
    }
    template <typename M, IfMessage<M> = true>
    QString field(M &&message, const QString &name) const
    {
        return field(static_cast<const zmq_msg_t *>(message.handle()), name);
    }
#ifndef Q_QDOC
    QZapSession session(const void *) const = delete;
    bool isAuthorized(const void *) const = delete;
    QString userId(const void *) const = delete;
    QString field(const void *, const QString &) const = delete;
#endif

    Q_INVOKABLE bool disconnectPeer(const QZapSession &session);
    Q_INVOKABLE void sweep();

Q_SIGNALS:
    void revoked(const QZapSession &session, const QString &reason);
    void disconnected(const QZapSession &session);
    void unauthorized(const QString &reason);
    void errorOccurred(const QString &message);

    void authenticatorChanged();
    void disconnectRevokedPeersChanged();
    void enforcesLockdownChanged();
    void silentPeerPolicyChanged();
    void silentSweepIntervalChanged();
    void canDisconnectChanged();
    void connectionCountChanged();
    void revokedCountChanged();
    void silentDisconnectionCountChanged();

private:
    std::unique_ptr<QZapGuardPrivate> d_ptr;
};

#endif // QZAPGUARD_H
