// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/zapmessage_p.h"

#include <cstring>

namespace QZap::Internal {

namespace {
constexpr qsizetype SmallSize = 4096;
} // namespace

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
    set(&reply[1], answer.code == DisconnectCode ? QByteArrayView() : answer.text);
    set(&reply[2], answer.userId);
    set(&reply[3], answer.metadata);
    if (QByteArrayView &version = views[static_cast<size_t>(request)]; version != ZapVersion) {
        set(&messages[static_cast<size_t>(request)], ZapVersion);
        version = ZapVersion;
    }
}

bool ZapMessage::Frames::isSmall() const
{
    qsizetype size = 0;
    for (const QByteArrayView view : views)
        size += view.size();
    return size <= SmallSize;
}

ZapMessage::ZapMessage() = default;
ZapMessage::ZapMessage(ZapMessage &&other) noexcept = default;
ZapMessage &ZapMessage::operator=(ZapMessage &&other) noexcept = default;
ZapMessage::~ZapMessage() = default;

RequestFrames ZapMessage::request() const
{
    if (!m_frames || m_frames->request < 0)
        return {};
    const qsizetype start = m_frames->request;
    return {m_frames->views.data() + start, static_cast<qsizetype>(m_frames->views.size()) - start,
            static_cast<qsizetype>(m_frames->total) - start};
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
    const qsizetype count = request().count();
    for (qsizetype i = RequestFrames::Credentials; i < count; ++i) {
        zmq::message_t &message = m_frames->messages[static_cast<size_t>(m_frames->request + i)];
        // Shared or constant data belongs to a sender in this process, and may not be writable.
        if (zmq_msg_get(message.handle(), ZMQ_SHARED) == 0)
            std::memset(message.data(), 0, message.size());
    }
}

} // namespace QZap::Internal
