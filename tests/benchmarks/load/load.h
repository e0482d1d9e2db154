// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LOAD_H
#define LOAD_H

#include <cstdint>

// The requesting side. It has C functions and does not use Qt, since the processes of handlers in
// other languages load it as well: the same code sends requests to every handler.
extern "C" {

struct AskingLoad
{
    void *context;
    const char *mechanism;
    const char *domain;
    const char *user; // PLAIN
    const char *password;
    const unsigned char *firstKey; // CURVE, 32 bytes; keyOf() makes the others
    std::uint64_t keys;            // each request uses a random one
    std::uint64_t users;           // PLAIN; if not 0: a number is appended to the name
    std::int32_t dealers;          // each has a thread of its own
    std::int32_t outstanding;      // of each DEALER
    std::int64_t requests;         // in total
    std::int32_t cold;             // not 0: without requests before the measured ones
};

struct AskingResult
{
    std::int64_t requests;
    std::int64_t accepted;
    double begin; // of the monotonic clock
    double seconds;
    double handlerSeconds; // CPU time of the process without the asking threads
    double p50;            // seconds from request to reply, if one is outstanding
    double p99;
};

struct HandshakeLoad
{
    void *context;
    const char *mechanism;
    const char *domain;
    const char *user; // PLAIN
    const char *password;
    const char *publicKey; // CURVE, of the client and the server, in Z85
    const char *secretKey;
    const char *serverPublicKey;
    const char *serverSecretKey;
    std::int32_t parallel;
    double seconds; // the duration
};

struct HandshakeResult
{
    std::int64_t handshakes;
    double seconds;
    double p50; // seconds from connect to the first message, if one at a time
    double p99;
};

// These functions return 0 if a socket failed or an answer did not arrive in time.
int qzap_benchmark_ask(const AskingLoad *load, AskingResult *result);
int qzap_benchmark_connect(const HandshakeLoad *load, HandshakeResult *result);
}

#endif // LOAD_H
