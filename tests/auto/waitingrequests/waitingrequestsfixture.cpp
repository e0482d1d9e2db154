// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "waitingrequestsfixture.h"

#include "credentials/hashing/passwordhash.h"
#include "protocol/reply.h"

#include <QtTest/qtest.h>

using namespace QZap;
using namespace QZap::Internal;

void WaitingRequestsFixture::initTestCase()
{
    m_hash = PasswordHash::make("secret", {8, 1});
    QVERIFY(!m_hash.isEmpty());
}

void WaitingRequestsFixture::init()
{
    QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
    m_policy = {};
    publish();
    m_verified.clear();
    m_userId = nullptr;
    m_admit = nullptr;
    m_whenFinished = nullptr;
    m_events.clear();
    m_provider = std::make_unique<QZapCredentialsProvider>();
    m_link = std::make_shared<ProviderLink>(m_provider.get());
    m_evaluator = std::make_unique<Evaluator>(m_policies, m_numbers, m_verified, m_lockout,
                                              [this] { return m_userId != nullptr; });
    m_waiting = std::make_unique<WaitingRequests>(nullptr, *m_evaluator, m_verified, handler());
}

void WaitingRequestsFixture::cleanup()
{
    m_waiting.reset();
    m_decisions.clear();
    m_link->close();
    m_provider.reset();
}

WaitingRequests::Handler WaitingRequestsFixture::handler()
{
    WaitingRequests::Handler handler;
    handler.admit = [this](const Evaluation &evaluation) {
        return m_admit ? m_admit(evaluation) : Admittance::Granted;
    };
    handler.finish = [this](const Evaluation &evaluation, PendingRequest &) {
        m_reason = evaluation.verdict.reason;
        QByteArray event = evaluation.request.requestId.toByteArray() + ' '
                           + statusCode(evaluation.verdict.status).toByteArray();
        if (evaluation.verdict.status == Status::Success)
            event += ' ' + evaluation.sentUserId().toByteArray();
        m_events.append(event);
        if (m_whenFinished)
            m_whenFinished();
    };
    handler.superseded = [this](const ZapMessage &) { m_events.append("superseded"); };
    handler.waits = [this] { m_events.append("waits"); };
    handler.runOutside = [this](const std::function<void()> &code) {
        const QPointer<WaitingRequests> guard(m_waiting.get());
        code();
        return !guard.isNull();
    };
    handler.curveUserId = [this](QByteArrayView) { return m_userId(); };
    handler.providerFailed = [this](const QString &) { m_events.append("provider failed"); };
    return handler;
}

void WaitingRequestsFixture::settle(PendingRequest request)
{
    Evaluation evaluation = request.isRaw() ? m_evaluator->evaluate(request.rawFrames)
                                            : m_evaluator->evaluate(request.message.request());
    m_waiting->settle(std::move(evaluation), std::move(request));
}
