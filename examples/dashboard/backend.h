// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef BACKEND_H
#define BACKEND_H

#include "demo.h"
#include "keydirectory.h"
#include "options.h"
#include "serversockets.h"
#include "userlist.h"

#include <QZap/QZapAuthenticator>

#include <QtCore/qtemporarydir.h>
#include <QtQml/qqmlregistration.h>

#include <memory>
#include <optional>

// The objects that the windows use: sockets, files, and the demonstration if there is one.
class Backend : public QObject
{
    Q_OBJECT
    Q_PROPERTY(ServerSockets *server READ server CONSTANT)
    Q_PROPERTY(KeyDirectory *keys READ keys CONSTANT)
    Q_PROPERTY(UserList *users READ users CONSTANT)
    Q_PROPERTY(Demo *demo READ demo CONSTANT)
    Q_PROPERTY(QString theme READ theme CONSTANT)
    Q_PROPERTY(QString monospace READ monospace CONSTANT)
    QML_ELEMENT
    QML_UNCREATABLE("The program makes it.")

public:
    // Returns null and sets the reason if the data directory cannot be used. The context must
    // outlive the result.
    static std::unique_ptr<Backend> create(zmq::context_t &context, const Options &options,
                                           QString *errorMessage);
    ~Backend() override;

    ServerSockets *server() const { return m_server.get(); }
    KeyDirectory *keys() const { return m_keys.get(); }
    UserList *users() const { return m_users.get(); }
    Demo *demo() const { return m_demo.get(); }
    QString theme() const { return m_theme; }
    QString monospace() const;

    // Returns whether a peer was refused only because its key is unknown.
    Q_INVOKABLE bool lacksKey(const QZapAuthenticator *authenticator, const QString &address,
                              const QString &publicKey) const;
    Q_INVOKABLE void copy(const QString &text) const;

private:
    Backend() = default;

    std::optional<QTemporaryDir> m_demoDirectory;
    QString m_theme;
    std::unique_ptr<KeyDirectory> m_keys;
    std::unique_ptr<UserList> m_users;
    std::unique_ptr<ServerSockets> m_server;
    std::unique_ptr<Demo> m_demo;
};

#endif // BACKEND_H
