// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "testing/qzaptestanswer_p.h"

#include <QZap/qzapdecision.h>

using Kind = QZapTestAnswerPrivate::Kind;

/*!
    \class QZapTestAnswer
    \inmodule QZap
    \inheaderfile QZap/QZapTestAnswer
    \since 0.1
    \brief The QZapTestAnswer class is an answer that a QZapTestProvider gives.

    \badcode
    provider.addAnswer(QZapTestAnswer::accept("alice"));
    provider.addAnswer(QZapTestAnswer::reject("on holiday").after(20ms));
    provider.setAnswer(QZapTestAnswer::never());
    \endcode
*/

/*!
    Constructs an answer that turns the peer away for now, with the reason that the provider has no
    answer: a test that expects the peer to be refused does not pass.
*/
QZapTestAnswer::QZapTestAnswer()
    : d(new QZapTestAnswerPrivate)
{ }

/*!
    Copies \a other.
*/
QZapTestAnswer::QZapTestAnswer(const QZapTestAnswer &other) = default;

/*!
    Moves \a other.
*/
QZapTestAnswer::QZapTestAnswer(QZapTestAnswer &&other) noexcept = default;

/*!
    Assigns \a other.
*/
QZapTestAnswer &QZapTestAnswer::operator=(const QZapTestAnswer &other) = default;

/*!
    Move-assigns \a other.
*/
QZapTestAnswer &QZapTestAnswer::operator=(QZapTestAnswer &&other) noexcept = default;

/*!
    Destroys the answer.
*/
QZapTestAnswer::~QZapTestAnswer() = default;

/*!
    \fn void QZapTestAnswer::swap(QZapTestAnswer &other)

    Swaps the answer with \a other.
*/

QZapTestAnswer::QZapTestAnswer(QZapTestAnswerPrivate *data)
    : d(data)
{ }

/*!
    Returns an answer that accepts the peer with the proposed user id.

    \sa QZapDecision::accept()
*/
QZapTestAnswer QZapTestAnswer::accept()
{
    auto *const data = new QZapTestAnswerPrivate;
    data->kind = Kind::Confirm;
    return QZapTestAnswer(data);
}

/*!
    Returns an answer that accepts the peer as \a userId, with \a metadata.

    \sa QZapDecision::accept()
*/
QZapTestAnswer QZapTestAnswer::accept(QAnyStringView userId, const QVariantMap &metadata)
{
    auto *const data = new QZapTestAnswerPrivate;
    data->kind = Kind::Accept;
    data->text = userId.toString();
    data->metadata = metadata;
    return QZapTestAnswer(data);
}

/*!
    Returns an answer that refuses the peer for good because of \a reason.

    \sa QZapDecision::reject()
*/
QZapTestAnswer QZapTestAnswer::reject(QAnyStringView reason)
{
    auto *const data = new QZapTestAnswerPrivate;
    data->kind = Kind::Reject;
    data->text = reason.toString();
    return QZapTestAnswer(data);
}

/*!
    Returns an answer that turns the peer away for now because of \a reason.

    \sa QZapDecision::retryLater()
*/
QZapTestAnswer QZapTestAnswer::retryLater(QAnyStringView reason)
{
    auto *const data = new QZapTestAnswerPrivate;
    data->kind = Kind::RetryLater;
    data->text = reason.toString();
    return QZapTestAnswer(data);
}

/*!
    Returns the answer of a provider that defers the decision and never answers, unless
    QZapTestProvider::answerPending() is called.

    \sa QZapDecision::defer()
*/
QZapTestAnswer QZapTestAnswer::never()
{
    auto *const data = new QZapTestAnswerPrivate;
    data->kind = Kind::Never;
    return QZapTestAnswer(data);
}

/*!
    Returns the same answer, given \a delay after the question. With 0, the decision is deferred and
    answered in the next turn of the event loop.
*/
QZapTestAnswer QZapTestAnswer::after(std::chrono::milliseconds delay) const
{
    auto *const data = new QZapTestAnswerPrivate(*d);
    data->delay = delay;
    data->isLate = true;
    return QZapTestAnswer(data);
}

bool QZapTestAnswerPrivate::give(const QZapDecision &decision) const
{
    switch (kind) {
    case Kind::Missing:
        return decision.retryLater(QStringLiteral("The QZapTestProvider has no answer: name one by "
                                                  "setAnswer() or addAnswer()"));
    case Kind::Confirm:
        return decision.accept();
    case Kind::Accept:
        return decision.accept(text, metadata);
    case Kind::Reject:
        return decision.reject(text);
    case Kind::RetryLater:
        return decision.retryLater(text);
    case Kind::Never:
        break;
    }
    return false;
}
