// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "endpoint.h"

#include <QtCore/qfileinfo.h>
#include <QtCore/qregularexpression.h>

using namespace Qt::StringLiterals;

namespace {

constexpr QLatin1StringView Tcp{"tcp://"};
constexpr QLatin1StringView Ipc{"ipc://"};
constexpr qsizetype MaximumPathSize = 107; // of a Unix socket, in bytes

} // namespace

Endpoint::Endpoint(const QString &text)
    : m_text(text)
{
    if (text.startsWith(Tcp)) {
        static const QRegularExpression parts(u"^(?:\\[([^\\]]+)\\]|([^\\[\\]:]+)):([^:]+)$"_s);
        const QRegularExpressionMatch match = parts.match(text.sliced(Tcp.size()));
        m_host = match.captured(1) + match.captured(2);
        m_port = match.captured(3);
    } else if (text.startsWith(Ipc)) {
        m_path = text.sliced(Ipc.size());
    }
}

QString Endpoint::problem() const
{
    if (m_text.startsWith(Tcp))
        return tcpProblem();
    if (m_text.startsWith(Ipc))
        return ipcProblem();
    return u"'%1' is neither tcp://HOST:PORT nor ipc:///PATH"_s.arg(m_text);
}

QString Endpoint::tcpProblem() const
{
    static const QRegularExpression host(u"^(\\*|[A-Za-z0-9_.:%-]+)$"_s);
    if (!host.match(m_host).hasMatch()) {
        return u"'%1' is not tcp://HOST:PORT: the host is an address, IPv6 in brackets, an "
               "interface, or *"_s.arg(m_text);
    }
    bool isNumber = m_port == u'*'; // any free port
    if (!isNumber)
        (void)m_port.toUShort(&isNumber);
    return isNumber ? QString() : u"'%1' is not a port from 0 to 65535, or *"_s.arg(m_port);
}

QString Endpoint::ipcProblem() const
{
    // A socket in the abstract namespace or in the working directory is not protected by a
    // directory.
    if (!m_path.startsWith(u'/'))
        return u"'%1' is not ipc:// and an absolute path"_s.arg(m_text);
    if (m_path.toUtf8().size() > MaximumPathSize)
        return u"the path of %1 has more than %2 bytes"_s.arg(m_text,
                                                              QString::number(MaximumPathSize));
    const QFileInfo info(m_path);
    if (!QFileInfo(info.path()).isDir())
        return u"the directory %1 does not exist"_s.arg(info.path());
    // libzmq removes what is in place of the socket.
    if (info.isFile() || info.isDir())
        return u"%1 is not a socket"_s.arg(m_path);
    return {};
}

bool Endpoint::isLocal() const
{
    static const QRegularExpression loopback(u"^(localhost|127(\\.[0-9]{1,3}){3}|::1)$"_s);
    return m_text.startsWith(Ipc) || loopback.match(m_host).hasMatch();
}
