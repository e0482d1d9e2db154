// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef REQUESTDRIVER_H
#define REQUESTDRIVER_H

#include "fixture.h"
#include "handlers/rawanswers.h"
#include "memoryfolder.h"

#include <QZap/qzapauditlog.h>
#include <QZap/qzapauthenticator.h>
#include <QZap/qzapguard.h>

#include <QtCore/qstring.h>

#include <array>
#include <cstdint>
#include <optional>

// Sends requests to an authenticator, or to a raw handler, in the thread that answers them, so that
// each run is the same: a batch of requests is sent, the event loop runs until all of them are
// answered, and the replies are received.
class RequestDriver
{
public:
    enum class Answering {
        Raw,    // as few calls of libzmq as possible
        Silent, // an authenticator without listeners
        Listeners,
        Guard, // a guard exists, so that replies contain sessions
        Audit, // there is an audit log
    };

    explicit RequestDriver(Answering answering);
    ~RequestDriver();
    RequestDriver(const RequestDriver &) = delete;
    RequestDriver &operator=(const RequestDriver &) = delete;

    bool start(const QByteArray &mechanism, QString *errorMessage);
    // Answers the batches; if `isCounted`, uses answerCounted() and counts system calls. Returns
    // false if a reply is missing or a refusal.
    bool run(int batches, bool isCounted);

    static constexpr int Dealers = 8;
    static constexpr int Outstanding = 16; // of each DEALER
    static constexpr int BatchSize = Dealers * Outstanding;

private:
    static constexpr qint64 Keys = 20'000;

    bool startRaw(QString *errorMessage);
    bool startAuthenticator(QString *errorMessage);
    // Calls zmq_bind() or zmq_connect() after setting the socket's options.
    static bool open(void *socket, int (*attach)(void *, const char *));
    bool sendBatch();
    bool send(void *dealer);
    // Adds the number of received replies; returns false if one is a refusal.
    bool receiveReplies(int *count);

    const Answering m_answering;
    void *m_context;
    void *m_rawSocket = nullptr;
    std::optional<RawAnswers> m_raw;
    std::array<void *, Dealers> m_dealers{};
    QZapAuthenticator m_authenticator;
    std::optional<QZapGuard> m_guard;
    MemoryFolder m_folder; // of the audit log
    std::optional<QZapAuditLog> m_auditLog;
    Fixture m_fixture;
    Workload m_workload;
    AskingLoad m_load = {};
    std::uint64_t m_random = 1;
    std::int64_t m_heard = 0;
};

#endif // REQUESTDRIVER_H
