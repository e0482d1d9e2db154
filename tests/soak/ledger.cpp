// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "ledger.h"

#include <algorithm>
#include <utility>

namespace {

// Returns whether a decision with this status may be sent with this code. 000 is used for a
// temporary answer, and for all answers that do not accept a GSSAPI peer.
bool fits(QZap::Status status, const QByteArray &code)
{
    if (code == "000")
        return status != QZap::Status::Success;
    return QByteArray::number(static_cast<int>(status)) == code;
}

} // namespace

Ledger::Ledger(Findings &findings, const Gate &gate, WasLetIn wasLetIn)
    : m_findings(findings)
    , m_gate(gate)
    , m_wasLetIn(std::move(wasLetIn))
{ }

void Ledger::ask(const Question &question)
{
    if (question.isAnswerable)
        m_open.insert(question.id, question);
}

void Ledger::askAgain(const QByteArray &id)
{
    ++m_again[id];
}

void Ledger::answer(const QByteArrayList &reply)
{
    const QByteArray id = reply.value(1);
    const auto again = m_again.find(id);
    const bool mayComeAgain = again != m_again.end() && m_answeredAgain.contains(id) && *again > 0;
    if (!m_open.contains(id) && !mayComeAgain) {
        m_findings.add(
            QStringLiteral("an answer to %1, which waits for none").arg(QString::fromLatin1(id)));
        return;
    }
    if (mayComeAgain)
        --*again;
    const Question question = mayComeAgain ? m_answeredAgain.value(id) : m_open.take(id);
    if (again != m_again.end())
        m_answeredAgain.insert(id, question);
    m_findings.expect(reply.size() == 6 && reply.first() == "1.0", "a reply is not well-formed");
    check(question, reply.value(2));
}

void Ledger::ask(const Question &question, const QFuture<QByteArrayList> &future)
{
    m_futures.push_back({question, future});
}

void Ledger::collectFutures()
{
    const auto isCollected = [this](const Pending &pending) {
        if (!pending.future.isFinished())
            return false;
        if (pending.future.isCanceled() || pending.future.resultCount() != 1) {
            m_findings.add(QStringLiteral("the future of %1 has no result, or several")
                               .arg(QString::fromLatin1(pending.question.id)));
            return true;
        }
        const QByteArrayList reply = pending.future.result();
        if (pending.question.isAnswerable) {
            m_findings.expect(reply.value(1) == pending.question.id, "a future of another's reply");
            check(pending.question, reply.value(2));
        } else {
            m_findings.expect(reply.isEmpty(), "an answer to nobody");
        }
        return true;
    };
    m_futures.erase(std::remove_if(m_futures.begin(), m_futures.end(), isCollected),
                    m_futures.end());
}

void Ledger::check(const Question &question, const QByteArray &status)
{
    ++m_answerCount;
    if (!question.isMalformed)
        m_answered.insert(question.id, status);
    if (status != "200")
        return;
    const char *problem = nullptr;
    if (question.isShutOut)
        problem = "whom nothing may let in";
    else if (question.isIntruder && !m_wasLetIn(question.id))
        problem = "whom no store knows and no provider let in";
    else if (m_gate.wasShutSince(question.address, question.step))
        problem = "whose address, or everyone, was shut out";
    if (problem) {
        m_findings.add(
            QStringLiteral("LET IN %1: %2")
                .arg(QString::fromLatin1(problem),
                     QString::fromLatin1(question.frames.join(' ').toPercentEncoding())));
    }
}

void Ledger::tell(const QZapRequest &request, const QZapReply &reply)
{
    const QByteArray id = request.identity();
    if (id.isEmpty())
        return; // the request of a real peer, or malformed
    if (m_told.contains(id) && !m_again.contains(id))
        m_findings.add(QStringLiteral("%1 was told of twice").arg(QString::fromLatin1(id)));
    m_told.insert(id, reply.status());
}

QString Ledger::openOnes() const
{
    QByteArrayList ids = m_open.keys();
    for (const Pending &pending : m_futures)
        ids.append("future " + pending.question.id);
    return QString::fromLatin1(ids.join(", "));
}

void Ledger::close(bool isAllTold)
{
    for (auto answered = m_answered.cbegin(); isAllTold && answered != m_answered.cend();
         ++answered) {
        if (m_again.contains(answered.key()))
            continue;
        const auto told = m_told.constFind(answered.key());
        if (told == m_told.cend() || !fits(*told, *answered)) {
            m_findings.add(
                QStringLiteral("%1 was answered with %2, and told of otherwise")
                    .arg(QString::fromLatin1(answered.key()), QString::fromLatin1(*answered)));
        }
    }
    m_answered.clear();
    m_again.clear();
    m_answeredAgain.clear();
    m_told.clear();
}
