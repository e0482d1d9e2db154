// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GATE_H
#define GATE_H

#include <QZap/QZapAuthenticator>

#include <QtCore/qhash.h>

// Determines since when every peer from an address must be refused because of the address lists or
// lockdown.
class Gate
{
public:
    // Call this after each change.
    void update(const QZapAuthenticator &authenticator, qint64 step);
    // Returns whether the address has been refused since before this step; false if that is not
    // known.
    bool wasShutSince(const QByteArray &address, qint64 step) const;

private:
    static bool isShut(const QZapAuthenticator &authenticator, const QByteArray &address);

    QHash<QByteArray, qint64> m_shutSince;
};

#endif // GATE_H
