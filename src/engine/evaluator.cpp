// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/evaluator.h"

#include "credentials/keys/keyfields.h"
#include "protocol/metadata.h"
#include "protocol/z85.h"

#include <algorithm>
#include <utility>

namespace QZap::Internal {

void Judgement::set(Status status, const QByteArray &reason)
{
    verdict.status = status;
    verdict.next = Verdict::Next::Answer;
    verdict.reason = reason;
}

Judge::Judge(const PolicyPublisher &policies, PasswordCache &verified, NamesUsers namesUsers)
    : m_policy(policies)
    , m_verified(verified)
    , m_namesUsers(std::move(namesUsers))
{ }

// Most requests of a batch are of one domain.
void Judge::startLookup(const Policy &policy, const QByteArrayView *frames, qsizetype count)
{
    const std::optional<CurveQuestion> question = curveQuestion(frames, count);
    if (!question)
        return;
    if (!m_lookupDomain || *m_lookupDomain != question->domain) {
        const DomainTable::Match match = policy.domains->find(question->domain, Mechanism::Curve);
        m_lookupDomain = question->domain;
        m_lookupKeys = match.policy ? match.policy->keys.get() : nullptr;
    }
    if (m_lookupKeys && m_lookupKeys->isLarge())
        m_lookups.push_back(m_lookupKeys->startLookup(question->publicKey));
}

void Judge::finishLookups()
{
    for (KeyStore::Lookup &lookup : m_lookups)
        KeyStore::fetchRow(&lookup);
    for (const KeyStore::Lookup &lookup : m_lookups)
        KeyStore::fetchMatch(lookup);
}

void Judge::judge(const QByteArrayView *frames, qsizetype count, qsizetype totalCount,
                  Judgement *judgement)
{
    const Policy &policy = m_policy.get();
    judgement->policyVersion = m_policy.version();
    judgement->encoding = policy.encoding;
    const Request &request = judgement->request;
    const ParseResult parsed =
        parseRequest(frames, count, totalCount, policy.encoding, &judgement->request);
    judgement->outcome = parsed.outcome;
    Verdict &verdict = judgement->verdict;
    if (parsed.outcome != ParseOutcome::Valid) {
        verdict.reason = parsed.error;
        judgement->userId = request.name;
        return;
    }
    if (m_isStopping)
        judgement->set(Status::TemporaryError, QByteArrayLiteral("The authenticator is stopping"));
    else
        verdict = decide(policy, request);
    if (verdict.next == Verdict::Next::CheckHash
        && m_verified.contains(verdict.hash, request.name, request.password)) {
        judgement->set(Status::Success, QByteArrayLiteral("OK"));
        verdict.userId = request.name;
        if (verdict.provider)
            verdict.next = Verdict::Next::AskProvider;
    }
    const bool mayGetIn =
        verdict.status == Status::Success || verdict.next == Verdict::Next::AskProvider;
    if (mayGetIn)
        publish(judgement);
    if (verdict.next == Verdict::Next::AskProvider && verdict.provider)
        judgement->provider = *verdict.provider;
    identify(judgement);
    const bool isNameless = request.mechanism == Mechanism::Curve && judgement->userId.isEmpty();
    if (mayGetIn && isNameless) {
        judgement->nextOnceNamed = std::exchange(verdict.next, Verdict::Next::NameUser);
        return;
    }
    if (verdict.status == Status::Success && verdict.next == Verdict::Next::Answer)
        encodeUserId(judgement);
}

void Judge::nameUser(const std::optional<QByteArray> &userId, Judgement *judgement) const
{
    judgement->verdict.next = judgement->nextOnceNamed;
    if (!userId) {
        judgement->set(Status::TemporaryError,
                       QByteArrayLiteral("curveUserId() threw an exception"));
        identify(judgement);
        return;
    }
    judgement->userIdStorage = *userId;
    judgement->userId = judgement->userIdStorage;
    if (judgement->verdict.next == Verdict::Next::Answer)
        encodeUserId(judgement);
}

void Judge::apply(const QZapReply &answer, Judgement *judgement)
{
    judgement->set(answer.status(), answer.statusText().toUtf8());
    if (answer.status() != Status::Success)
        return;
    if (!answer.userId().isEmpty()) {
        judgement->userIdStorage = answer.userId().toUtf8();
        judgement->userId = judgement->userIdStorage;
    }
    if (!answer.metadata().isEmpty())
        addMetadata(answer.metadata(), judgement);
    if (judgement->verdict.status == Status::Success)
        encodeUserId(judgement);
}

// Every declared field, whatever its value: one that is missing would be the peer's to claim.
void Judge::publish(Judgement *judgement)
{
    const Verdict &verdict = judgement->verdict;
    if (!verdict.domain)
        return;
    judgement->metadata = verdict.domain->metadata;
    if (!verdict.metadata.isEmpty())
        judgement->metadata += verdict.metadata;
    if (verdict.domain->publishesDomain)
        appendMetadata(DomainField, judgement->request.domain, &judgement->metadata);
}

// What the provider says of a published field counts.
void Judge::addMetadata(const QVariantMap &metadata, Judgement *judgement)
{
    QVariantMap all = metadata;
    const QVariantMap published = decodeMetadata(judgement->metadata);
    for (auto field = published.begin(); field != published.end(); ++field) {
        const auto isField = [&field](const QString &name) {
            return name.compare(field.key(), Qt::CaseInsensitive) == 0;
        };
        if (std::none_of(metadata.keyBegin(), metadata.keyEnd(), isField))
            all.insert(field.key(), field.value());
    }
    QString problem;
    if (const auto frame = encodeMetadata(all, &problem))
        judgement->metadata = *frame;
    else
        judgement->set(Status::InternalError, "The reply cannot be sent: " + problem.toUtf8());
}

void Judge::identify(Judgement *judgement) const
{
    const Request &request = judgement->request;
    const Verdict &verdict = judgement->verdict;
    const bool mayGetIn =
        verdict.status == Status::Success || verdict.next == Verdict::Next::AskProvider;
    judgement->userId = mayGetIn ? verdict.userId : request.name;
    if (request.mechanism != Mechanism::Curve || !judgement->userId.isEmpty())
        return;
    if (mayGetIn && m_namesUsers())
        return;
    judgement->userIdStorage = Z85::encode(request.publicKey);
    judgement->userId = judgement->userIdStorage;
}

void Judge::encodeUserId(Judgement *judgement)
{
    judgement->sentUserId = judgement->userId;
    const Request &request = judgement->request;
    if (request.mechanism == Mechanism::Plain && isUserIdOfOtherMechanism(judgement->userId)) {
        const bool isOwnName = judgement->userId == request.name;
        judgement->set(
            isOwnName ? Status::AuthenticationFailure : Status::InternalError,
            QByteArrayLiteral("A PLAIN peer cannot have the user id of a peer of another "
                              "mechanism"));
    } else if (judgement->encoding == TextEncoding::Latin1 && !isAscii(judgement->userId)) {
        const QString text = QString::fromUtf8(judgement->userId);
        judgement->sentUserIdStorage = text.toLatin1();
        judgement->sentUserId = judgement->sentUserIdStorage;
        if (QString::fromLatin1(judgement->sentUserIdStorage) != text)
            judgement->set(Status::InternalError,
                           QByteArrayLiteral("The user id cannot be encoded in Latin-1"));
    }
    if (judgement->sentUserId.size() > MaximumTextSize)
        judgement->set(Status::InternalError,
                       QByteArrayLiteral("The user id is longer than 255 bytes"));
    else if (!isCleanText(judgement->userId))
        judgement->set(Status::InternalError,
                       QByteArrayLiteral("The user id holds control characters"));
}

} // namespace QZap::Internal
