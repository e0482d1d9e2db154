// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "samples.h"

#include <algorithm>
#include <cmath>

double Samples::percentile(double share) const
{
    if (m_values.isEmpty())
        return std::nan("");
    QList<double> sorted = m_values;
    std::sort(sorted.begin(), sorted.end());
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<qsizetype>(std::floor(at));
    const auto above = static_cast<qsizetype>(std::ceil(at));
    const double weight = at - static_cast<double>(below);
    return sorted[below] * (1 - weight) + sorted[above] * weight;
}

QJsonObject Samples::toJson() const
{
    if (m_values.isEmpty())
        return {};
    return {{QStringLiteral("count"), count()},
            {QStringLiteral("min"), minimum()},
            {QStringLiteral("median"), median()},
            {QStringLiteral("p99"), percentile(0.99)},
            {QStringLiteral("max"), maximum()}};
}
