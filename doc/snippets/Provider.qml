// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQml
import QZap

ZapAuthenticator {
    running: true

//! [provider]
ZapPlainDomain {
    name: "staff"
    passwords: ({ alice: "secret", bob: "geheim" })
    credentialsProvider: ZapCredentialsProvider {
        id: doorman

        property var waiting: []

        onAuthenticating: decision => {
            if (decision.userId === "alice")
                decision.accept()
            else if (decision.defer(5000))
                doorman.waiting.push(decision)
        }

        Timer {
            interval: 200
            running: true
            repeat: true
            onTriggered: doorman.waiting.splice(0).forEach(decision => decision.reject("not today"))
        }
    }
}
//! [provider]
}
