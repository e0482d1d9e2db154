// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "shelf.h"

#include <exception>
#include <stdexcept>
#include <utility>

void Shelf::keep(const QZapDecision &decision)
{
    keep(decision, nullptr);
}

void Shelf::keep(const QZapDecision &decision, const Promise &promise)
{
    const QMutexLocker lock(&m_mutex);
    m_kept.append({decision, promise});
}

QList<Shelf::Kept> Shelf::takeSome(int count)
{
    const QMutexLocker lock(&m_mutex);
    QList<Kept> some = m_kept.mid(0, count);
    m_kept.remove(0, some.size());
    return some;
}

void Shelf::settleSome(Dice *dice)
{
    const QList<Kept> some = takeSome(dice->below(8));
    for (const Kept &kept : some)
        settle(kept, dice);
}

void Shelf::settle(const Kept &kept, Dice *dice)
{
    const int choice = dice->below(6);
    if (choice < 3)
        letIn(kept.decision);
    if (kept.promise) {
        if (choice == 5)
            kept.promise->setException(std::make_exception_ptr(std::runtime_error("no directory")));
        else if (choice < 5)
            kept.promise->addResult(choice < 3);
        kept.promise->finish();
        return;
    }
    switch (choice) {
    case 0:
        kept.decision.accept();
        break;
    case 1:
        kept.decision.accept(QStringLiteral("somebody"),
                             {{QStringLiteral("Team"), QStringLiteral("blue")}});
        break;
    case 2:
        kept.decision.accept();
        kept.decision.reject(QStringLiteral("late")); // has no effect
        break;
    case 3:
        kept.decision.reject(QStringLiteral("no"));
        break;
    case 4:
        kept.decision.retryLater(QStringLiteral("not now"));
        break;
    default:
        break; // dropped
    }
}

void Shelf::clear()
{
    QList<Kept> all;
    const QMutexLocker lock(&m_mutex);
    all.swap(m_kept);
    m_letIn.clear();
}

void Shelf::letIn(const QZapDecision &decision)
{
    const QMutexLocker lock(&m_mutex);
    m_letIn.insert(decision.request().identity());
}

bool Shelf::wasLetIn(const QByteArray &id) const
{
    const QMutexLocker lock(&m_mutex);
    return m_letIn.contains(id);
}
