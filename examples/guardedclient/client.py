#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT
"""The same client as guardedclient, in Python.

Connects to a ZeroMQ server such as guardedserver, sends one line, and prints the echo and the user
id that the server knows the client by, or that it was refused.

Exit codes: 0 accepted and echoed, 1 refused, 2 wrong arguments or files, 3 no answer in time.
"""

import argparse
import os
import sys
import time

import zmq
import zmq.auth
from zmq.utils.monitor import recv_monitor_message

ACCEPTED, REFUSED, USAGE, TIMED_OUT = range(4)
PASSWORD_VARIABLE = "GUARDEDCLIENT_PASSWORD"
# A server with a different key closes the connection without an answer, and so does one that is too
# busy, for which a retry is worthwhile.
MAXIMUM_CLOSED_EARLY = 3


class UsageError(Exception):
    """The arguments, or the files that they name, cannot be used."""


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[1])
    parser.add_argument("endpoint", metavar="ENDPOINT")
    parser.add_argument("--mechanism", choices=["null", "plain", "curve"], default="null")
    parser.add_argument("--user", metavar="NAME", help="PLAIN: the user's name")
    parser.add_argument(
        "--password-file",
        metavar="FILE",
        help="PLAIN: a file whose first line is the password, else it is read from "
        f"the environment variable {PASSWORD_VARIABLE}",
    )
    parser.add_argument(
        "--certificate", metavar="FILE", help="CURVE: the client's, with its secret key"
    )
    parser.add_argument("--server-key", metavar="KEY", help="CURVE: 40 characters of Z85")
    parser.add_argument("--message", metavar="TEXT", default="hello")
    parser.add_argument("--timeout", metavar="MILLISECONDS", type=int, default=5000)
    return parser.parse_args()


def read_password(file):
    if file is not None:
        try:
            with open(file, "rb") as stream:
                password = stream.readline().rstrip(b"\r\n")
        except OSError as error:
            raise UsageError(f"--password-file: {error}") from error
    elif PASSWORD_VARIABLE in os.environ:
        password = os.environb[PASSWORD_VARIABLE.encode()]
    else:
        raise UsageError(
            f"the PLAIN mechanism needs --password-file, or the password in {PASSWORD_VARIABLE}"
        )
    if not 1 <= len(password) <= 255:
        raise UsageError("the password must be 1 to 255 bytes long")
    return password


def set_credentials(socket, arguments):
    if arguments.mechanism == "plain":
        if not arguments.user:
            raise UsageError("the PLAIN mechanism needs a --user")
        socket.plain_username = arguments.user.encode()
        socket.plain_password = read_password(arguments.password_file)
    elif arguments.mechanism == "curve":
        if not arguments.certificate or not arguments.server_key:
            raise UsageError("the CURVE mechanism needs --certificate and --server-key")
        try:
            public_key, secret_key = zmq.auth.load_certificate(arguments.certificate)
        except (OSError, ValueError) as error:
            raise UsageError(f"--certificate: {error}") from error
        if secret_key is None:
            raise UsageError(f"--certificate: {arguments.certificate} has no secret key")
        socket.curve_publickey = public_key
        socket.curve_secretkey = secret_key
        try:
            socket.curve_serverkey = arguments.server_key.encode()
        except zmq.ZMQError as error:
            raise UsageError(f"--server-key: {error}") from error


def wait_for_outcome(socket, monitor, timeout):
    """Returns an exit code and what to print."""
    poller = zmq.Poller()
    poller.register(socket, zmq.POLLIN)
    poller.register(monitor, zmq.POLLIN)
    deadline = time.monotonic() + timeout / 1000
    closed_early = 0
    while (left := deadline - time.monotonic()) > 0:
        ready = dict(poller.poll(left * 1000))
        if socket in ready:
            user_id, echo = (frame.decode(errors="replace") for frame in socket.recv_multipart())
            return ACCEPTED, f"accepted as {user_id}\necho {echo}"
        if monitor not in ready:
            continue
        event = recv_monitor_message(monitor)
        if event["event"] == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
            return REFUSED, f"refused: the server refused with status {event['value']}"
        if event["event"] == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL:
            return REFUSED, "refused: the server expects a different mechanism"
        if event["event"] == zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            closed_early += 1
            if closed_early >= MAXIMUM_CLOSED_EARLY:
                return REFUSED, (
                    f"refused: the server hung up during the handshake, {closed_early} times"
                )
    return TIMED_OUT, "timed out: no answer in time"


def main():
    arguments = parse_arguments()
    context = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.reconnect_ivl = 100
    monitor = socket.get_monitor_socket()
    try:
        set_credentials(socket, arguments)
        socket.connect(arguments.endpoint)
        socket.send(arguments.message.encode())
        code, text = wait_for_outcome(socket, monitor, arguments.timeout)
        print(text)
    except (UsageError, zmq.ZMQError) as error:
        print(f"client.py: {error}", file=sys.stderr)
        code = USAGE
    socket.disable_monitor()
    context.destroy()
    return code


if __name__ == "__main__":
    sys.exit(main())
