// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "terminationsignals.h"

#include <QtCore/qdebug.h>
#include <QtCore/qsocketnotifier.h>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace {

volatile std::sig_atomic_t pipeForHandler = -1;

// Only async-signal-safe functions such as write() are allowed here.
void handleSignal(int)
{
    const int error = errno;
    const char byte = 0;
    // A full pipe wakes the event loop as well.
    [[maybe_unused]] const ssize_t written = ::write(pipeForHandler, &byte, 1);
    errno = error;
}

void setHandler(void (*handler)(int))
{
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int number : {SIGINT, SIGTERM})
        sigaction(number, &action, nullptr);
}

} // namespace

TerminationSignals::TerminationSignals(QObject *parent)
    : QObject(parent)
{
    if (::pipe2(m_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
        qErrnoWarning("Signals end the program the hard way: no pipe");
        return;
    }
    m_notifier = new QSocketNotifier(m_pipe.front(), QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &TerminationSignals::readPipe);
    pipeForHandler = m_pipe.back();
    setHandler(handleSignal);
}

TerminationSignals::~TerminationSignals()
{
    if (!m_notifier)
        return;
    setHandler(SIG_DFL);
    pipeForHandler = -1;
    delete m_notifier;
    ::close(m_pipe.front());
    ::close(m_pipe.back());
}

void TerminationSignals::readPipe()
{
    std::array<char, 16> bytes{};
    while (::read(m_pipe.front(), bytes.data(), bytes.size()) > 0) { }
    Q_EMIT received();
}
