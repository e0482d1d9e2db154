// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/limitsettings.h"

#include <algorithm>
#include <array>

#ifdef Q_OS_UNIX
#    include <sys/resource.h>
#endif

namespace QZap::Internal {

namespace {

struct Property
{
    LimitSettings::Limit limit;
    const char *name;
    int minimum;
};

constexpr std::array Properties{
    Property{&Limits::decisionTimeout, "decisionTimeout", 1},
    Property{&Limits::pendingDecisions, "maximumPendingDecisions", 0},
    Property{&Limits::pendingPerAddress, "maximumPendingPerAddress", 0},
    Property{&Limits::heldConnections, "maximumHeldConnections", 0},
};

const Property &propertyWith(LimitSettings::Limit limit)
{
    const auto found =
        std::find_if(Properties.begin(), Properties.end(),
                     [limit](const Property &property) { return property.limit == limit; });
    Q_ASSERT(found != Properties.end());
    return *found;
}

// Returns a quarter of the current limit of file descriptors.
int defaultHeldConnections()
{
    constexpr int Fallback = 256; // a quarter of the usual limit
#ifdef Q_OS_UNIX
    rlimit limit = {};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return Fallback;
    return static_cast<int>(std::min<rlim_t>(limit.rlim_cur / 4, 65536));
#else
    return Fallback;
#endif
}

} // namespace

LimitSettings::LimitSettings()
{
    m_values.heldConnections = defaultHeldConnections();
}

const char *LimitSettings::propertyOf(Limit limit)
{
    return propertyWith(limit).name;
}

Result<bool> LimitSettings::set(Limit limit, int value)
{
    if (const int minimum = propertyWith(limit).minimum; value < minimum)
        return Problem(QStringLiteral("%1 is less than %2").arg(value).arg(minimum));
    const bool isChange = m_values.*limit != value;
    m_values.*limit = value;
    return isChange;
}

} // namespace QZap::Internal
