// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_SILENTTERMINAL_H
#define QZAP_TOOLS_SILENTTERMINAL_H

#include <QtCore/qbytearray.h>

// Turns off the echo of standard input, a terminal, until it is destroyed, or a signal terminates
// or stops the process. Only one instance can exist, since signal handlers are global.
class SilentTerminal
{
public:
    [[nodiscard]] static bool isTerminal();

    SilentTerminal();
    ~SilentTerminal();
    Q_DISABLE_COPY_MOVE(SilentTerminal)

    bool isSilent() const { return m_isSilent; }
    // Prints the text to standard error, and again when the process is continued after a stop.
    void prompt(const QByteArray &text);

private:
    QByteArray m_prompt;
    bool m_isSilent = false;
};

#endif // QZAP_TOOLS_SILENTTERMINAL_H
