// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LEDGER_H
#define LEDGER_H

#include "findings.h"
#include "gate.h"
#include "question.h"

#include <QZap/QZapReply>
#include <QZap/QZapRequest>

#include <QtCore/qfuture.h>
#include <QtCore/qhash.h>
#include <QtCore/qset.h>

#include <functional>
#include <vector>

// Checks that each request was sent, answered and reported exactly once.
class Ledger
{
public:
    using WasLetIn = std::function<bool(const QByteArray &id)>;

    // `wasLetIn` returns whether a provider has accepted the peer.
    Ledger(Findings &findings, const Gate &gate, WasLetIn wasLetIn);

    // Records a request that was sent through a socket; answer() records its answer.
    void ask(const Question &question);
    // Records that a request was sent again before it was answered: one answer is sufficient for
    // both.
    void askAgain(const QByteArray &id);
    void answer(const QByteArrayList &reply);
    void ask(const Question &question, const QFuture<QByteArrayList> &future);
    void collectFutures();
    void tell(const QZapRequest &request, const QZapReply &reply);

    bool isOpen(const QByteArray &id) const { return m_open.contains(id); }
    bool wasTold(const QByteArray &id) const { return m_told.contains(id); }
    qsizetype openCount() const { return m_open.size(); }
    qsizetype futureCount() const { return static_cast<qsizetype>(m_futures.size()); }
    qint64 answerCount() const { return m_answerCount; }
    // Returns the open requests, for a message.
    QString openOnes() const;

    // Call this when all requests have been answered: compares the answers with the reports, unless
    // some were not reported, and clears both.
    void close(bool isAllTold);

private:
    struct Pending
    {
        Question question;
        QFuture<QByteArrayList> future;
    };

    void check(const Question &question, const QByteArray &status);

    Findings &m_findings;
    const Gate &m_gate;
    const WasLetIn m_wasLetIn;
    QHash<QByteArray, Question> m_open;
    QHash<QByteArray, int> m_again; // how many further answers may arrive
    QHash<QByteArray, Question> m_answeredAgain;
    std::vector<Pending> m_futures;
    QHash<QByteArray, QByteArray> m_answered; // statuses by request id
    QHash<QByteArray, QZap::Status> m_told;
    qint64 m_answerCount = 0;
};

#endif // LEDGER_H
