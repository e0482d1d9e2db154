// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QUESTIONMAKER_H
#define QUESTIONMAKER_H

#include "dice.h"
#include "people.h"
#include "question.h"

// Makes up requests of all kinds, each with an id of its own.
class QuestionMaker
{
public:
    explicit QuestionMaker(const People &people)
        : m_people(people)
    { }

    // Into this domain nobody gets but alice, bob and carol, whatever is configured.
    static QByteArray vault() { return "vault"; }
    // In this domain any key will do.
    static QByteArray anyKey() { return "anykey"; }
    static QByteArrayList domains() { return {vault(), "lab", "office", anyKey(), "unheard-of"}; }
    static QByteArrayList addresses();

    Question make(Dice *dice);
    // A plain one, to see that all before it was taken in.
    Question makeSimple();

private:
    Question start(const QByteArray &domain, const QByteArray &address,
                   const QByteArray &mechanism);
    void addCredentials(Question *question, const QByteArray &domain, Dice *dice) const;
    static void spoil(Question *question, Dice *dice);

    const People &m_people;
    qint64 m_lastId = 0;
};

#endif // QUESTIONMAKER_H
