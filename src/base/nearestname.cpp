// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/nearestname.h"

#include "base/text.h"

#include <QtCore/qstringlist.h>

#include <algorithm>
#include <vector>

namespace QZap::Internal {

namespace {

constexpr qsizetype LongestCompared = 64;
constexpr qsizetype MostQuoted = 5;

char folded(char c)
{
    if (c >= 'A' && c <= 'Z')
        return static_cast<char>(c - 'A' + 'a');
    return c == '_' || c == '.' ? '-' : c;
}

} // namespace

qsizetype nameDistance(QByteArrayView lhs, QByteArrayView rhs)
{
    lhs = lhs.first(std::min(lhs.size(), LongestCompared));
    rhs = rhs.first(std::min(rhs.size(), LongestCompared));
    // The distances between a beginning of lhs and each beginning of rhs.
    std::vector<qsizetype> distances(static_cast<std::size_t>(rhs.size()) + 1);
    for (std::size_t i = 0; i < distances.size(); ++i)
        distances[i] = static_cast<qsizetype>(i);
    for (const char left : lhs) {
        qsizetype diagonal = distances[0]++;
        for (std::size_t i = 1; i < distances.size(); ++i) {
            const bool isSame = folded(left) == folded(rhs[static_cast<qsizetype>(i) - 1]);
            const qsizetype replaced = diagonal + (isSame ? 0 : 1);
            diagonal = distances[i];
            distances[i] = std::min({replaced, distances[i] + 1, distances[i - 1] + 1});
        }
    }
    return distances.back();
}

QByteArray nearestName(QByteArrayView wanted, const QList<QByteArray> &names)
{
    QByteArray nearest;
    qsizetype limit = (std::min(wanted.size(), LongestCompared) + 2) / 3 + 1;
    for (const QByteArray &name : names) {
        const qsizetype distance = nameDistance(wanted, name);
        // A name without a common character is not similar, however short both are.
        if (distance < limit && distance < std::max(wanted.size(), name.size())) {
            limit = distance;
            nearest = name;
        }
    }
    return nearest;
}

QString quotedNames(const QList<QByteArray> &names)
{
    QStringList texts;
    for (const QByteArray &name : names.first(std::min(names.size(), MostQuoted)))
        texts += quoted(QString::fromUtf8(name));
    const QString text = texts.join(QLatin1StringView(", "));
    const qsizetype others = names.size() - texts.size();
    return others > 0 ? QStringLiteral("%1 and %2 more").arg(text, QString::number(others)) : text;
}

} // namespace QZap::Internal
