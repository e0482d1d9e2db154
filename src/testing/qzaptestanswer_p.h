// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTANSWER_P_H
#define QZAPTESTANSWER_P_H

#include <QZap/qzaptestanswer.h>

#include <QtCore/qshareddata.h>
#include <QtCore/qstring.h>

class QZapDecision;

class QZapTestAnswerPrivate : public QSharedData
{
public:
    enum class Kind { Missing, Confirm, Accept, Reject, RetryLater, Never };

    static const QZapTestAnswerPrivate *get(const QZapTestAnswer &answer)
    {
        return answer.d.constData();
    }
    // Gives the answer, unless its kind is Never. Returns whether the answer was given in time, and
    // was the first.
    bool give(const QZapDecision &decision) const;

    Kind kind = Kind::Missing;
    QString text; // the user id or reason
    QVariantMap metadata;
    std::chrono::milliseconds delay{0};
    bool isLate = false; // whether the decision is deferred until the delay is over
};

#endif // QZAPTESTANSWER_P_H
