// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "moodyprovider.h"

#include "pooltask.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qthread.h>
#include <QtCore/qtimer.h>

#include <stdexcept>
#include <utility>

using namespace QZap::Internal;

MoodyProvider::MoodyProvider(quint32 seed, Shelf &shelf, QThreadPool &pool, Meddle meddle)
    : m_dice(seed)
    , m_shelf(shelf)
    , m_pool(pool)
    , m_meddle(std::move(meddle))
{ }

void MoodyProvider::authenticate(const QZapDecision &decision)
{
    switch (m_dice.below(8)) {
    case 0:
    case 1:
    case 2:
        answerNow(decision);
        break;
    case 3:
    case 4:
        answerLater(decision);
        break;
    case 5:
    case 6:
        promise(decision);
        break;
    default:
        misbehave(decision);
        break;
    }
}

void MoodyProvider::answerNow(const QZapDecision &decision)
{
    const bool isAccepted = m_dice.flip();
    if (isAccepted)
        m_shelf.letIn(decision);
    switch (m_dice.below(4)) {
    case 0:
        isAccepted ? decision.accept() : decision.reject(QStringLiteral("no"));
        break;
    case 1:
        isAccepted ? decision.accept(QString(256, u'x')) // too long
                   : decision.retryLater(QStringLiteral("not now"));
        break;
    case 2:
        decision.defer(m_dice.below(3));
        isAccepted ? decision.accept(QStringLiteral("somebody")) : decision.reject(QString());
        decision.retryLater(QStringLiteral("too late"));
        break;
    default:
        isAccepted ? decision.accept({}, {{QStringLiteral("User-Id"), 1}}) // reserved
                   : decision.reject(QStringLiteral("no"));
        break;
    }
}

void MoodyProvider::answerLater(const QZapDecision &decision)
{
    decision.defer(m_dice.of({0, 0, 1, 20, 1000}));
    switch (m_dice.below(4)) {
    case 0:
        break; // dropped
    case 1:
        m_shelf.keep(decision);
        break;
    case 2:
        m_shelf.letIn(decision);
        QTimer::singleShot(m_dice.below(5), this, [decision] { decision.accept(); });
        break;
    default:
        m_shelf.letIn(decision);
        startOn(m_pool, [decision] { decision.accept(); });
        break;
    }
}

void MoodyProvider::promise(const QZapDecision &decision)
{
    const auto promise = std::make_shared<QPromise<bool>>();
    promise->start();
    m_shelf.letIn(decision);
    switch (m_dice.below(5)) {
    case 0:
        promise->addResult(true);
        promise->finish();
        decision.resolve(promise->future());
        break;
    case 1:
        decision.resolve(promise->future());
        m_shelf.keep(decision, promise);
        break;
    case 2:
        decision.resolve(promise->future());
        startOn(m_pool, [promise] {
            promise->addResult(true);
            promise->finish();
        });
        break;
    case 3:
        decision.resolve(promise->future());
        promise->future().cancel();
        break;
    default:
        decision.resolve(QFuture<QZapReply>()); // a future without a result
        break;
    }
}

void MoodyProvider::misbehave(const QZapDecision &decision)
{
    switch (m_dice.below(5)) {
    case 0:
        break; // neither answers nor defers
    case 1:
        throw std::runtime_error("no directory");
    case 2:
        decision.defer();
        // Another thread must not delete it, since the main thread may be setting it for a domain.
        if (thread() == QCoreApplication::instance()->thread())
            deleteLater();
        break;
    default:
        if (m_meddle)
            m_meddle(&m_dice);
        decision.reject(QStringLiteral("no"));
        break;
    }
}
