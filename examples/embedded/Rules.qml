// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QZap

ZapAuthenticator {
    running: true
    workerThread: true
    allowedAddresses: ["127.0.0.0/8", "::1", "10.0.0.0/8", "192.168.0.0/16", "fd00::/8"]
    onAuthenticated: (userId, request) => console.info(userId, "came from", request.address)
    onRejected: (userId, reason) => console.info(JSON.stringify(userId), "was refused:", reason)

    ZapCurveDomain {
        name: "telemetry"
        location: Qt.resolvedUrl("clients") // beside this file
        userIdField: "name"
    }
}
