// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "guard/connectionfeed.h"

#include <algorithm>

namespace QZap::Internal {

template <typename Function>
void ConnectionFeed::forEach(const Function &function)
{
    bool hasExpired = false;
    for (const std::weak_ptr<ConnectionChanges> &each : m_models) {
        if (const std::shared_ptr<ConnectionChanges> model = each.lock())
            function(model.get());
        else
            hasExpired = true;
    }
    if (!hasExpired)
        return;
    m_models.erase(std::remove_if(m_models.begin(), m_models.end(),
                                  [](const auto &each) { return each.expired(); }),
                   m_models.end());
}

void ConnectionFeed::add(const std::shared_ptr<ConnectionChanges> &model)
{
    m_models.push_back(model);
}

void ConnectionFeed::open(const Session &session, bool isRevoked)
{
    forEach([&](ConnectionChanges *model) { model->open(session, isRevoked); });
}

void ConnectionFeed::revoke(const Session &session)
{
    forEach([&](ConnectionChanges *model) { model->revoke(session); });
}

void ConnectionFeed::close(const Session &session)
{
    forEach([&](ConnectionChanges *model) { model->close(session); });
}

void ConnectionFeed::finish()
{
    forEach([](ConnectionChanges *model) { model->finish(); });
    m_models.clear();
}

} // namespace QZap::Internal
