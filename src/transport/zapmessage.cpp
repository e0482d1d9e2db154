// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/zapmessage_p.h"

#include "base/bytehash.h"
#include "protocol/request.h"

#include <algorithm>
#include <cstring>

namespace QZap::Internal {

void ZapMessage::Deleter::operator()(Frames *frames) const
{
    delete frames;
}

void ZapMessage::Frames::setViews(const int *sizes)
{
    kept = std::min(total, Limit);
    keptSize = 0;
    for (size_t i = 0; i < kept; ++i) {
        views[i] = {sizes[i] > 0 ? static_cast<const char *>(messages[i].data()) : "", sizes[i]};
        keptSize += sizes[i];
    }
}

void ZapMessage::Frames::setReply(const Reply &answer)
{
    const auto set = [](zmq::message_t *frame, QByteArrayView bytes) {
        if (!bytes.isEmpty())
            frame->rebuild(bytes.data(), static_cast<size_t>(bytes.size()));
        else if (!frame->empty())
            frame->rebuild();
    };
    set(reply.data(), answer.code);
    // libzmq frees only the first frame of a reply with this code. Empty frames need no memory.
    set(&reply[1], isEqual(answer.code, DisconnectCode) ? QByteArrayView() : answer.text);
    set(&reply[2], answer.userId);
    set(&reply[3], answer.metadata);
    if (QByteArrayView &version = views[static_cast<size_t>(request)];
        !isEqual(version, ZapVersion)) {
        set(&messages[static_cast<size_t>(request)], ZapVersion);
        version = ZapVersion;
    }
}

RequestFrames ZapMessage::request() const
{
    if (!m_frames || m_frames->request < 0)
        return {};
    const qsizetype start = m_frames->request;
    return {m_frames->views.data() + start, static_cast<qsizetype>(m_frames->kept) - start,
            static_cast<qsizetype>(m_frames->total) - start};
}

qint64 ZapMessage::receivedAt() const
{
    return m_frames->received;
}

QByteArray ZapMessage::returnPath() const
{
    QByteArray path;
    const RequestFrames request = this->request();
    if (request.count() <= RequestFrames::RequestId)
        return path;
    const auto append = [&path](QByteArrayView frame) {
        path += QByteArray::number(frame.size()) + ':';
        path += frame;
    };
    // The reply starts with the envelope, the delimiter and the request id; the version is the same
    // in every reply.
    for (qsizetype i = 0; i < m_frames->request; ++i)
        append(m_frames->views[static_cast<size_t>(i)]);
    append(request[RequestFrames::RequestId]);
    return path;
}

void ZapMessage::wipeCredentials()
{
    const RequestFrames request = this->request();
    if (curveQuestion(request))
        return;
    for (qsizetype i = RequestFrames::Credentials; i < request.count(); ++i) {
        zmq::message_t &message = m_frames->messages[static_cast<size_t>(m_frames->request + i)];
        // Shared or constant data belongs to a sender in this process, and may not be writable.
        if (zmq_msg_get(message.handle(), ZMQ_SHARED) == 0)
            std::memset(message.data(), 0, static_cast<size_t>(request[i].size()));
    }
}

} // namespace QZap::Internal
