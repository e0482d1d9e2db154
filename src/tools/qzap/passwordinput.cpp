// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "passwordinput.h"

#include "base/text.h"
#include "console.h"
#include "silentterminal.h"

#include <cstdio>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

constexpr int StandardInput = 0;

} // namespace

Problem PasswordInput::read(const QString &user)
{
    // Unbuffered: a buffer would keep the password.
    if (!m_file.open(StandardInput, QIODevice::ReadOnly | QIODevice::Unbuffered)) {
        m_isUnreadable = true;
        return u"Standard input cannot be read: %1."_s.arg(m_file.errorString());
    }
    return SilentTerminal::isTerminal() ? readTwice(user) : readLine(&m_password);
}

Problem PasswordInput::readTwice(const QString &user)
{
    SilentTerminal terminal;
    if (!terminal.isSilent()) {
        m_isUnreadable = true;
        return u"The terminal's echo cannot be turned off; give the password on standard "
               "input."_s;
    }
    SecretBytes again;
    terminal.prompt("Password for " + QZap::Internal::printable(user).toUtf8() + ": ");
    if (Problem problem = readLine(&m_password))
        return problem;
    terminal.prompt("Repeat the password: ");
    if (Problem problem = readLine(&again))
        return problem;
    if (!equalSecrets(m_password.view(), again.view()))
        return u"The two passwords differ; nothing was changed. Try again."_s;
    return {};
}

Problem PasswordInput::readLine(SecretBytes *line)
{
    // One byte more for a CR, and one to detect a password that is too long.
    constexpr qsizetype MaximumLine = MaximumTextSize + 2;
    line->reserve(MaximumLine);
    bool isEnded = false;
    while (line->size() < MaximumLine) {
        SecretArray<1> byte;
        const qint64 count = m_file.read(reinterpret_cast<char *>(byte.data()), 1);
        if (count < 0) {
            m_isUnreadable = true;
            return u"Standard input cannot be read: %1."_s.arg(m_file.errorString());
        }
        isEnded = count > 0 && *byte.data() == '\n';
        if (count == 0 || isEnded)
            break;
        line->append(byte.view());
    }
    if (isEnded && line->view().endsWith('\r'))
        line->resize(line->size() - 1);
    if (line->isEmpty())
        return u"The password is empty; nothing was changed."_s;
    if (line->size() > MaximumTextSize) {
        return u"The password is longer than %1 bytes; nothing was changed. Shorten it."_s.arg(
            MaximumTextSize);
    }
    return {};
}
