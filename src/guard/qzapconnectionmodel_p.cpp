// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/qzapconnectionmodel_p.h"

#include "base/eventloopwatch.h"
#include "guard/qzapguard_p.h"
#include "models/modelview.h"
#include "sessions/qzapsession_p.h"

#include <QtCore/qdeadlinetimer.h>

#include <algorithm>
#include <chrono>
#include <iterator>

using namespace QZap::Internal;
using namespace std::chrono_literals;

namespace {

constexpr auto FrameSlice = 4ms; // of the event loop, in each frame
constexpr size_t MaximumBatch = 256;

// A model that is to be added to a guard in another thread. If the guard is destroyed before that,
// or the event is lost, the model is told.
class Subscription
{
public:
    explicit Subscription(std::shared_ptr<ConnectionChanges> model)
        : m_model(std::move(model))
    { }
    ~Subscription()
    {
        if (m_model)
            m_model->finish();
    }
    Q_DISABLE_COPY_MOVE(Subscription)

    std::shared_ptr<ConnectionChanges> take() { return std::exchange(m_model, nullptr); }

private:
    std::shared_ptr<ConnectionChanges> m_model;
};

} // namespace

QZapConnectionModelPrivate::QZapConnectionModelPrivate(QZapConnectionModel *q)
    : q_ptr(q)
    , m_invoker(std::make_shared<WeakInvoker>(q))
    , m_frame(q, [this] { update(); })
{
    new EventLoopWatch(q, {[this] { wake(); }}); // the event may have been lost
}

QZapConnectionModelPrivate::~QZapConnectionModelPrivate()
{
    m_invoker->close();
}

void QZapConnectionModelPrivate::setGuard(QZapGuard *newGuard)
{
    Q_Q(QZapConnectionModel);
    const QPointer<QZapConnectionModel> model(q);
    detach();
    guard = newGuard;
    if (newGuard) {
        m_guardPrivate = QZapGuardPrivate::get(newGuard);
        m_guardInvoker = m_guardPrivate->invoker();
        m_changes = createChanges();
    }
    const std::shared_ptr<ConnectionChanges> changes = m_changes;
    if (!rows.empty())
        remove({0, rowCount() - 1});
    if (!model || changes != m_changes) // a slot has deleted the model or set another guard
        return;
    if (newGuard)
        attach(m_guardPrivate);
    if (model)
        Q_EMIT q->guardChanged();
}

std::shared_ptr<ConnectionChanges> QZapConnectionModelPrivate::createChanges()
{
    return std::make_shared<ConnectionChanges>(
        [this, invoker = m_invoker] { invoker->post([this] { wake(); }); });
}

void QZapConnectionModelPrivate::attach(QZapGuardPrivate *guardPrivate)
{
    if (m_guardInvoker->objectHere()) {
        guardPrivate->addModel(m_changes);
        take();
        const QPointer<QZapConnectionModel> model(q_ptr);
        while (model && step())
            continue;
        return;
    }
    const auto subscription = std::make_shared<Subscription>(m_changes);
    m_guardInvoker->post(
        [guardPrivate, subscription] { guardPrivate->addModel(subscription->take()); });
}

void QZapConnectionModelPrivate::detach()
{
    m_changes.reset();
    m_guardInvoker.reset();
    m_guardPrivate = nullptr;
    m_closed.clear();
    m_revoked.clear();
    m_opened.clear();
    m_shown = 0;
    m_isLast = false;
}

void QZapConnectionModelPrivate::wake()
{
    m_isAwake = true;
    if (!m_isUpdating && !m_frame.isActive())
        m_frame.start(FrameInterval);
}

void QZapConnectionModelPrivate::update()
{
    m_frame.stop();
    if (m_isUpdating) // a slot runs an event loop
        return;
    m_isUpdating = true;
    const QPointer<QZapConnectionModel> model(q_ptr);
    const QDeadlineTimer deadline(FrameSlice);
    bool isUnfinished = true;
    while (isUnfinished && !deadline.hasExpired()) {
        isUnfinished = step();
        if (!model)
            return;
    }
    m_isUpdating = false;
    if (isUnfinished || m_isAwake)
        wake();
}

void QZapConnectionModelPrivate::take()
{
    m_isAwake = false;
    if (!m_changes)
        return;
    ConnectionChanges::Batch batch = m_changes->take();
    const auto serialsOf = [this](const QSet<const SessionRecord *> &sessions) {
        std::vector<quint64> serials;
        serials.reserve(static_cast<size_t>(sessions.size()));
        for (const SessionRecord *const session : sessions)
            serials.push_back(m_serials.value(session));
        std::sort(serials.begin(), serials.end());
        return serials;
    };
    m_closed = serialsOf(batch.closed);
    m_revoked = serialsOf(batch.revoked);
    m_opened = std::move(batch.opened);
    m_shown = 0;
    m_isLast = batch.isLast;
}

bool QZapConnectionModelPrivate::step()
{
    Q_Q(QZapConnectionModel);
    if (m_isLast) {
        release();
        return true;
    }
    if (const std::optional<Range> range = takeRange(&m_closed)) {
        remove(*range);
    } else if (const std::optional<Range> revoked = takeRange(&m_revoked)) {
        for (int row = revoked->first; row <= revoked->second; ++row)
            rows.at(static_cast<size_t>(row)).isRevoked = true;
        Q_EMIT q->dataChanged(q->index(revoked->first, 0),
                              q->index(revoked->second, QZapConnectionModel::FieldsColumn),
                              {QZapConnectionModel::RevokedRole});
    } else if (m_shown < m_opened.size()) {
        insertSome();
    } else if (m_isAwake) {
        take();
    } else {
        return false;
    }
    return true;
}

void QZapConnectionModelPrivate::insertSome()
{
    Q_Q(QZapConnectionModel);
    const size_t count = std::min(m_opened.size() - m_shown, MaximumBatch);
    const int first = rowCount();
    q->beginInsertRows({}, first, first + static_cast<int>(count) - 1);
    for (size_t i = 0; i < count; ++i) {
        ConnectionChanges::Opened &opened = m_opened.at(m_shown++);
        m_serials.insert(opened.session.get(), ++m_lastSerial);
        rows.push_back({std::move(opened.session), m_lastSerial, opened.isRevoked});
    }
    q->endInsertRows();
}

void QZapConnectionModelPrivate::remove(Range range)
{
    Q_Q(QZapConnectionModel);
    q->beginRemoveRows({}, range.first, range.second);
    const auto first = rows.begin() + range.first;
    const auto end = rows.begin() + range.second + 1;
    for (auto row = first; row != end; ++row)
        m_serials.remove(row->session.get());
    rows.erase(first, end);
    q->endRemoveRows();
}

// The guard was destroyed, or the event that adds the model to it was lost.
void QZapConnectionModelPrivate::release()
{
    Q_Q(QZapConnectionModel);
    if (!rows.empty()) {
        remove({0, rowCount() - 1});
        return; // and comes again
    }
    if (m_guardInvoker->isOpen()) {
        m_isLast = false;
        m_changes = createChanges();
        attach(m_guardPrivate);
        return;
    }
    detach();
    guard = nullptr;
    Q_EMIT q->guardChanged();
}

std::optional<QZapConnectionModelPrivate::Range>
QZapConnectionModelPrivate::takeRange(std::vector<quint64> *serials)
{
    while (!serials->empty()) {
        const std::optional<int> last = rowOf(serials->back());
        serials->pop_back();
        if (!last)
            continue;
        int first = *last;
        while (first > 0 && !serials->empty()
               && rows.at(static_cast<size_t>(first) - 1).serial == serials->back()) {
            serials->pop_back();
            --first;
        }
        return Range(first, *last);
    }
    return std::nullopt;
}

std::optional<int> QZapConnectionModelPrivate::rowOf(quint64 serial) const
{
    const auto found =
        std::lower_bound(rows.begin(), rows.end(), serial,
                         [](const Row &row, quint64 wanted) { return row.serial < wanted; });
    if (found == rows.end() || found->serial != serial)
        return std::nullopt;
    return static_cast<int>(std::distance(rows.begin(), found));
}

bool QZapConnectionModelPrivate::disconnect(const Session &session)
{
    if (!m_guardInvoker)
        return false;
    const QZapSession wanted = QZapSessionPrivate::create(session);
    if (auto *const here = qobject_cast<QZapGuard *>(m_guardInvoker->objectHere()))
        return here->disconnectPeer(wanted);
    return m_guardInvoker->post(
        [guardPrivate = m_guardPrivate, wanted] { guardPrivate->q_ptr->disconnectPeer(wanted); });
}
