# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT
"""Loads a folder of certificates with pyzmq.

usage: pyzmqstore.py FOLDER

Prints the seconds that it took, those of CPU, and the number of keys, each in a line.
"""
import sys
import time

from zmq.auth import load_certificates

begin = time.perf_counter(), time.process_time()
keys = load_certificates(sys.argv[1])
end = time.perf_counter(), time.process_time()
print(end[0] - begin[0], end[1] - begin[1], len(keys), sep="\n")
