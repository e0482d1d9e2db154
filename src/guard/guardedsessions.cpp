// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/guardedsessions.h"

#include "base/clock.h"
#include "base/workerpool.h"
#include "policy/decide.h"
#include "sessions/sessiontoken.h"
#include "transport/peermessage.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace QZap::Internal {

namespace {

constexpr char NoSession[] = "The message has no session of the authenticator";
constexpr char Forged[] = "The session of the message is forged";
constexpr char Foreign[] = "The session of the message is another authenticator's or socket's";
constexpr char Ended[] = "The session of the message has ended";
constexpr char LockedDown[] = "The authenticator is locked down";
constexpr char Closed[] = "The authenticator was destroyed";
constexpr char NoAuthenticator[] = "The guard has no authenticator";

// Before all times of expiry.
qint64 beginning()
{
    return 0;
}

} // namespace

GuardedSessions::GuardedSessions(Hooks hooks)
    : m_hooks(std::move(hooks))
    , m_slots(SlotCount)
{ }

void GuardedSessions::setCore(const std::shared_ptr<SessionCore> &core)
{
    for (std::mutex &lock : m_locks)
        lock.lock();
    if (m_core)
        m_former[m_core->id()] = m_core->numbers().last();
    m_core = core;
    m_endedUpTo = core ? m_former.value(core->id(), 0) : 0;
    std::fill(m_slots.begin(), m_slots.end(), Slot());
    m_ended.clear();
    setDecided(nullptr, 0);
    for (std::mutex &lock : m_locks)
        lock.unlock();
}

void GuardedSessions::setScope(const GuardedSocket &socket)
{
    for (std::mutex &lock : m_locks)
        lock.lock();
    m_scope = socket;
    m_isPublisher = socket.isPublisher;
    std::fill(m_slots.begin(), m_slots.end(), Slot());
    setDecided(nullptr, 0);
    for (std::mutex &lock : m_locks)
        lock.unlock();
}

// The policy may be large, and this may be its last user.
void GuardedSessions::setDecided(std::shared_ptr<const Policy> policy, quint64 version)
{
    {
        const std::scoped_lock lock(m_decidedMutex);
        m_decidedVersion = version;
        if (m_decided == policy)
            return;
        m_decided.swap(policy);
    }
    if (policy)
        WorkerPool::release(std::move(policy));
}

GuardedSessions::Answer GuardedSessions::check(const zmq_msg_t *message, Wanted wanted)
{
    const QByteArrayView token = message ? messageField(message, SessionField) : QByteArrayView();
    if (token.isEmpty()) {
        const bool isOwn = m_isPublisher && message && isOwnUnsubscription(message);
        return {nullptr, false, isOwn ? nullptr : NoSession};
    }
    if (token.size() < SessionHeadSize)
        return {nullptr, false, Forged};
    const size_t index = SessionToken::slotOf(token) % SlotCount;
    Session unknown;
    {
        const std::scoped_lock lock(lockOf(index));
        Slot &slot = m_slots[index];
        if (!slot.session || std::memcmp(slot.head.data(), token.data(), slot.head.size()) != 0) {
            const char *problem = nullptr;
            unknown = read(message, token, &problem);
            if (!unknown)
                return {nullptr, false, problem};
            fill(&slot, unknown);
        } else {
            Answer answer = judged(&slot);
            if (wanted == Wanted::SessionAndAuthorization)
                answer.session = slot.session;
            return answer;
        }
    }
    // If libzmq does not know the peer's address, it attaches no descriptor, and the peer may claim
    // one.
    const int descriptor = unknown->address.isEmpty() ? -1 : messageDescriptor(message);
    // First, so that the session's connection is known when it ends.
    m_hooks.seen(unknown, descriptor);
    return check(unknown);
}

GuardedSessions::Answer GuardedSessions::check(const Session &session)
{
    const size_t index = SessionToken::slotOf({session->head.data(), SessionHeadSize}) % SlotCount;
    const std::scoped_lock lock(lockOf(index));
    if (!m_core)
        return {session, false, NoAuthenticator};
    if (!isInScope(*session))
        return {session, false, Foreign};
    Slot &slot = m_slots[index];
    if (!slot.session || slot.head != session->head)
        fill(&slot, session);
    Answer answer = judged(&slot);
    answer.session = session;
    return answer;
}

bool GuardedSessions::isInScope(const SessionRecord &session) const
{
    return session.authenticator == m_core->id()
           && (m_scope.mechanism == Mechanism::Unknown
               || (session.mechanism == m_scope.mechanism && session.domain == m_scope.domain));
}

void GuardedSessions::fill(Slot *slot, const Session &session)
{
    *slot = Slot();
    slot->session = session;
    slot->head = session->head;
    slot->isEnded = session->number <= m_endedUpTo || m_ended.contains(session->number);
}

GuardedSessions::Session GuardedSessions::read(const zmq_msg_t *message, QByteArrayView token,
                                               const char **problem) const
{
    *problem = m_core ? Forged : NoAuthenticator;
    std::shared_ptr<SessionRecord> session = m_core ? SessionToken::read(token) : nullptr;
    if (!session)
        return nullptr;
    *problem = Foreign;
    if (!isInScope(*session) || session->address != messageAddress(message))
        return nullptr;
    for (const QByteArray &name : std::as_const(session->fieldNames)) {
        const QByteArrayView value = messageField(message, name.constData());
        session->fields.insert(QString::fromLatin1(name), QString::fromUtf8(value));
    }
    return session;
}

GuardedSessions::Answer GuardedSessions::judged(Slot *slot)
{
    const quint64 version = m_core->policies().version();
    if (slot->version != version
        || (!slot->isEnded && KeyStore::isExpired(slot->notAfter, Clock::wall))) {
        judgeAnew(slot, version);
    }
    if (slot->isEnded)
        return {nullptr, false, Ended};
    if (slot->isClosed)
        return {nullptr, false, Closed};
    if (slot->isLockedDown && m_enforcesLockdown)
        return {nullptr, false, LockedDown};
    return {nullptr, true, nullptr};
}

void GuardedSessions::judgeAnew(Slot *slot, quint64 version)
{
    slot->version = version;
    slot->isClosed = !m_core->isOpen();
    if (slot->isEnded || slot->isClosed)
        return;
    const std::shared_ptr<const Policy> policy = m_core->policies().current();
    SessionVerdict verdict = judge(*slot->session, *policy);
    if (verdict.isTemporary)
        expireByLastVerdict(slot, &verdict);
    else
        slot->decidedVersion = version;
    if (m_core->isRevoked(*slot->session))
        verdict.reason = QByteArrayLiteral("The session was revoked");
    slot->notAfter = verdict.notAfter;
    slot->isLockedDown = policy->lockdown;
    slot->isEnded = verdict.isEnded();
    if (slot->isEnded && m_ended.add(slot->session->number))
        m_hooks.ended(slot->session, QString::fromUtf8(verdict.reason));
}

void GuardedSessions::expireByLastVerdict(Slot *slot, SessionVerdict *verdict) const
{
    verdict->notAfter = slot->notAfter;
    {
        const std::scoped_lock lock(m_decidedMutex);
        if (m_decided && m_decidedVersion > slot->decidedVersion) {
            const SessionVerdict last = judge(*slot->session, *m_decided, beginning);
            if (!last.isTemporary && !last.isEnded()) {
                verdict->notAfter = last.notAfter;
                slot->decidedVersion = m_decidedVersion;
            }
        }
    }
    if (KeyStore::isExpired(verdict->notAfter, Clock::wall)) {
        verdict->reason = slot->session->mechanism == Mechanism::Plain ? UserExpired : KeyExpired;
    }
}

} // namespace QZap::Internal
