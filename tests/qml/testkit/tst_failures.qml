// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtTest
import QZap
import QZap.Test

// Tests that fail on purpose, for tst_qmltestclient.
TestCase {
    id: root
    name: "Failures"
    when: rules.settled

    property date moment: new Date("2040-02-29T12:00:00Z")

    ZapAuthenticator {
        id: rules
        deniedAddresses: ["192.0.2.0/24"]

        ZapPlainDomain {
            name: "staff"
            passwords: ({ bob: "x" })
            publishedFields: ["Mechanism"]
        }
        ZapPlainDomain {
            name: "asked"
            credentialsProvider: ZapCredentialsProvider {
                onAuthenticating: decision => decision.defer(60000)
            }
        }
    }
    ZapTestClient {
        id: client
        authenticator: rules
        domain: "staff"
        timeout: 200
    }
    ZapTestClient { id: nobody }
    ZapTestClock { id: clock }

    function test_passes() {
        client.verifyAccepted(client.plain("bob", "x"))
        compare(client.status, QZap.Success)
        compare(client.userId, "bob")
        compare(client.field("Mechanism"), "PLAIN")
        compare(Object.keys(client.fields), ["Mechanism"])
        verify(client.answered && client.enforced && !client.pending)
        client.compareUser(client.plain("bob", "x"), "bob")
        client.verifyRefused(client.plain("bob", "y"))
        compare(client.reason, "The user name or password is wrong")
        client.verifyRefused(client.plain("bob", "x").from("192.0.2.1"))
        verify(client.explanation.includes("deniedAddresses"))
        client.compareStatus(client.gssapi("bob@A"), QZap.AuthenticationFailure)
        client.verifyRefused(client.curve("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"))
        client.verifyPending(client.plain("bob", "x").domain("asked"))
        verify(client.ask(client.null()))
        rules.lockdown = true
        client.verifyTemporary(client.null())
        rules.lockdown = false
    }

    function test_clock() {
        verify(clock.setTime(root.moment))
        verify(clock.advance(3600000))
        compare(clock.time().getUTCHours(), 13)
        verify(!clock.advance(-1))
    }

    function test_accepted() {
        client.verifyAccepted(client.plain("bob", "y"))
        fail("not reached")
    }

    function test_user() {
        client.compareUser(client.plain("bob", "x"), "alice")
    }

    function test_silent() {
        client.verifyRefused(client.plain("bob", "x").domain("asked"))
    }

    function test_withoutDomain() {
        client.verifyRefused(client.null().domain(""))
    }

    function test_withoutAuthenticator() {
        nobody.verifyRefused(nobody.null().domain("staff"))
    }

    function test_expected() {
        expectFail("", "known")
        client.verifyAccepted(client.plain("bob", "y"))
    }
}
