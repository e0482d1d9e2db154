// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/threadpools.h"

#include <QtCore/qthread.h>

namespace QZap::Internal {

namespace {

class Pool : public QThreadPool
{
public:
    explicit Pool(const char *name)
    {
        setObjectName(QString::fromLatin1(name));
        // One processor stays with the event loop.
        setMaxThreadCount(qMax(1, QThread::idealThreadCount() - 1));
    }
};

} // namespace

QThreadPool &loaderPool()
{
    static Pool pool("QZap loader");
    return pool;
}

QThreadPool &hashPool()
{
    static Pool pool("QZap hashing");
    return pool;
}

} // namespace QZap::Internal
