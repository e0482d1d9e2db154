// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ZOO_H
#define ZOO_H

#include "moodyprovider.h"

#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>
#include <QtCore/qthread.h>

#include <memory>

// The providers, some of which live in a separate thread.
class Zoo
{
public:
    explicit Zoo(MoodyProvider::Meddle meddle);
    ~Zoo();
    Q_DISABLE_COPY_MOVE(Zoo)

    Shelf &shelf() { return m_shelf; }
    QThreadPool &pool() { return m_pool; }
    // Returns one of the providers, sometimes a new one.
    QZapCredentialsProvider *any(Dice *dice);
    void destroyOne(Dice *dice);

private:
    struct Animal
    {
        QPointer<QZapCredentialsProvider> provider;
        bool isElsewhere;
    };

    void forgetTheGone();

    const MoodyProvider::Meddle m_meddle;
    Shelf m_shelf;
    QThreadPool m_pool;
    QThread m_thread;
    QList<Animal> m_animals;
};

#endif // ZOO_H
