// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "counting/requestdriver.h"

#include "counting/frozenclock.h"
#include "counting/systemcalls.h"
#include "load/keys.h"
#include "waiting.h"

#include <QtCore/qcoreapplication.h>

#include <zmq.h>

#include <cstring>
#include <string_view>

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::nanoseconds TimePerRequest = 2us;

// Runs the raw handler, or, if that is null, the event loop.
void answer(RawAnswers *raw)
{
    if (raw)
        raw->run(ZMQ_DONTWAIT);
    else
        QCoreApplication::processEvents();
}

bool sendFrame(void *socket, std::string_view bytes, bool more)
{
    return zmq_send(socket, bytes.data(), bytes.size(), more ? ZMQ_SNDMORE : 0) >= 0;
}

} // namespace

// Valgrind counts instructions during the first function only.
extern "C" {
__attribute__((noinline)) void answerCounted(RawAnswers *raw)
{
    SystemCalls::resume();
    answer(raw);
    SystemCalls::pause();
}
__attribute__((noinline)) void answerUncounted(RawAnswers *raw)
{
    answer(raw);
}
}

RequestDriver::RequestDriver(Answering answering)
    : m_answering(answering)
    , m_context(zmq_ctx_new())
    , m_fixture(Keys)
{
    if (answering == Answering::Guard)
        m_guard.emplace(&m_authenticator);
    if (answering == Answering::Audit) {
        m_auditLog.emplace(&m_authenticator);
        m_auditLog->setFileName(m_folder.filePath(QStringLiteral("audit.log")));
    }
    if (answering != Answering::Listeners)
        return;
    QObject::connect(&m_authenticator, &QZapAuthenticator::authenticated, &m_authenticator,
                     [this] { ++m_heard; });
    QObject::connect(&m_authenticator, &QZapAuthenticator::rejected, &m_authenticator,
                     [this] { ++m_heard; });
}

RequestDriver::~RequestDriver()
{
    m_authenticator.stop();
    m_raw.reset();
    if (m_rawSocket)
        zmq_close(m_rawSocket);
    for (void *dealer : m_dealers) {
        if (dealer)
            zmq_close(dealer);
    }
    zmq_ctx_term(m_context);
}

bool RequestDriver::start(const QByteArray &mechanism, QString *errorMessage)
{
    if (!m_fixture.create(errorMessage))
        return false;
    const QList<Workload> workloads = m_fixture.workloads({QString::fromLatin1(mechanism)});
    if (workloads.isEmpty()) {
        *errorMessage = QStringLiteral("The mechanism must be null, plain or curve");
        return false;
    }
    m_workload = workloads.last();
    m_load = m_fixture.askingLoad(m_workload);
    if (m_answering == Answering::Raw ? !startRaw(errorMessage)
                                      : !startAuthenticator(errorMessage)) {
        return false;
    }
    for (void *&dealer : m_dealers) {
        dealer = zmq_socket(m_context, ZMQ_DEALER);
        if (!dealer || !open(dealer, zmq_connect)) {
            *errorMessage = QString::fromUtf8(zmq_strerror(zmq_errno()));
            return false;
        }
    }
    FrozenClock::freeze();
    return true;
}

bool RequestDriver::startRaw(QString *errorMessage)
{
    m_rawSocket = zmq_socket(m_context, ZMQ_ROUTER);
    if (m_rawSocket && open(m_rawSocket, zmq_bind)) {
        m_raw.emplace(m_rawSocket);
        return true;
    }
    *errorMessage = QString::fromUtf8(zmq_strerror(zmq_errno()));
    return false;
}

bool RequestDriver::startAuthenticator(QString *errorMessage)
{
    const QString small = QString::fromLatin1(Fixture::SmallDomain);
    const bool isConfigured =
        m_authenticator.configureNull(small, true)
        && m_authenticator.configurePlain(small, {{QString::fromLatin1(m_fixture.user()),
                                                   QString::fromLatin1(m_fixture.password())}})
        && m_authenticator.configureCurve(QString::fromLatin1(Fixture::LargeDomain),
                                          m_fixture.largeKeyList());
    if (isConfigured && waitUntilReady(m_authenticator) && m_authenticator.setContext(m_context)
        && m_authenticator.start()) {
        return true;
    }
    *errorMessage = m_authenticator.errorString();
    return false;
}

bool RequestDriver::open(void *socket, int (*attach)(void *, const char *))
{
    const auto set = [socket](int option, int value) {
        return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
    };
    return set(ZMQ_LINGER, 0) && set(ZMQ_SNDHWM, 0) && set(ZMQ_RCVHWM, 0)
           && attach(socket, "inproc://zeromq.zap.01") == 0;
}

bool RequestDriver::run(int batches, bool isCounted)
{
    constexpr int MaximumTurns = 1000; // of the event loop for a batch
    for (int i = 0; i < batches; ++i) {
        if (!sendBatch())
            return false;
        int replies = 0;
        for (int turn = 0; replies < BatchSize; ++turn) {
            if (turn == MaximumTurns)
                return false;
            RawAnswers *const raw = m_raw ? &*m_raw : nullptr;
            isCounted ? answerCounted(raw) : answerUncounted(raw);
            if (!receiveReplies(&replies))
                return false;
        }
        FrozenClock::advance(BatchSize * TimePerRequest);
    }
    return true;
}

bool RequestDriver::sendBatch()
{
    for (void *dealer : m_dealers) {
        for (int i = 0; i < Outstanding; ++i) {
            if (!send(dealer))
                return false;
        }
    }
    return true;
}

bool RequestDriver::send(void *dealer)
{
    const bool isPlain = m_workload.mechanism == "PLAIN";
    const bool isCurve = m_workload.mechanism == "CURVE";
    for (const char *text : {"", "1.0", "1", m_load.domain, "127.0.0.1", ""}) {
        if (!sendFrame(dealer, text, true))
            return false;
    }
    if (!sendFrame(dealer, m_load.mechanism, isPlain || isCurve))
        return false;
    if (isPlain)
        return sendFrame(dealer, m_load.user, true) && sendFrame(dealer, m_load.password, false);
    if (!isCurve)
        return true;
    m_random = scrambled(m_random);
    const CurveKey key = keyOf(m_random % (m_load.keys - 1) + 1);
    return sendFrame(dealer, {reinterpret_cast<const char *>(key.data()), key.size()}, false);
}

bool RequestDriver::receiveReplies(int *count)
{
    constexpr int StatusFrame = 3; // after delimiter, version and request id
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    bool areAccepted = true;
    for (void *dealer : m_dealers) {
        int at = 0;
        while (zmq_msg_recv(&frame, dealer, ZMQ_DONTWAIT) >= 0) {
            if (at == StatusFrame)
                areAccepted = areAccepted && std::memcmp(zmq_msg_data(&frame), "200", 3) == 0;
            const bool isLast = zmq_msg_more(&frame) == 0;
            *count += isLast ? 1 : 0;
            at = isLast ? 0 : at + 1;
        }
    }
    zmq_msg_close(&frame);
    return areAccepted;
}
