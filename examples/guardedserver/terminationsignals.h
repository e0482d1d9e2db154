// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef TERMINATIONSIGNALS_H
#define TERMINATIONSIGNALS_H

#include <QtCore/qobject.h>

#include <array>

class QSocketNotifier;

// Brings SIGINT and SIGTERM onto the event loop. One at a time: signal handlers are the process's.
class TerminationSignals : public QObject
{
    Q_OBJECT

public:
    explicit TerminationSignals(QObject *parent = nullptr);
    ~TerminationSignals() override;

Q_SIGNALS:
    void received();

private:
    void readPipe();

    std::array<int, 2> m_pipe{-1, -1};
    QSocketNotifier *m_notifier = nullptr;
};

#endif // TERMINATIONSIGNALS_H
