// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "authenticator/signallisteners.h"

#include <QZap/qzapauthenticator.h>

#include <array>
#include <utility>

namespace QZap::Internal {

namespace {

std::array<std::pair<QMetaMethod, Listeners::Listener>, 3> decisionSignals()
{
    return {{{QMetaMethod::fromSignal(&QZapAuthenticator::decided), Listeners::All},
             {QMetaMethod::fromSignal(&QZapAuthenticator::authenticated), Listeners::Accepted},
             {QMetaMethod::fromSignal(&QZapAuthenticator::rejected), Listeners::Refused}}};
}

} // namespace

void SignalListeners::add(const QMetaMethod &signal)
{
    for (const auto &[decisionSignal, listener] : decisionSignals()) {
        if (signal == decisionSignal)
            m_listeners.add(listener);
    }
}

void SignalListeners::update(const IsConnected &isConnected)
{
    if (!m_isOutdated.exchange(false))
        return;
    // Removes the listeners one by one, and only those without a connection, since the engine
    // reports concurrently.
    for (const auto &[signal, listener] : decisionSignals()) {
        if (isConnected(signal))
            continue;
        m_listeners.remove(listener);
        if (isConnected(signal)) // connected meanwhile
            m_listeners.add(listener);
    }
}

} // namespace QZap::Internal
