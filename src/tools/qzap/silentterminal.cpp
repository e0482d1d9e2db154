// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "silentterminal.h"

#include <QtCore/qglobal.h>

#ifdef Q_OS_WIN
#    include <cstdio>
#    include <io.h>
#    include <qt_windows.h>
#else
#    include <algorithm>
#    include <cerrno>
#    include <csignal>
#    include <initializer_list>
#    include <iterator>
#    include <termios.h>
#    include <unistd.h>
#endif

#ifdef Q_OS_WIN

namespace {

DWORD modeBefore = 0;

HANDLE console()
{
    return ::GetStdHandle(STD_INPUT_HANDLE);
}

} // namespace

bool SilentTerminal::isTerminal()
{
    return ::_isatty(::_fileno(stdin)) != 0;
}

SilentTerminal::SilentTerminal()
    : m_isSilent(::GetConsoleMode(console(), &modeBefore) != 0
                 && ::SetConsoleMode(console(), modeBefore & ~DWORD{ENABLE_ECHO_INPUT}) != 0)
{ }

SilentTerminal::~SilentTerminal()
{
    if (m_isSilent)
        ::SetConsoleMode(console(), modeBefore);
}

void SilentTerminal::prompt(const QByteArray &text)
{
    m_prompt = text;
    (void)std::fwrite(text.constData(), 1, static_cast<std::size_t>(text.size()), stderr);
}

#else

namespace {

// All signals from 1 on, including real-time signals.
constexpr int SignalCount = NSIG;

// Signals that cannot be caught, do nothing by default, or only stop background processes that use
// the terminal. All others terminate, stop or continue the process.
constexpr int OtherSignals[] = {SIGKILL, SIGSTOP, SIGTTIN, SIGTTOU, SIGCHLD, SIGURG, SIGWINCH,
#    ifdef SIGINFO
                                SIGINFO
#    endif
};

termios settingsBefore = {};
termios silentSettings = {};
struct sigaction actionsBefore[SignalCount] = {};
bool isHandled[SignalCount] = {};
// The text that the handler writes; set while signals are blocked.
const char *volatile promptText = nullptr;
volatile std::size_t promptSize = 0;

// Applies the settings, and discards pending input, which was echoed or is part of a secret.
bool apply(const termios &settings)
{
    int result = -1;
    do {
        result = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings);
    } while (result != 0 && errno == EINTR);
    return result == 0;
}

void writePrompt()
{
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, promptText, promptSize);
}

sigset_t setOf(std::initializer_list<int> numbers)
{
    sigset_t set;
    sigemptyset(&set);
    for (const int number : numbers)
        sigaddset(&set, number);
    return set;
}

// Restores the terminal and lets the signal have its default effect. Here and below, only
// async-signal-safe functions are called.
void endOrStop(int number)
{
    const int error = errno;
    apply(settingsBefore);
    struct sigaction ours = {};
    sigaction(number, &actionsBefore[number], &ours);
    (void)::raise(number);
    const sigset_t set = setOf({number});
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    // The process was stopped and continued, or nothing happened: in either case, SIGCONT is
    // handled next.
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    sigaction(number, &ours, nullptr);
    (void)::kill(::getpid(), SIGCONT);
    errno = error;
}

// Sets the terminal up again, since the shell may have changed it. In the background, this stops
// the process once more.
void goOn(int)
{
    const int error = errno;
    const sigset_t set = setOf({SIGTTOU});
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    apply(silentSettings);
    writePrompt();
    errno = error;
}

// Includes SIGTTOU, which would prevent restoring the terminal from the background.
sigset_t allSignals()
{
    sigset_t set;
    sigfillset(&set);
    return set;
}

void setHandlers()
{
    for (int number = 1; number < SignalCount; ++number) {
        struct sigaction action = {};
        action.sa_handler = number == SIGCONT ? goOn : endOrStop;
        action.sa_flags = SA_RESTART;
        action.sa_mask = allSignals();
        const bool isOther = std::find(std::begin(OtherSignals), std::end(OtherSignals), number)
                             != std::end(OtherSignals);
        // Signals that the parent process has ignored remain ignored, as under nohup. For the
        // signals that the C library reserves, sigaction() fails.
        isHandled[number] = !isOther && sigaction(number, nullptr, &actionsBefore[number]) == 0
                            && actionsBefore[number].sa_handler != SIG_IGN
                            && sigaction(number, &action, nullptr) == 0;
    }
}

void restoreHandlers()
{
    for (int number = 1; number < SignalCount; ++number) {
        if (isHandled[number])
            sigaction(number, &actionsBefore[number], nullptr);
    }
}

// Blocks signals while it exists.
class SignalBlocker
{
public:
    SignalBlocker()
    {
        const sigset_t set = allSignals();
        pthread_sigmask(SIG_BLOCK, &set, &m_before);
    }
    ~SignalBlocker() { pthread_sigmask(SIG_SETMASK, &m_before, nullptr); }
    Q_DISABLE_COPY_MOVE(SignalBlocker)

private:
    sigset_t m_before = {};
};

} // namespace

bool SilentTerminal::isTerminal()
{
    return ::isatty(STDIN_FILENO) == 1;
}

SilentTerminal::SilentTerminal()
{
    // In the background, this stops the process before anything is changed.
    if (::tcgetattr(STDIN_FILENO, &settingsBefore) != 0 || !apply(settingsBefore))
        return;
    silentSettings = settingsBefore;
    silentSettings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silentSettings.c_lflag |= ECHONL; // the end of the line is not secret
    const SignalBlocker blocker;
    setHandlers();
    m_isSilent = apply(silentSettings);
    if (!m_isSilent)
        restoreHandlers();
}

SilentTerminal::~SilentTerminal()
{
    if (!m_isSilent)
        return;
    const SignalBlocker blocker;
    apply(settingsBefore);
    restoreHandlers();
}

void SilentTerminal::prompt(const QByteArray &text)
{
    const SignalBlocker blocker;
    m_prompt = text;
    promptText = m_prompt.constData();
    promptSize = static_cast<std::size_t>(m_prompt.size());
    writePrompt();
}

#endif
