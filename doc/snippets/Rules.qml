// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

//! [rules]
import QZap

ZapAuthenticator {
    running: true
    deniedAddresses: ["192.0.2.0/24"]
//! [lockout]
    lockout.enabled: true
    lockout.maximumFailures: 5
//! [lockout]
    onRejected: (userId, reason, request) => {
        console.info(JSON.stringify(userId), request.address, reason)
    }

    ZapCurveDomain {
        name: "telemetry"
        location: Qt.resolvedUrl("clients")
    }
}
//! [rules]
