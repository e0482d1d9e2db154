// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQml
import QtTest
import QZap
import QZap.Test

// Asks an authenticator before it has settled.
TestCase {
    id: unsettled

    name: "Unsettled"

    // Created in the test: whether a TestCase starts before its document settles depends on Qt.
    Component {
        id: rules

        ZapAuthenticator {}
    }
    ZapTestClient { id: client }

    function test_early() {
        client.authenticator = rules.createObject(unsettled)
        client.verifyRefused(client.plain("bob", "x"))
    }
}
