// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtTest
import QZap
import QZap.Test

// This test runs while its own objects are being created.
TestCase {
    name: "Unsettled"

    ZapAuthenticator { id: rules }
    ZapTestClient {
        id: client
        authenticator: rules
    }

    function test_early() {
        client.verifyRefused(client.plain("bob", "x"))
    }
}
