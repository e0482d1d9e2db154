// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DECISIONPRINTER_H
#define DECISIONPRINTER_H

#include <QtCore/qobject.h>

class QZapAuthenticator;
class QZapReply;
class QZapRequest;

// Prints an authenticator's decisions in columns as they are made.
class DecisionPrinter : public QObject
{
    Q_OBJECT

public:
    explicit DecisionPrinter(const QZapAuthenticator &authenticator, QObject *parent = nullptr);

    static void printHeader();

private:
    static void print(const QZapRequest &request, const QZapReply &reply);
};

#endif // DECISIONPRINTER_H
