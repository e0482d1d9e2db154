// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "console.h"

#include "base/text.h"

#include <cerrno>
#include <cstdio>

#ifdef Q_OS_UNIX
#    include <fcntl.h>
#    include <unistd.h>
#endif

using namespace Qt::StringLiterals;
using QZap::Internal::printable;

namespace {

int outputError = 0; // the first errno of standard output

void write(std::FILE *file, const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    const auto size = static_cast<std::size_t>(bytes.size());
    errno = 0;
    if ((std::fwrite(bytes.constData(), 1, size, file) != size || std::fflush(file) != 0)
        && file == stdout && outputError == 0) {
        outputError = errno != 0 ? errno : EIO;
    }
}

} // namespace

void Console::guardStreams()
{
#ifdef Q_OS_UNIX
    for (int number = 0; number <= 2; ++number) {
        // A closed stream is opened for the opposite direction, so that reading and writing still
        // fail.
        if (::fcntl(number, F_GETFD) < 0)
            (void)::open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY);
    }
#endif
}

void Console::print(const QString &line)
{
    write(stdout, printable(line) + u'\n');
}

void Console::printText(const QString &text)
{
    write(stdout, text);
}

void Console::printProblem(const QString &line)
{
    write(stderr, printable(line) + u'\n');
}

void Console::printError(const QString &message)
{
    printProblem(u"qzap: "_s + message);
}

bool Console::finish()
{
    if (outputError == 0)
        return true;
    printError(u"standard output cannot be written: "_s + qt_error_string(outputError));
    return false;
}
