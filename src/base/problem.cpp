// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/problem.h"

using namespace Qt::StringLiterals;

namespace QZap::Internal {

QString Problem::text() const
{
    if (file.isEmpty())
        return what;
    return line > 0 ? u"%1:%2: %3"_s.arg(file, QString::number(line), what) : file + u": "_s + what;
}

Problem Problem::within(const QString &context) const
{
    return *this ? Problem(context + what, file, line) : Problem();
}

QStringList textsOf(const QList<Problem> &problems)
{
    QStringList texts;
    texts.reserve(problems.size());
    for (const Problem &problem : problems)
        texts.append(problem.text());
    return texts;
}

bool isNoProblem(const Problem &problem, QString *errorMessage)
{
    if (errorMessage)
        *errorMessage = problem.text();
    return !problem;
}

} // namespace QZap::Internal
