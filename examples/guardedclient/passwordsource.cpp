// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "passwordsource.h"

#include <QtCore/qfile.h>

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype MaximumSize = 255; // the limit of PLAIN

std::optional<QByteArray> readFile(const QString &name, QString *errorMessage)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly)) {
        *errorMessage = u"--password-file: %1: %2"_s.arg(name, file.errorString());
        return std::nullopt;
    }
    QByteArray line = file.readLine(MaximumSize + 3); // with "\r\n", and one to detect excess
    for (const char end : {'\n', '\r'}) {
        if (line.endsWith(end))
            line.chop(1);
    }
    return line;
}

} // namespace

std::optional<QByteArray> PasswordSource::read(const QString &file, QString *errorMessage)
{
    std::optional<QByteArray> password;
    if (!file.isEmpty()) {
        password = readFile(file, errorMessage);
        if (!password)
            return std::nullopt;
    } else if (qEnvironmentVariableIsSet(Variable)) {
        password = qgetenv(Variable);
        qunsetenv(Variable);
    } else {
        *errorMessage = u"the PLAIN mechanism needs --password-file, or the password in %1"_s.arg(
            QLatin1StringView(Variable));
        return std::nullopt;
    }
    if (password->isEmpty() || password->size() > MaximumSize) {
        *errorMessage = u"the password must be 1 to %1 bytes long"_s.arg(MaximumSize);
        return std::nullopt;
    }
    return password;
}
