// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LOAD_H
#define LOAD_H

#include <cstdint>

// The requesting side. It has C functions and no Qt, since it is also loaded into the processes of
// handlers in other languages: the same code sends requests to every handler.
extern "C" {

struct AskingLoad
{
    void *context;
    const char *mechanism;
    const char *domain;
    const char *user; // PLAIN
    const char *password;
    const unsigned char *firstKey; // CURVE, 32 bytes; the others are those of keyOf()
    std::uint64_t keys;            // one of which is asked for at random
    std::uint64_t users;           // PLAIN; if not 0: named by a number behind the name, in turn
    std::int32_t dealers;          // each in a thread of its own
    std::int32_t outstanding;      // of each DEALER
    std::int64_t requests;         // of all together
    std::int32_t cold;             // without some requests before those that count
};

struct AskingResult
{
    std::int64_t requests;
    std::int64_t accepted;
    double begin; // by the monotonic clock
    double seconds;
    double handlerSeconds; // CPU of the process less that of the asking threads
    double p50;            // seconds from request to reply; only where one is outstanding
    double p99;
};

struct HandshakeLoad
{
    void *context;
    const char *mechanism;
    const char *domain;
    const char *user; // PLAIN
    const char *password;
    const char *publicKey; // CURVE, the client's and the server's, in Z85
    const char *secretKey;
    const char *serverPublicKey;
    const char *serverSecretKey;
    std::int32_t parallel;
    double seconds; // for how long
};

struct HandshakeResult
{
    std::int64_t handshakes;
    double seconds;
    double p50; // seconds from connect to the first message; only where there is one at a time
    double p99;
};

// Each returns 0 if a socket failed or an answer did not arrive in time.
int qzap_benchmark_ask(const AskingLoad *load, AskingResult *result);
int qzap_benchmark_connect(const HandshakeLoad *load, HandshakeResult *result);
}

#endif // LOAD_H
