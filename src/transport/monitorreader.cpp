// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/monitorreader.h"

#include <QtCore/qbytearrayview.h>

#include <zmq.h>

#include <cerrno>
#include <cstring>

namespace QZap::Internal {

namespace {

// A message of libzmq.
class Frame
{
public:
    Frame() { zmq_msg_init(&m_message); }
    ~Frame() { zmq_msg_close(&m_message); }
    Q_DISABLE_COPY_MOVE(Frame)

    bool receive(void *socket)
    {
        int size = 0;
        do {
            size = zmq_msg_recv(&m_message, socket, ZMQ_DONTWAIT);
        } while (size < 0 && zmq_errno() == EINTR);
        return size >= 0;
    }
    bool hasMore() const { return zmq_msg_more(&m_message) != 0; }
    QByteArrayView view()
    {
        return {static_cast<const char *>(zmq_msg_data(&m_message)),
                static_cast<qsizetype>(zmq_msg_size(&m_message))};
    }

private:
    zmq_msg_t m_message;
};

// Receives an event: a frame with 16 bits of event and 32 bits of value, in the byte order of the
// machine, and a frame with the endpoint.
std::optional<MonitorEvent> receiveEvent(void *reader)
{
    Frame frame;
    if (!frame.receive(reader))
        return std::nullopt;
    MonitorEvent event;
    quint16 type = 0;
    const QByteArrayView head = frame.view();
    if (head.size() == sizeof type + sizeof event.value) {
        std::memcpy(&type, head.data(), sizeof type);
        std::memcpy(&event.value, head.data() + sizeof type, sizeof event.value);
        event.type = type;
    }
    while (frame.hasMore()) {
        if (!frame.receive(reader))
            return std::nullopt;
        event.endpoint = frame.view().toByteArray();
    }
    return event;
}

} // namespace

MonitorReading readMonitor(void *reader)
{
    MonitorReading reading;
    reading.event = receiveEvent(reader);
    reading.isStopped =
        reading.event ? reading.event->type == ZMQ_EVENT_MONITOR_STOPPED : zmq_errno() == ETERM;
    return reading;
}

} // namespace QZap::Internal
