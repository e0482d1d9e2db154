// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_AUTHENTICATOR_LIMITSETTINGS_H
#define QZAP_AUTHENTICATOR_LIMITSETTINGS_H

#include "base/problem.h"
#include "policy/policy.h"

namespace QZap::Internal {

// The limits of an authenticator, each of which is a property.
class LimitSettings
{
public:
    // Identifies a limit.
    using Limit = int Limits::*;

    // Sets the defaults, one of which depends on the limits of the process.
    LimitSettings();

    // Returns the name of the authenticator's property.
    static const char *propertyOf(Limit limit);

    const Limits &values() const { return m_values; }
    int value(Limit limit) const { return m_values.*limit; }
    // Sets a limit, unless the value is less than its minimum. Returns whether it has changed.
    Result<bool> set(Limit limit, int value);

private:
    Limits m_values;
};

} // namespace QZap::Internal

#endif // QZAP_AUTHENTICATOR_LIMITSETTINGS_H
