// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QUESTIONMAKER_H
#define QUESTIONMAKER_H

#include "dice.h"
#include "people.h"
#include "question.h"

// Creates requests of all kinds, each with a unique id.
class QuestionMaker
{
public:
    explicit QuestionMaker(const People &people)
        : m_people(people)
    { }

    // A domain in which only alice, bob and carol are accepted, in every configuration.
    static QByteArray vault() { return "vault"; }
    // A domain in which every key is accepted.
    static QByteArray anyKey() { return "anykey"; }
    static QByteArrayList domains() { return {vault(), "lab", "office", anyKey(), "unheard-of"}; }
    static QByteArrayList addresses();

    Question make(Dice *dice);
    // Returns a simple request, whose answer shows that all previous requests were received.
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
