// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_TOOLS_SILENTTERMINAL_H
#define QZAP_TOOLS_SILENTTERMINAL_H

#include <QtCore/qbytearray.h>

// Standard input, a terminal, without echo for as long as this lives, or until a signal ends or
// stops the process. One at a time: signal handlers are the process's.
class SilentTerminal
{
public:
    [[nodiscard]] static bool isTerminal();

    SilentTerminal();
    ~SilentTerminal();
    Q_DISABLE_COPY_MOVE(SilentTerminal)

    bool isSilent() const { return m_isSilent; }
    // On standard error; again when the process goes on after it was stopped.
    void prompt(const QByteArray &text);

private:
    QByteArray m_prompt;
    bool m_isSilent = false;
};

#endif // QZAP_TOOLS_SILENTTERMINAL_H
