// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_WATCHING_INOTIFYHUB_H
#define QZAP_CREDENTIALS_WATCHING_INOTIFYHUB_H

#include <QtCore/qglobal.h>

#ifdef Q_OS_LINUX
#    include "credentials/watching/inotify.h"

#    include <functional>
#    include <map>
#    include <memory>
#    include <vector>

class QObject;
class QSocketNotifier;

namespace QZap::Internal {

// Shares an inotify descriptor among several users in one thread, since a user of the system may
// have only 128 of them by default. Each user gets the events that it has asked for.
//
// An event that a user's listener cannot handle because memory has run out is replaced by an
// overflow.
class InotifyHub : public std::enable_shared_from_this<InotifyHub>
{
public:
    struct Listener
    {
        // Must not add or remove watches. Must not throw if the queue has overflowed.
        std::function<void(const Inotify::Event &)> event;
        // Called after each batch of events.
        std::function<void()> handled;
    };

    // One of the users. Its watches are removed when it is destroyed.
    class User
    {
    public:
        User(std::shared_ptr<InotifyHub> hub, Listener listener);
        ~User();
        Q_DISABLE_COPY_MOVE(User)

        // Adds a watch and returns it, or a negative errno. The mask is added to that of an
        // existing watch.
        int add(const QByteArray &path, quint32 mask);
        void remove(int watch);
        InotifyHub &hub() const { return *m_hub; }

    private:
        friend class InotifyHub;

        const std::shared_ptr<InotifyHub> m_hub;
        const Listener m_listener;
        bool m_hasEvents = false;
    };

    // Makes take() return the same hub from now on in the calling thread, whose objects must not be
    // moved to another thread.
    static void shareInThisThread();
    // Returns a hub that is read from the event loop of the owner's thread. A hub that is not
    // shared moves to another thread with its owner.
    [[nodiscard]] static std::shared_ptr<InotifyHub> take(QObject *owner);

    ~InotifyHub();
    Q_DISABLE_COPY_MOVE(InotifyHub)

    bool isValid() const { return m_inotify.isValid(); }
    // Returns the errno that explains why the hub is invalid.
    int error() const { return m_inotify.error(); }
    // Reads the pending events and passes them to all users, up to Inotify::ReadSize bytes.
    void read();
    // Call this when the thread has a new event dispatcher.
    void resume();

private:
    struct Use
    {
        User *user = nullptr;
        quint32 mask = 0;
    };

    explicit InotifyHub(QObject *owner);

    int add(User *user, const QByteArray &path, quint32 mask);
    void remove(User *user, int watch);
    void remove(User *user);
    void pass(const Inotify::Event &event);
    static void pass(User *user, const Inotify::Event &event);

    QObject *const m_owner; // null if it is shared
    Inotify m_inotify;
    std::unique_ptr<QSocketNotifier> m_notifier; // deleted before the descriptor is closed
    std::vector<User *> m_users;
    std::map<int, std::vector<Use>> m_uses; // by the watch
};

} // namespace QZap::Internal

#endif // Q_OS_LINUX

#endif // QZAP_CREDENTIALS_WATCHING_INOTIFYHUB_H
