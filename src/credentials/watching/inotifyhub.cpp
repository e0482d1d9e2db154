// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/watching/inotifyhub.h"

#ifdef Q_OS_LINUX
#    include <QtCore/qcoreevent.h>
#    include <QtCore/qsocketnotifier.h>

#    include <algorithm>
#    include <new>
#    include <utility>

#    include <sys/inotify.h>

namespace QZap::Internal {

namespace {

// The events that are sent for every watch.
constexpr quint32 AlwaysMask = IN_IGNORED | IN_UNMOUNT;

// Not connected: QObject::connect() crashes if memory runs out.
class Notifier final : public QSocketNotifier
{
public:
    Notifier(InotifyHub *hub, int descriptor, QObject *parent)
        : QSocketNotifier(descriptor, Read, parent)
        , m_hub(hub)
    { }

protected:
    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::SockAct)
            return QSocketNotifier::event(event);
        m_hub->read(); // may delete this object
        return true;
    }

private:
    InotifyHub *const m_hub;
};

// These have no destructors, which would keep a plugin loaded until the threads end.
thread_local bool isSharing = false;
thread_local InotifyHub *shared = nullptr; // of this thread, and destroyed in it

} // namespace

InotifyHub::User::User(std::shared_ptr<InotifyHub> hub, Listener listener)
    : m_hub(std::move(hub))
    , m_listener(std::move(listener))
{
    m_hub->m_users.push_back(this);
}

InotifyHub::User::~User()
{
    m_hub->remove(this);
}

int InotifyHub::User::add(const QByteArray &path, quint32 mask)
{
    return m_hub->add(this, path, mask);
}

void InotifyHub::User::remove(int watch)
{
    m_hub->remove(this, watch);
}

void InotifyHub::shareInThisThread()
{
    isSharing = true;
}

std::shared_ptr<InotifyHub> InotifyHub::take(QObject *owner)
{
    if (shared)
        return shared->shared_from_this();
    std::shared_ptr<InotifyHub> hub(new InotifyHub(isSharing ? nullptr : owner));
    if (hub->isValid()) {
        hub->resume();
        if (isSharing)
            shared = hub.get();
    }
    return hub;
}

InotifyHub::InotifyHub(QObject *owner)
    : m_owner(owner)
{ }

InotifyHub::~InotifyHub()
{
    if (shared == this)
        shared = nullptr;
}

void InotifyHub::resume()
{
    m_notifier.reset();
    m_notifier = std::make_unique<Notifier>(this, m_inotify.descriptor(), m_owner);
}

void InotifyHub::read()
{
    const auto guard = shared_from_this(); // its last user may be destroyed
    m_inotify.read([this](const Inotify::Event &event) { pass(event); });
    for (;;) {
        const auto next = std::find_if(m_users.cbegin(), m_users.cend(),
                                       [](const User *user) { return user->m_hasEvents; });
        if (next == m_users.cend())
            return;
        (*next)->m_hasEvents = false;
        (*next)->m_listener.handled(); // may add and remove users
    }
}

void InotifyHub::pass(const Inotify::Event &event)
{
    if ((event.mask & IN_Q_OVERFLOW) != 0) {
        for (User *const user : m_users)
            pass(user, event);
        return;
    }
    const auto uses = m_uses.find(event.watch);
    if (uses == m_uses.cend())
        return; // no longer watched
    for (const Use &use : uses->second) {
        if ((event.mask & (use.mask | AlwaysMask)) != 0)
            pass(use.user, event);
    }
}

void InotifyHub::pass(User *user, const Inotify::Event &event)
{
    user->m_hasEvents = true;
    try {
        user->m_listener.event(event);
    } catch (const std::bad_alloc &) {
        user->m_listener.event({-1, IN_Q_OVERFLOW, {}});
    }
}

int InotifyHub::add(User *user, const QByteArray &path, quint32 mask)
{
    const int watch = m_inotify.add(path, mask);
    if (watch < 0)
        return watch;
    try {
        std::vector<Use> &uses = m_uses[watch];
        const auto known = std::find_if(uses.begin(), uses.end(),
                                        [user](const Use &use) { return use.user == user; });
        if (known == uses.end())
            uses.push_back({user, mask & IN_ALL_EVENTS});
        else
            known->mask |= mask & IN_ALL_EVENTS;
    } catch (const std::bad_alloc &) {
        remove(user, watch);
        throw;
    }
    return watch;
}

void InotifyHub::remove(User *user, int watch)
{
    const auto uses = m_uses.find(watch);
    if (uses != m_uses.end()) {
        std::vector<Use> &each = uses->second;
        each.erase(std::remove_if(each.begin(), each.end(),
                                  [user](const Use &use) { return use.user == user; }),
                   each.end());
        if (!each.empty())
            return;
        m_uses.erase(uses);
    }
    m_inotify.remove(watch);
}

void InotifyHub::remove(User *user)
{
    m_users.erase(std::remove(m_users.begin(), m_users.end(), user), m_users.end());
    for (auto uses = m_uses.begin(); uses != m_uses.end();) {
        const int watch = uses->first;
        ++uses; // remove() may erase this entry
        remove(user, watch);
    }
}

} // namespace QZap::Internal

#endif // Q_OS_LINUX
