// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DECISIONPRINTER_H
#define DECISIONPRINTER_H

#include <QtCore/qobject.h>

class QZapAuthenticator;
class QZapGuard;
class QZapReply;
class QZapRequest;
class QZapSession;

// Prints an authenticator's decisions in columns as they are made, and which sessions are revoked.
class DecisionPrinter : public QObject
{
    Q_OBJECT

public:
    explicit DecisionPrinter(const QZapAuthenticator &authenticator, QObject *parent = nullptr);

    void addGuard(const QZapGuard &guard);
    static void printHeader();

private:
    static void print(const QZapRequest &request, const QZapReply &reply);
    static void printRevoked(const QZapSession &session, const QString &reason);
};

#endif // DECISIONPRINTER_H
