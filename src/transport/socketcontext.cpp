// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/socketcontext.h"

#include "base/systemreserve.h"
#include "transport/socketoptions.h"

#include <zmq.h>

#include <cstring>
#include <mutex>
#include <optional>

namespace QZap::Internal {

namespace {

// In libzmq 4, sockets are derived from object_t, which consists of a pointer to virtual functions,
// the context and a number.
void *storedContext(const void *socket)
{
    void *context = nullptr;
    std::memcpy(&context, static_cast<const char *>(socket) + sizeof(void *), sizeof context);
    return context;
}

// Returns whether the stored context of a new socket is the one that it was created in.
Result<bool> isContextStored()
{
    // A context without I/O threads starts one thread, which has a mailbox and a poller.
    if (Problem problem = systemReserveProblem(4, 1))
        return problem;
    void *const context = zmq_ctx_new();
    if (!context)
        return Problem(lastZmqError());
    zmq_ctx_set(context, ZMQ_IO_THREADS, 0);
    void *const socket = zmq_socket(context, ZMQ_PAIR);
    Result<bool> result = socket ? Result<bool>(storedContext(socket) == context)
                                 : Result<bool>(Problem(lastZmqError()));
    if (socket)
        zmq_close(socket);
    zmq_ctx_term(context);
    return result;
}

} // namespace

Result<void *> contextOf(const void *socket)
{
    static std::mutex mutex;
    static std::optional<bool> isStored;
    const std::scoped_lock lock(mutex);
    if (!isStored) {
        const Result<bool> checked = isContextStored();
        if (!checked)
            return checked.problem(); // checked again by the next call
        isStored = *checked;
    }
    if (!*isStored) {
        int major = 0;
        int minor = 0;
        int patch = 0;
        zmq_version(&major, &minor, &patch);
        return Problem(QStringLiteral("the context of a socket of libzmq %1.%2.%3 is unknown")
                           .arg(major)
                           .arg(minor)
                           .arg(patch));
    }
    return storedContext(socket);
}

} // namespace QZap::Internal
