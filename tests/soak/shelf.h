// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SHELF_H
#define SHELF_H

#include "dice.h"

#include <QZap/QZapDecision>

#include <QtCore/qlist.h>
#include <QtCore/qmutex.h>
#include <QtCore/qpromise.h>
#include <QtCore/qset.h>

#include <memory>

// Decisions and promises that providers have put off, until somebody answers them or lets them go;
// and whom a provider meant to let in. Thread-safe.
class Shelf
{
public:
    using Promise = std::shared_ptr<QPromise<bool>>;

    void keep(const QZapDecision &decision);
    void keep(const QZapDecision &decision, const Promise &promise);
    // Answers some, in one way or another.
    void settleSome(Dice *dice);
    // Lets go of all.
    void clear();

    // To be called before the peer is let in.
    void letIn(const QZapDecision &decision);
    bool wasLetIn(const QByteArray &id) const;

private:
    struct Kept
    {
        QZapDecision decision;
        Promise promise; // null where the decision itself is to be answered
    };

    QList<Kept> takeSome(int count);
    void settle(const Kept &kept, Dice *dice);

    mutable QMutex m_mutex;
    QList<Kept> m_kept;
    QSet<QByteArray> m_letIn;
};

#endif // SHELF_H
