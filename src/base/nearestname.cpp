// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "base/nearestname.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace QZap::Internal {

namespace {

constexpr qsizetype LongestCompared = 64;

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
    qsizetype least = std::numeric_limits<qsizetype>::max();
    for (const QByteArray &name : names) {
        const qsizetype distance = nameDistance(wanted, name);
        if (distance < least) {
            least = distance;
            nearest = name;
        }
    }
    return nearest;
}

} // namespace QZap::Internal
