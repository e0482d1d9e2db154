# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT
"""One of pyzmq's authenticators, measured in this process by the benchmark's own asking code.

usage: pyzmqhandler.py LOAD_LIBRARY pyzmq-thread|pyzmq-asyncio bound|unbound

Commands come as a JSON object in each line of the standard input, and so do the answers.
"""
import asyncio
import ctypes
import json
import sys
import threading

import zmq
import zmq.asyncio
import zmq.auth.asyncio
import zmq.auth.thread


class AskingLoad(ctypes.Structure):
    _fields_ = [
        ("context", ctypes.c_void_p),
        ("mechanism", ctypes.c_char_p),
        ("domain", ctypes.c_char_p),
        ("user", ctypes.c_char_p),
        ("password", ctypes.c_char_p),
        ("firstKey", ctypes.c_char_p),
        ("keys", ctypes.c_uint64),
        ("users", ctypes.c_uint64),
        ("dealers", ctypes.c_int32),
        ("outstanding", ctypes.c_int32),
        ("requests", ctypes.c_int64),
        ("cold", ctypes.c_int32),
    ]


class AskingResult(ctypes.Structure):
    _fields_ = [
        ("requests", ctypes.c_int64),
        ("accepted", ctypes.c_int64),
        ("begin", ctypes.c_double),
        ("seconds", ctypes.c_double),
        ("handlerSeconds", ctypes.c_double),
        ("p50", ctypes.c_double),
        ("p99", ctypes.c_double),
    ]


class HandshakeLoad(ctypes.Structure):
    _fields_ = [
        ("context", ctypes.c_void_p),
        ("mechanism", ctypes.c_char_p),
        ("domain", ctypes.c_char_p),
        ("user", ctypes.c_char_p),
        ("password", ctypes.c_char_p),
        ("publicKey", ctypes.c_char_p),
        ("secretKey", ctypes.c_char_p),
        ("serverPublicKey", ctypes.c_char_p),
        ("serverSecretKey", ctypes.c_char_p),
        ("parallel", ctypes.c_int32),
        ("seconds", ctypes.c_double),
    ]


class HandshakeResult(ctypes.Structure):
    _fields_ = [
        ("handshakes", ctypes.c_int64),
        ("seconds", ctypes.c_double),
        ("p50", ctypes.c_double),
        ("p99", ctypes.c_double),
    ]


CALLS = {
    "ask": ("qzap_benchmark_ask", AskingLoad, AskingResult),
    "connect": ("qzap_benchmark_connect", HandshakeLoad, HandshakeResult),
}


def loaded_libzmqs():
    """A context handed from one copy of libzmq to another would be a crash."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        return {line.split()[-1] for line in maps if "/libzmq" in line}


def configure(authenticator, setup):
    # In pyzmq, "*" stands for the empty domain, not for every domain.
    authenticator.configure_plain(setup["domain"], {setup["user"]: setup["password"]})
    authenticator.configure_curve(setup["domain"], setup["certificates"])


def start_thread(context, setup):
    authenticator = zmq.auth.thread.ThreadAuthenticator(context)
    authenticator.start()
    configure(authenticator, setup)
    return authenticator.stop


def start_asyncio(context, setup):
    """The event loop runs in a thread of its own, since this one waits in the asking code."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    authenticator = zmq.auth.asyncio.AsyncioAuthenticator(context)

    async def start():
        authenticator.start()
        configure(authenticator, setup)

    async def finish():
        authenticator.stop()

    asyncio.run_coroutine_threadsafe(start(), loop).result()

    def stop():
        asyncio.run_coroutine_threadsafe(finish(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()

    return stop


def start(library, kind, setup):
    """Starts the authenticator's thread, bound as the other handlers' are."""
    context = zmq.Context() if kind == "pyzmq-thread" else zmq.asyncio.Context()
    context.max_sockets = 8192
    context.socket(zmq.PAIR).close()  # starts the context's threads, which are not to be bound
    library.qzap_benchmark_bind(1)
    starter = start_thread if kind == "pyzmq-thread" else start_asyncio
    stop = starter(context, setup)
    library.qzap_benchmark_bind(0)
    return context, stop


def measure(library, context, command):
    name, load_type, result_type = CALLS[command.pop("call")]
    load = load_type(context=context.underlying)
    for field, value in command.items():
        if field == "firstKey":
            value = bytes.fromhex(value)
        elif isinstance(value, str):
            value = value.encode()
        setattr(load, field, value)
    result = result_type()
    # ctypes releases the interpreter's lock during the call.
    if not getattr(library, name)(ctypes.byref(load), ctypes.byref(result)):
        return {"error": f"{name}() failed"}
    return {field: getattr(result, field) for field, _ in result_type._fields_}


def main():
    library = ctypes.CDLL(sys.argv[1])
    if len(loaded_libzmqs()) > 1:
        print(json.dumps({"error": "pyzmq has a libzmq of its own"}), flush=True)
        return
    if sys.argv[3] == "unbound":
        library.qzap_benchmark_use_any_cores()
    setup = json.loads(sys.stdin.readline())
    context, stop = start(library, sys.argv[2], setup)
    print(json.dumps({"version": zmq.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(library, context, json.loads(line))), flush=True)
    stop()
    context.term()


main()
