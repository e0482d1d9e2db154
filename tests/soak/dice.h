// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DICE_H
#define DICE_H

#include <QtCore/qlist.h>
#include <QtCore/qrandom.h>

#include <initializer_list>

// Makes random choices that are reproducible by a seed.
class Dice
{
public:
    explicit Dice(quint32 seed)
        : m_generator(seed)
    { }

    quint32 seed() { return m_generator.generate(); }
    int below(int limit) { return m_generator.bounded(limit); }
    bool oneIn(int chances) { return below(chances) == 0; }
    bool flip() { return oneIn(2); }
    template <typename T>
    T of(const QList<T> &all)
    {
        return all.at(below(static_cast<int>(all.size())));
    }
    template <typename T>
    T of(std::initializer_list<T> all)
    {
        return *(all.begin() + below(static_cast<int>(all.size())));
    }

private:
    QRandomGenerator m_generator;
};

#endif // DICE_H
