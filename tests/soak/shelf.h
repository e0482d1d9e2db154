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

// Holds the deferred decisions and promises of providers until they are answered or dropped, and
// the peers that a provider has accepted. Thread-safe.
class Shelf
{
public:
    using Promise = std::shared_ptr<QPromise<bool>>;

    void keep(const QZapDecision &decision);
    void keep(const QZapDecision &decision, const Promise &promise);
    // Answers some of them, chosen at random.
    void settleSome(Dice *dice);
    // Drops all.
    void clear();

    // Call this before the peer is accepted.
    void letIn(const QZapDecision &decision);
    bool wasLetIn(const QByteArray &id) const;

private:
    struct Kept
    {
        QZapDecision decision;
        Promise promise; // null: the decision itself is answered
    };

    QList<Kept> takeSome(int count);
    void settle(const Kept &kept, Dice *dice);

    mutable QMutex m_mutex;
    QList<Kept> m_kept;
    QSet<QByteArray> m_letIn;
};

#endif // SHELF_H
