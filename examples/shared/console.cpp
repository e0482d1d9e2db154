// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "console.h"

#include <QtCore/qcoreapplication.h>

#include <cstdio>

namespace {

void write(std::FILE *file, const QString &line)
{
    const QByteArray bytes = line.toUtf8() + '\n';
    // If the pipe was closed, the output is not needed; the program continues.
    (void)std::fwrite(bytes.constData(), 1, static_cast<size_t>(bytes.size()), file);
    (void)std::fflush(file);
}

} // namespace

void Console::print(const QString &line)
{
    write(stdout, line);
}

void Console::printError(const QString &message)
{
    write(stderr, QCoreApplication::applicationName() + QStringLiteral(": ") + message);
}
