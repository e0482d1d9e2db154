// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Connects many CURVE peers to an endpoint, each of which sends one message:
//
//     qzap_benchmark_devices ENDPOINT SERVER_KEY KEY_FILE COUNT
//
// The key file has a line for each key: public and secret key in Z85. A socket has one key and
// several connections. Several of these programs share the devices. Prints a line when all sockets
// try to connect, and runs until it is killed.

#include <zmq.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

struct KeyPair
{
    std::string publicKey;
    std::string secretKey;
};

std::vector<KeyPair> readKeys(const char *fileName)
{
    std::vector<KeyPair> result;
    std::ifstream file(fileName);
    for (KeyPair pair; file >> pair.publicKey >> pair.secretKey;)
        result.push_back(pair);
    return result;
}

} // namespace

int main(int argc, char *argv[])
{
    const std::vector<KeyPair> keys = argc == 5 ? readKeys(argv[3]) : std::vector<KeyPair>();
    const long count = argc == 5 ? std::strtol(argv[4], nullptr, 10) : 0;
    if (keys.empty() || count <= 0)
        return EXIT_FAILURE;
    constexpr long ConnectionsPerSocket = 100;
    constexpr int MaximumSockets = 20000;
    zmq::context_t context;
    context.set(zmq::ctxopt::max_sockets, MaximumSockets);
    std::vector<zmq::socket_t> sockets;
    for (long connected = 0; connected < count;) {
        const KeyPair &pair = keys[sockets.size() % keys.size()];
        zmq::socket_t &socket = sockets.emplace_back(context, zmq::socket_type::push);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::curve_serverkey, std::string(argv[2]));
        socket.set(zmq::sockopt::curve_publickey, pair.publicKey);
        socket.set(zmq::sockopt::curve_secretkey, pair.secretKey);
        for (long i = 0; i < ConnectionsPerSocket && connected < count; ++i, ++connected) {
            socket.connect(argv[1]);
            // Goes to the new connection, whose queue is empty.
            socket.send(zmq::str_buffer("hello"), zmq::send_flags::none);
        }
    }
    std::puts("connecting");
    std::fflush(stdout);
    std::getchar(); // until it is killed
    return EXIT_SUCCESS;
}
