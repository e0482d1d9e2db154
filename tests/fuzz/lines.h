// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LINES_H
#define LINES_H

#include "fuzz.h"

#include "base/problem.h"
#include "base/text.h"

#include <QtCore/qlist.h>

namespace Fuzz {

// Returns the lines with their ends.
inline QList<QByteArrayView> linesOf(QByteArrayView text)
{
    QList<QByteArrayView> result;
    while (!text.isEmpty()) {
        const qsizetype newline = text.indexOf('\n');
        result += newline < 0 ? text : text.first(newline + 1);
        text = text.sliced(result.last().size());
    }
    return result;
}

// Checks the messages about a file "f" with this number of lines. They must not quote the file,
// which may be secret: a '~' in a message would come from the file.
inline void requireHarmless(const QList<QZap::Internal::Problem> &problems, qsizetype lines)
{
    constexpr qsizetype Maximum = 20;
    require(problems.size() <= 2 * (Maximum + 1), "problems have a limit");
    for (const QZap::Internal::Problem &problem : problems) {
        const QString text = problem.text();
        require(QZap::Internal::isCleanText(text.toUtf8()), "a problem can be logged");
        require(!text.contains(u'~'), "a problem does not quote the file");
        require(problem.file == u'f', "a problem names the file");
        require(problem.line >= 0 && problem.line <= lines, "a problem is in a line");
    }
}

} // namespace Fuzz

#endif // LINES_H
