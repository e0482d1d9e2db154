// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <QtCore/qstring.h>

// The endpoint of a socket that is bound: tcp://HOST:PORT or ipc:///PATH.
class Endpoint
{
public:
    explicit Endpoint(const QString &text);

    // Returns why it cannot be used; empty if it can.
    QString problem() const;
    // Returns whether only programs on this computer can connect to it.
    bool isLocal() const;

private:
    QString tcpProblem() const;
    QString ipcProblem() const;

    QString m_text;
    QString m_host; // of tcp, without the brackets of IPv6
    QString m_port;
    QString m_path; // of ipc
};

#endif // ENDPOINT_H
