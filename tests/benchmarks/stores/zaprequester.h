// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZAPREQUESTER_H
#define ZAPREQUESTER_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>

// Sends requests about one peer at a time to the handler of a ZeroMQ context, as libzmq does, and
// waits for the reply without an event loop.
class ZapRequester
{
public:
    explicit ZapRequester(void *context);
    ~ZapRequester();
    Q_DISABLE_COPY_MOVE(ZapRequester)

    // Returns the status of the reply, such as "200"; empty if there is none within a few seconds.
    QByteArray statusOf(const QByteArray &domain, const QByteArray &mechanism,
                        const QByteArrayList &credentials);

private:
    void *m_socket;
};

#endif // ZAPREQUESTER_H
