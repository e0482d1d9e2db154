// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef MOODYPROVIDER_H
#define MOODYPROVIDER_H

#include "dice.h"
#include "shelf.h"

#include <QZap/QZapCredentialsProvider>

#include <QtCore/qthreadpool.h>

#include <functional>

// A provider that answers at random: at once, later, in another thread, twice, wrongly or never.
class MoodyProvider : public QZapCredentialsProvider
{
    Q_OBJECT

public:
    // Changes the authenticator during authenticate(); only in its thread.
    using Meddle = std::function<void(Dice *)>;

    MoodyProvider(quint32 seed, Shelf &shelf, QThreadPool &pool, Meddle meddle);

    void authenticate(const QZapDecision &decision) override;

private:
    void answerNow(const QZapDecision &decision);
    void answerLater(const QZapDecision &decision);
    void promise(const QZapDecision &decision);
    void misbehave(const QZapDecision &decision);

    Dice m_dice;
    Shelf &m_shelf;
    QThreadPool &m_pool;
    const Meddle m_meddle;
};

#endif // MOODYPROVIDER_H
