// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GATE_H
#define GATE_H

#include <QZap/QZapAuthenticator>

#include <QtCore/qhash.h>

// Since when nobody from an address may get in, whoever it is: because of the address lists or of
// lockdown. Says nothing where it does not know.
class Gate
{
public:
    // To be called after each change.
    void update(const QZapAuthenticator &authenticator, qint64 step);
    // Before that step, until now.
    bool wasShutSince(const QByteArray &address, qint64 step) const;

private:
    static bool isShut(const QZapAuthenticator &authenticator, const QByteArray &address);

    QHash<QByteArray, qint64> m_shutSince;
};

#endif // GATE_H
