// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPCREDENTIALSPROVIDER_P_H
#define QZAPCREDENTIALSPROVIDER_P_H

#include "base/eventloopwatch.h"
#include "policy/providertable.h"
#include "providers/providerlink.h"

#include <QZap/qzapcredentialsprovider.h>

class QZapCredentialsProviderPrivate
{
public:
    explicit QZapCredentialsProviderPrivate(QZapCredentialsProvider *q)
        : link(std::make_shared<QZap::Internal::ProviderLink>(q))
    {
        new QZap::Internal::EventLoopWatch(q, {[link = link] { link->postAgain(); }});
    }

    static QZap::Internal::ProviderPointer linkOf(QZapCredentialsProvider *provider)
    {
        return provider ? provider->d_func()->link : nullptr;
    }

    const QZap::Internal::ProviderPointer link;
};

#endif // QZAPCREDENTIALSPROVIDER_P_H
