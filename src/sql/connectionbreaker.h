// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_SQL_CONNECTIONBREAKER_H
#define QZAP_SQL_CONNECTIONBREAKER_H

#include "base/filedescriptor.h"

#include <QtCore/qglobal.h>

#include <mutex>

#ifdef Q_OS_UNIX
#    include <fcntl.h>
#    include <sys/socket.h>
#endif

namespace QZap::Internal {

// Breaks a connection to a server, so that a call that waits for the server in another thread
// returns with an error. It holds a duplicate of the socket's descriptor, since the number of the
// original may belong to somebody else at any time. Thread-safe.
class ConnectionBreaker
{
public:
    // Takes the socket of a new connection; -1 if there is none.
    void setSocket(int socket)
    {
#ifdef Q_OS_UNIX
        const std::scoped_lock lock(m_mutex);
        m_socket = FileDescriptor(socket >= 0 ? ::fcntl(socket, F_DUPFD_CLOEXEC, 0) : -1);
        m_isBroken = false;
        if (m_isFinal)
            shutDown();
#else
        Q_UNUSED(socket)
#endif
    }
    // Breaks the connection, if there is one.
    void breakConnection()
    {
#ifdef Q_OS_UNIX
        const std::scoped_lock lock(m_mutex);
        m_isBroken = m_socket.isValid();
        shutDown();
#endif
    }
    // Returns whether breakConnection() has broken the connection: true once a call returns for
    // this reason.
    bool isBroken()
    {
#ifdef Q_OS_UNIX
        const std::scoped_lock lock(m_mutex);
        return m_isBroken;
#else
        return false;
#endif
    }
    // Breaks the connection, if there is one, and all later ones.
    void breakAll()
    {
#ifdef Q_OS_UNIX
        const std::scoped_lock lock(m_mutex);
        m_isFinal = true;
        shutDown();
#endif
    }

private:
#ifdef Q_OS_UNIX
    void shutDown()
    {
        if (m_socket.isValid())
            ::shutdown(m_socket.get(), SHUT_RDWR);
    }

    std::mutex m_mutex;
    FileDescriptor m_socket;
    bool m_isBroken = false;
    bool m_isFinal = false;
#endif
};

} // namespace QZap::Internal

#endif // QZAP_SQL_CONNECTIONBREAKER_H
