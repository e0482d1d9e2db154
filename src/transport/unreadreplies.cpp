// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/unreadreplies.h"

#include <zmq.hpp>

#include <utility>

namespace QZap::Internal {

struct UnreadReplies::Mark
{
    std::shared_ptr<Count> count;
    QByteArray contents;
};

bool UnreadReplies::isKnownToBeFull(QByteArrayView requester) const
{
    const auto found = m_full.constFind(requester.toByteArray());
    if (found == m_full.constEnd())
        return false;
    if (*found.value() >= MaximumMarked)
        return true;
    m_full.erase(found);
    return false;
}

void UnreadReplies::mark(QByteArrayView requester, zmq::message_t *frame)
{
    m_sinceLast = 0;
    m_counts.removeIf([](const auto &entry) { return *entry.value() == 0; });
    const QByteArray name = requester.toByteArray();
    std::shared_ptr<Count> &count = m_counts[name];
    if (!count)
        count = std::make_shared<Count>(0);
    if (++*count >= MaximumMarked)
        m_full.insert(name, count);
    auto mark = std::make_unique<Mark>();
    mark->count = count;
    mark->contents =
        QByteArray(static_cast<const char *>(frame->data()), static_cast<qsizetype>(frame->size()));
    char *const contents = mark->contents.data();
    const auto size = static_cast<size_t>(mark->contents.size());
    frame->rebuild(
        contents, size,
        [](void * /*data*/, void *hint) {
            const std::unique_ptr<Mark> freed(static_cast<Mark *>(hint));
            --*freed->count;
        },
        mark.get());
    (void)mark.release(); // now owned by libzmq
}

} // namespace QZap::Internal
