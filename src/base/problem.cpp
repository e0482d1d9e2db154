// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/problem.h"

#include "base/text.h"

using namespace Qt::StringLiterals;

namespace QZap::Internal {

QString Problem::text() const
{
    QString place;
    if (!file.isEmpty())
        place = line > 0 ? u"%1:%2: "_s.arg(file, QString::number(line)) : file + u": "_s;
    return printable(place + what);
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
