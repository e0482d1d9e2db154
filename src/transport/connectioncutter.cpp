// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "transport/connectioncutter.h"

#ifdef Q_OS_LINUX
#    include <arpa/inet.h>
#    include <fcntl.h>
#    include <net/if.h>
#    include <netdb.h>
#    include <netinet/in.h>
#    include <sys/socket.h>
#    include <sys/un.h>
#    include <unistd.h>

#    include <cerrno>
#    include <cstddef>
#    include <cstring>
#endif

#include <QtCore/qbytearray.h>

namespace QZap::Internal {

#ifdef Q_OS_LINUX

namespace {

std::optional<quint64> cookieOf(int descriptor)
{
    quint64 cookie = 0;
    socklen_t size = sizeof cookie;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0)
        return std::nullopt;
    return cookie;
}

// Returns the other end of a connection as libzmq writes it in ZAP requests.
QByteArray peerAddressOf(int descriptor)
{
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr *>(&address), &size) == 0
        && address.ss_family == AF_UNIX) {
        ucred owner = {};
        size = sizeof owner;
        if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &owner, &size) != 0)
            return {};
        return "localhost:" + QByteArray::number(owner.uid) + ':' + QByteArray::number(owner.gid)
               + ':' + QByteArray::number(owner.pid);
    }
    size = sizeof address;
    char host[NI_MAXHOST];
    if (::getpeername(descriptor, reinterpret_cast<sockaddr *>(&address), &size) != 0
        || ::getnameinfo(reinterpret_cast<const sockaddr *>(&address), size, host, sizeof host,
                         nullptr, 0, NI_NUMERICHOST)
               != 0) {
        return {};
    }
    return host;
}

// Returns the local end of a connection as libzmq writes it in monitor events.
QByteArray endpointOf(int descriptor)
{
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr *>(&address), &size) != 0)
        return {};
    if (address.ss_family == AF_UNIX) {
        const auto *const path = reinterpret_cast<const sockaddr_un *>(&address)->sun_path;
        const auto length =
            static_cast<qsizetype>(size) - qsizetype{offsetof(sockaddr_un, sun_path)};
        if (length <= 0)
            return {};
        if (path[0] == '\0') // abstract
            return "ipc://@" + QByteArray(path + 1, length - 1);
        return "ipc://"
               + QByteArray(path,
                            static_cast<qsizetype>(::strnlen(path, static_cast<size_t>(length))));
    }
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    if (::getnameinfo(reinterpret_cast<const sockaddr *>(&address), size, host, sizeof host, port,
                      sizeof port, NI_NUMERICHOST | NI_NUMERICSERV)
        != 0) {
        return {};
    }
    if (address.ss_family == AF_INET6)
        return "tcp://[" + QByteArray(host) + "]:" + port;
    return "tcp://" + QByteArray(host) + ':' + port;
}

// Returns the endpoint without the zone of a link-local address: it is the number of the interface
// if no descriptor was left to find its name, and the name otherwise.
QByteArray withoutZone(QByteArrayView endpoint)
{
    QByteArray result = endpoint.toByteArray();
    const qsizetype begin = result.startsWith("tcp://[") ? result.indexOf('%') : -1;
    const qsizetype end = result.lastIndexOf("]:");
    return begin >= 0 && end > begin ? result.remove(begin, end - begin) : result;
}

// Makes `to` another descriptor of what `from` is, in one step and without a new number.
bool replace(int from, int to)
{
    int result = -1;
    do {
        result = ::dup3(from, to, O_CLOEXEC);
    } while (result < 0 && (errno == EINTR || errno == EBUSY));
    return result >= 0;
}

} // namespace

bool ConnectionCutter::isSupported()
{
    static const bool isSupported = [] {
        const FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        return cookieOf(socket.get()).has_value();
    }();
    return isSupported;
}

Problem ConnectionCutter::open()
{
    m_nothing = FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    m_pin = FileDescriptor(::fcntl(m_nothing.get(), F_DUPFD_CLOEXEC, 0));
    if (m_pin.isValid())
        return {};
    close();
    return QStringLiteral("no descriptors are left");
}

void ConnectionCutter::close()
{
    m_pin.reset();
    m_nothing.reset();
}

std::optional<ConnectionIdentity> ConnectionCutter::identify(int descriptor,
                                                             QByteArrayView endpoint)
{
    // The descriptor may become that of another connection at any time. One to the same endpoint is
    // as good.
    const std::optional<quint64> cookie = cookieOf(descriptor);
    if (!cookie || withoutZone(endpointOf(descriptor)) != withoutZone(endpoint))
        return std::nullopt;
    const QByteArray address = peerAddressOf(descriptor);
    return ConnectionIdentity{*cookie, cookieOf(descriptor) == cookie ? address : QByteArray()};
}

ConnectionCutter::Outcome ConnectionCutter::cut(int descriptor, quint64 number,
                                                const std::function<bool()> &isCurrent)
{
    // A file must not be pinned: the process loses its locks on it when any descriptor is closed.
    if (!m_pin.isValid() || cookieOf(descriptor) != number)
        return Outcome::Gone;
    if (!replace(descriptor, m_pin.get()))
        return errno == EBADF ? Outcome::Gone : Outcome::Failed;
    Outcome outcome = Outcome::Gone;
    if (isCurrent() && cookieOf(m_pin.get()) == number) {
        const bool isEnded = ::shutdown(m_pin.get(), SHUT_RDWR) == 0 || errno == ENOTCONN;
        outcome = isEnded ? Outcome::Ended : Outcome::Failed;
    }
    replace(m_nothing.get(), m_pin.get());
    return outcome;
}

#else

bool ConnectionCutter::isSupported()
{
    return false;
}

Problem ConnectionCutter::open()
{
    return QStringLiteral("this system cannot identify connections");
}

void ConnectionCutter::close() { }

std::optional<ConnectionIdentity> ConnectionCutter::identify(int /*descriptor*/,
                                                             QByteArrayView /*endpoint*/)
{
    return std::nullopt;
}

ConnectionCutter::Outcome ConnectionCutter::cut(int /*descriptor*/, quint64 /*number*/,
                                                const std::function<bool()> & /*isCurrent*/)
{
    return Outcome::Gone;
}

#endif

} // namespace QZap::Internal
