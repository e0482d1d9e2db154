// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TRANSPORT_CONNECTIONCUTTER_H
#define QZAP_TRANSPORT_CONNECTIONCUTTER_H

#include "base/filedescriptor.h"
#include "base/problem.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qglobal.h>

#include <functional>
#include <optional>

namespace QZap::Internal {

// A connection, whatever happens to its descriptor.
struct ConnectionIdentity
{
    quint64 number = 0;     // that no other connection has while the system runs
    QByteArray peerAddress; // as ZAP requests have it; empty if it is not known
};

// Ends individual connections of libzmq by their descriptors, which libzmq may close at any time,
// and whose numbers are then used for something else.
class ConnectionCutter
{
public:
    enum class Outcome {
        Ended,
        Gone,  // the descriptor is no longer that of the connection
        Failed // the system has refused it
    };

    // Returns whether this system can identify connections. Only Linux can.
    [[nodiscard]] static bool isSupported();

    // Reserves the descriptors for cut(), which therefore works when there are none left.
    [[nodiscard]] Problem open();
    void close();

    // Returns the connection of a descriptor, if its local end is the endpoint.
    [[nodiscard]] static std::optional<ConnectionIdentity> identify(int descriptor,
                                                                    QByteArrayView endpoint);

    // Ends the connection with this number, if the descriptor is still that. It is pinned while
    // isCurrent() is called, which has the last word. libzmq closes a connection that was ended.
    [[nodiscard]] Outcome cut(int descriptor, quint64 number,
                              const std::function<bool()> &isCurrent);

private:
#ifdef Q_OS_UNIX
    FileDescriptor m_nothing; // /dev/null
    FileDescriptor m_pin;     // a duplicate of m_nothing, or of a connection during cut()
#endif
};

} // namespace QZap::Internal

#endif // QZAP_TRANSPORT_CONNECTIONCUTTER_H
