# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT
"""Writes or reads a certificate with pyzmq.

save DIRECTORY NAME [NAME=VALUE]...   prints nothing
load FILE                             prints the public key and the secret one, or "-"
"""

import sys

import zmq.auth

command, *arguments = sys.argv[1:]
if command == "save":
    directory, name, *fields = arguments
    zmq.auth.create_certificates(
        directory, name, metadata=dict(field.split("=", 1) for field in fields)
    )
elif command == "load":
    public_key, secret_key = zmq.auth.load_certificate(arguments[0])
    print(public_key.decode())
    print(secret_key.decode() if secret_key else "-")
else:
    sys.exit(f"unknown command {command}")
