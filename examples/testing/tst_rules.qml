// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtTest
import QZap
import QZap.Test

TestCase {
    name: "Rules"
    when: rules.settled

    Rules { id: rules }
    ZapTestClient {
        id: client
        authenticator: rules
        domain: "operators"
    }

    function test_operators() {
        client.compareUser(client.plain("alice", "secret"), "alice")
        client.verifyRefused(client.plain("alice", "Secret"))
        client.verifyRefused(client.plain("alice", "secret").from("192.0.2.1"))
    }

    function test_offDuty() {
        client.verifyRefused(client.plain("bob", "hidden"))
        compare(client.reason, "off duty")
    }

    function test_guessers() {
        for (const guess of ["1234", "qwerty", "password"])
            client.verifyRefused(client.plain("alice", guess).from("10.1.1.1"))
        client.verifyTemporary(client.plain("alice", "secret").from("10.1.1.1"))
        client.verifyAccepted(client.plain("alice", "secret").from("10.1.1.2"))
    }

    function test_domains_data() {
        return [
            { tag: "status", domain: "status", status: QZap.Success },
            { tag: "another", domain: "other", status: QZap.AuthenticationFailure }
        ]
    }

    function test_domains(row) {
        client.compareStatus(client.null().domain(row.domain), row.status)
    }
}
