// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

//! [guard]
import QtQml
import QZap

ZapAuthenticator {
    id: auth

    running: true

    readonly property ZapGuard guard: ZapGuard {
        authenticator: auth
        onRevoked: (session, reason) => console.info(session.userId, "is out:", reason)
    }
    readonly property Instantiator connected: Instantiator { // or a ListView
        model: ZapConnectionModel {
            guard: auth.guard
        }
        QtObject {
            required property string user
            required property string address
        }
    }

    ZapCurveDomain {
        name: "telemetry"
        location: Qt.resolvedUrl("clients")
        userIdField: "name"
    }
}
//! [guard]
