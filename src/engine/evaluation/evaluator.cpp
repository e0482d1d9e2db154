// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "engine/evaluation/evaluator.h"

#include "protocol/metadata.h"
#include "protocol/z85.h"

#include <QtCore/qvarlengtharray.h>

#include <algorithm>
#include <utility>

namespace QZap::Internal {

void Evaluation::set(Status status, Cause cause, const QByteArray &reason)
{
    verdict.status = status;
    verdict.cause = cause;
    verdict.next = Verdict::Next::Answer;
    verdict.reason = reason;
    verdict.isEnforced = true;
    verdict.isWrongPassword = false;
}

void Evaluation::setUserIdToKey()
{
    Z85::encode(request.publicKey.data(), CurveKeySize, keyText.data());
    isUserIdKey = true;
}

Evaluator::Evaluator(const PolicyPublisher &policies, SessionNumbers &numbers,
                     PasswordCache &verified, const Lockout &lockout, NamesUsers namesUsers)
    : m_policy(policies)
    , m_numbers(numbers)
    , m_verified(verified)
    , m_lockout(lockout)
    , m_namesUsers(std::move(namesUsers))
{ }

// Most requests of a batch have the same domain.
void Evaluator::startLookup(const Policy &policy, const RequestFrames &frames)
{
    const std::optional<CurveQuestion> question = curveQuestion(frames);
    if (!question)
        return;
    if (!m_lookupDomain || !isEqual(*m_lookupDomain, question->domain)) {
        const DomainTable::Match match = policy.domains->find(question->domain, Mechanism::Curve);
        m_lookupDomain = question->domain;
        m_lookupKeys = match.policy ? match.policy->keys.get() : nullptr;
    }
    if (m_lookupKeys && m_lookupKeys->isLarge())
        m_lookups.push_back(m_lookupKeys->startLookup(question->publicKey));
}

void Evaluator::finishLookups()
{
    for (KeyStore::Lookup &lookup : m_lookups)
        KeyStore::fetchRow(&lookup);
    for (const KeyStore::Lookup &lookup : m_lookups)
        KeyStore::fetchMatch(lookup);
}

Evaluation Evaluator::evaluate(const RequestFrames &frames)
{
    Evaluation evaluation;
    evaluation.sessionNumber = m_numbers.drawIfUsed(); // before the policy is read
    const Policy &policy = m_policy.get();
    evaluation.policyVersion = m_policy.version();
    evaluation.encoding = policy.encoding;
    const Request &request = evaluation.request;
    const ParseResult parsed = parseRequest(frames, policy.encoding, &evaluation.request);
    evaluation.outcome = parsed.outcome;
    Verdict &verdict = evaluation.verdict;
    if (parsed.outcome != ParseOutcome::Valid) {
        verdict.reason = parsed.error;
        evaluation.setUserId(request.name);
        return evaluation;
    }
    if (m_isStopping)
        evaluation.set(Status::TemporaryError, Cause::Stopping,
                       QByteArrayLiteral("The authenticator is stopping"));
    else if (!isSubjectToLockout(request) || !refuseLockedOut(&evaluation))
        verdict = decide(policy, request);
    if (verdict.next == Verdict::Next::CheckHash
        && m_verified.contains(verdict.hash, request.name, request.password)) {
        acceptUser(&evaluation);
    }
    const bool mayGetIn =
        verdict.status == Status::Success || verdict.next == Verdict::Next::AskProvider;
    if (mayGetIn)
        publish(&evaluation);
    if (verdict.next == Verdict::Next::AskProvider && verdict.provider)
        evaluation.provider = *verdict.provider;
    identify(&evaluation);
    const bool isNameless = request.mechanism == Mechanism::Curve && evaluation.userId().isEmpty();
    if (mayGetIn && isNameless)
        evaluation.nextOnceNamed = std::exchange(verdict.next, Verdict::Next::NameUser);
    else if (verdict.status == Status::Success && evaluation.isFinal())
        finishAccepted(&evaluation);
    else if (!verdict.isEnforced)
        letInNonetheless(&evaluation);
    return evaluation;
}

// Of a request whose password is correct.
void Evaluator::acceptUser(Evaluation *evaluation)
{
    Verdict &verdict = evaluation->verdict;
    if (KeyStore::isExpired(verdict.notAfter, Clock::wall)) {
        evaluation->set(Status::AuthenticationFailure, Cause::ExpiredUser, UserExpired);
        return;
    }
    evaluation->set(Status::Success, Cause::Accepted, QByteArrayLiteral("OK"));
    verdict.userId = evaluation->request.name;
    if (verdict.provider)
        verdict.next = Verdict::Next::AskProvider;
}

Evaluation Evaluator::evaluate(const QByteArrayList &frames)
{
    const QVarLengthArray<QByteArrayView, 16> views(frames.begin(), frames.end());
    return evaluate(RequestFrames(views));
}

Evaluation Evaluator::named(Evaluation evaluation, const std::optional<QByteArray> &userId) const
{
    evaluation.verdict.next = evaluation.nextOnceNamed;
    if (!userId) {
        return refused(std::move(evaluation), Status::TemporaryError, Cause::UserIdHook,
                       QByteArrayLiteral("curveUserId() threw an exception"));
    }
    evaluation.storeUserId(*userId);
    if (evaluation.isFinal())
        finishAccepted(&evaluation);
    return evaluation;
}

Evaluation Evaluator::answered(Evaluation evaluation, const QZapReply &answer)
{
    // Otherwise, the password has been checked, and the provider can only veto the peer.
    const bool decidesAlone = evaluation.verdict.status != Status::Success;
    evaluation.set(answer.status(), Cause::Provider, answer.statusText().toUtf8());
    evaluation.verdict.isWrongPassword =
        decidesAlone && answer.status() == Status::AuthenticationFailure;
    if (answer.status() != Status::Success) {
        if (answer.status() == Status::AuthenticationFailure && evaluation.verdict.isReportOnly)
            letInNonetheless(&evaluation);
        return evaluation;
    }
    if (!answer.userId().isEmpty())
        evaluation.storeUserId(answer.userId().toUtf8());
    if (!answer.metadata().isEmpty())
        addMetadata(answer.metadata(), &evaluation);
    if (evaluation.verdict.status == Status::Success)
        finishAccepted(&evaluation);
    return evaluation;
}

Evaluation Evaluator::wrongPassword(Evaluation evaluation) const
{
    const DomainPolicy *const domain = evaluation.verdict.domain;
    if (domain && domain->isSettling) {
        return refused(std::move(evaluation), Status::TemporaryError, Cause::BeingWritten,
                       settlingReason(*domain));
    }
    const bool isStranger =
        domain && domain->passwords && !domain->passwords->contains(evaluation.request.name);
    const bool isReportOnly = evaluation.verdict.isReportOnly && isStranger;
    evaluation = refused(std::move(evaluation), Status::AuthenticationFailure, Cause::WrongPassword,
                         WrongPassword);
    evaluation.verdict.isWrongPassword = true;
    if (isReportOnly)
        letInNonetheless(&evaluation);
    return evaluation;
}

Evaluation Evaluator::refused(Evaluation evaluation, Status status, Cause cause,
                              const QByteArray &reason) const
{
    evaluation.set(status, cause, reason);
    identify(&evaluation);
    return evaluation;
}

bool Evaluator::refuseLockedOut(Evaluation *evaluation) const
{
    const std::optional<qint64> time = lockoutTime(evaluation->request);
    if (!time)
        return false;
    const qint64 seconds = (*time + 999) / 1000;
    evaluation->set(Status::TemporaryError, Cause::LockedOut,
                    "The address is locked out for " + QByteArray::number(seconds) + " s");
    evaluation->isLockedOut = true;
    return true;
}

// Sends every declared field, even without a value: the peer could claim a value for a missing
// field.
void Evaluator::publish(Evaluation *evaluation)
{
    const Verdict &verdict = evaluation->verdict;
    if (!verdict.domain)
        return;
    evaluation->metadata = verdict.domain->metadata;
    if (!verdict.metadata.isEmpty())
        evaluation->metadata += verdict.metadata;
    if (verdict.domain->publishesDomain)
        appendMetadata(DomainField, evaluation->request.domain, &evaluation->metadata);
}

// The provider's value of a published field takes precedence.
void Evaluator::addMetadata(const QVariantMap &metadata, Evaluation *evaluation)
{
    QVariantMap all = metadata;
    const QVariantMap published = decodeMetadata(evaluation->metadata);
    for (auto field = published.begin(); field != published.end(); ++field) {
        const auto isField = [&field](const QString &name) {
            return name.compare(field.key(), Qt::CaseInsensitive) == 0;
        };
        if (std::none_of(metadata.keyBegin(), metadata.keyEnd(), isField))
            all.insert(field.key(), field.value());
    }
    if (const auto frame = encodeMetadata(all)) {
        evaluation->metadata = *frame;
    } else {
        evaluation->set(Status::InternalError, Cause::InvalidReply,
                        "The reply cannot be sent: " + frame.problem().text().toUtf8());
    }
}

// A CURVE peer has proved that it has its key, even if it is refused.
QByteArrayView Evaluator::claimedUserId(const Evaluation &evaluation) const
{
    const Request &request = evaluation.request;
    if (request.mechanism != Mechanism::Curve)
        return request.name;
    const DomainTable::Match match =
        m_policy.held().domains->find(request.domain, Mechanism::Curve);
    const auto key = match.policy && match.policy->keys
                         ? match.policy->keys->find(request.publicKey)
                         : std::nullopt;
    return key ? key->userId : QByteArrayView();
}

void Evaluator::identify(Evaluation *evaluation) const
{
    const Request &request = evaluation->request;
    const Verdict &verdict = evaluation->verdict;
    const bool mayGetIn =
        verdict.status == Status::Success || verdict.next == Verdict::Next::AskProvider;
    evaluation->setUserId(mayGetIn ? verdict.userId : claimedUserId(*evaluation));
    if (request.mechanism != Mechanism::Curve || !evaluation->userId().isEmpty())
        return;
    if (mayGetIn && m_namesUsers())
        return;
    evaluation->setUserIdToKey();
}

void Evaluator::finishAccepted(Evaluation *evaluation)
{
    encodeUserId(evaluation);
    if (evaluation->verdict.status != Status::Success || !evaluation->verdict.isAddressRefused)
        return;
    evaluation->set(Status::AuthenticationFailure, Cause::AddressRules, AddressNotAllowed);
    letInNonetheless(evaluation);
}

void Evaluator::letInNonetheless(Evaluation *evaluation)
{
    evaluation->verdict.isEnforced = false;
    evaluation->sentId = Evaluation::SentId::None;
    const DomainPolicy *const domain = evaluation->verdict.domain;
    evaluation->metadata = domain ? domain->emptyMetadata : QByteArray();
}

void Evaluator::encodeUserId(Evaluation *evaluation)
{
    evaluation->sentId = Evaluation::SentId::UserId;
    const QByteArrayView userId = evaluation->userId();
    const Request &request = evaluation->request;
    if (request.mechanism == Mechanism::Plain && isUserIdOfOtherMechanism(userId)) {
        const bool isOwnName = userId == request.name;
        evaluation->set(
            isOwnName ? Status::AuthenticationFailure : Status::InternalError, Cause::InvalidReply,
            QByteArrayLiteral("A PLAIN peer cannot have the user id of a peer of another "
                              "mechanism"));
    } else if (evaluation->encoding == TextEncoding::Latin1 && !isAscii(userId)) {
        const QString text = QString::fromUtf8(userId);
        evaluation->encodedUserId = text.toLatin1();
        evaluation->sentId = Evaluation::SentId::Encoded;
        if (QString::fromLatin1(evaluation->encodedUserId) != text)
            evaluation->set(Status::InternalError, Cause::InvalidReply,
                            QByteArrayLiteral("The user id cannot be encoded in Latin-1"));
    }
    if (evaluation->sentUserId().size() > MaximumTextSize)
        evaluation->set(Status::InternalError, Cause::InvalidReply,
                        QByteArrayLiteral("The user id is longer than 255 bytes"));
    else if (!isCleanText(userId))
        evaluation->set(Status::InternalError, Cause::InvalidReply,
                        QByteArrayLiteral("The user id contains control characters"));
}

} // namespace QZap::Internal
