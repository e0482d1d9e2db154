// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPREQUESTER_H
#define ZAPREQUESTER_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>

// Asks the handler of a ZeroMQ context about one peer at a time, as libzmq does, and waits for the
// reply without an event loop.
class ZapRequester
{
public:
    explicit ZapRequester(void *context);
    ~ZapRequester();
    Q_DISABLE_COPY_MOVE(ZapRequester)

    // The status of the reply, such as "200"; empty if none comes within some seconds.
    QByteArray statusOf(const QByteArray &domain, const QByteArray &mechanism,
                        const QByteArrayList &credentials);

private:
    void *m_socket;
};

#endif // ZAPREQUESTER_H
