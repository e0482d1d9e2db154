// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include <QZap/qzaptestprovider.h>

#include "testing/qzaptestanswer_p.h"

#include <QZap/qzapdecision.h>

#include <QtCore/qmutex.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <utility>

/*!
    \class QZapTestProvider
    \inmodule QZap
    \inheaderfile QZap/QZapTestProvider
    \since 0.1
    \brief The QZapTestProvider class is a credentials provider whose answers a test determines.

    It stands in for the provider of a program, such as one that asks a directory, and records what
    it is asked:

    \snippet testing/tst_rules.cpp provider

    Each question takes one of the answers of addAnswer(), in this order, or the one of setAnswer()
    if none is left. Without either, it turns the peer away for now, with a reason that says so.

    The class is part of the library \c{QZap::Test}; see \l{Testing Your Rules}. All functions
    except the destructor are thread-safe.
*/

class QZapTestProviderPrivate
{
public:
    QZapTestAnswer next();
    void keep(const QZapDecision &decision);

    mutable QMutex mutex;
    QZapTestAnswer answer;
    QList<QZapTestAnswer> answers;
    QList<QZapRequest> questions;
    QList<QZapDecision> deferred; // some may have been answered or have ended
};

QZapTestAnswer QZapTestProviderPrivate::next()
{
    return answers.isEmpty() ? answer : answers.takeFirst();
}

void QZapTestProviderPrivate::keep(const QZapDecision &decision)
{
    deferred.removeIf([](const QZapDecision &each) { return !each.isPending(); });
    deferred.append(decision);
}

/*!
    Constructs a provider with \a parent that has no answer yet.
*/
QZapTestProvider::QZapTestProvider(QObject *parent)
    : QZapTestProvider(QZapTestAnswer(), parent)
{ }

/*!
    Constructs a provider with \a parent that gives \a answer to each question.
*/
QZapTestProvider::QZapTestProvider(const QZapTestAnswer &answer, QObject *parent)
    : QZapCredentialsProvider(parent)
    , d_ptr(std::make_unique<QZapTestProviderPrivate>())
{
    setAnswer(answer);
}

/*!
    Destroys the provider. Decisions that are pending get a temporary answer.
*/
QZapTestProvider::~QZapTestProvider() = default;

/*!
    Gives \a answer to each question for which addAnswer() has named no other.
*/
void QZapTestProvider::setAnswer(const QZapTestAnswer &answer)
{
    Q_D(QZapTestProvider);
    const QMutexLocker lock(&d->mutex);
    d->answer = answer;
}

/*!
    Gives \a answer once, to the next question for which no answer was added yet.
*/
void QZapTestProvider::addAnswer(const QZapTestAnswer &answer)
{
    Q_D(QZapTestProvider);
    const QMutexLocker lock(&d->mutex);
    d->answers.append(answer);
}

/*!
    Gives \a answer, at once, to all questions whose answers were deferred and have not been given.
    Returns how many of them accepted the answer in time.

    \sa pendingCount()
*/
int QZapTestProvider::answerPending(const QZapTestAnswer &answer)
{
    Q_D(QZapTestProvider);
    QList<QZapDecision> decisions;
    {
        const QMutexLocker lock(&d->mutex);
        decisions = std::exchange(d->deferred, {});
    }
    const QZapTestAnswerPrivate *const given = QZapTestAnswerPrivate::get(answer);
    const auto count =
        std::count_if(decisions.cbegin(), decisions.cend(),
                      [given](const QZapDecision &decision) { return given->give(decision); });
    return static_cast<int>(count);
}

/*!
    Returns the questions that the provider was asked, in this order.

    \sa clear()
*/
QList<QZapRequest> QZapTestProvider::questions() const
{
    Q_D(const QZapTestProvider);
    const QMutexLocker lock(&d->mutex);
    return d->questions;
}

/*!
    Returns how many questions were deferred and are not answered.

    \sa answerPending()
*/
int QZapTestProvider::pendingCount() const
{
    Q_D(const QZapTestProvider);
    const QMutexLocker lock(&d->mutex);
    const auto count =
        std::count_if(d->deferred.cbegin(), d->deferred.cend(),
                      [](const QZapDecision &decision) { return decision.isPending(); });
    return static_cast<int>(count);
}

/*!
    Forgets the questions that the provider was asked, and the answers that addAnswer() has named.
*/
void QZapTestProvider::clear()
{
    Q_D(QZapTestProvider);
    const QMutexLocker lock(&d->mutex);
    d->questions.clear();
    d->answers.clear();
}

/*!
    \reimp
*/
void QZapTestProvider::authenticate(const QZapDecision &decision)
{
    Q_D(QZapTestProvider);
    QZapTestAnswer answer;
    {
        const QMutexLocker lock(&d->mutex);
        d->questions.append(decision.request());
        answer = d->next();
    }
    const QZapTestAnswerPrivate *const next = QZapTestAnswerPrivate::get(answer);
    const bool isNever = next->kind == QZapTestAnswerPrivate::Kind::Never;
    if (!next->isLate && !isNever) {
        next->give(decision);
        return;
    }
    decision.defer();
    {
        const QMutexLocker lock(&d->mutex);
        d->keep(decision);
    }
    if (isNever)
        return;
    QTimer::singleShot(next->delay, this,
                       [answer, decision] { QZapTestAnswerPrivate::get(answer)->give(decision); });
}
