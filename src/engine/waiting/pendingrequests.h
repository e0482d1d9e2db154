// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_ENGINE_WAITING_PENDINGREQUESTS_H
#define QZAP_ENGINE_WAITING_PENDINGREQUESTS_H

#include "engine/waiting/admissions.h"
#include "policy/providertable.h"
#include "providers/providerquestion.h"
#include "transport/zapmessage.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qpromise.h>
#include <QtCore/qtimer.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace QZap::Internal {

// A request that cannot be answered yet, and where its answer goes: to the socket, or to a promise.
struct PendingRequest
{
    enum class Reason {
        Store,
        Hash,
        Provider,
        Turn, // to be asked about, once fewer event loops are nested in each other
    };

    ZapMessage message;
    QByteArrayList rawFrames;
    std::shared_ptr<QPromise<QByteArrayList>> promise;
    std::optional<Admissions::Ticket> ticket; // once it was admitted, until it is answered
    bool isAnswered = false;
    Reason reason = Reason::Store;
    std::optional<QByteArray> userId; // that somebody has said
    QByteArray hash;                  // that is being checked
    ProviderPointer provider;         // that was asked
    std::shared_ptr<ProviderQuestion> question;
    QDeadlineTimer deadline = QDeadlineTimer(QDeadlineTimer::Forever);

    bool isRaw() const { return promise != nullptr; }
    // Neither a hash nor a provider is waited for any more.
    void forgetQuestion()
    {
        hash = {};
        provider.reset();
        question.reset();
    }
};

// The requests that wait, each until it is taken, once, to be answered.
class PendingRequests : public QObject
{
public:
    // The request's deadline has passed; it is still there, to be taken.
    using Expired = std::function<void(quint64 id)>;

    PendingRequests(QObject *parent, Expired expired);

    bool isEmpty() const { return m_entries.empty(); }

    // The id is to be asked for first where somebody must know it by then.
    quint64 nextId() { return ++m_lastId; }
    void add(quint64 id, PendingRequest request);
    // Of the one that was sent the same way, and so cannot be told apart by who sent it; 0 if none.
    quint64 idOf(const QByteArray &returnPath) const { return m_byReturnPath.value(returnPath); }
    PendingRequest *find(quint64 id);
    std::optional<PendingRequest> take(quint64 id);
    QList<quint64> ids(PendingRequest::Reason reason) const;
    QList<quint64> all() const;
    void setDeadline(quint64 id, QDeadlineTimer deadline);
    // Ends the timer in the current thread, which must be its own: no deadline is kept any more.
    void shutDown();

protected:
    bool event(QEvent *event) override;

private:
    void armTimer();
    void expire();

    using Deadlines = std::multimap<qint64, quint64>; // in ms of the monotonic clock
    struct Entry
    {
        PendingRequest request;
        std::optional<Deadlines::iterator> deadline;
    };
    using Entries = std::map<quint64, Entry>;

    void dropDeadline(Entry *entry);

    Expired m_expired;
    Entries m_entries;
    Deadlines m_deadlines; // each of an entry
    QHash<QByteArray, quint64> m_byReturnPath;
    QTimer *m_timer;
    quint64 m_lastId = 0;
};

} // namespace QZap::Internal

#endif // QZAP_ENGINE_WAITING_PENDINGREQUESTS_H
