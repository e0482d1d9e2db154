// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QZap

// The rules of a greenhouse, as a QML document.
ZapAuthenticator {
    id: rules

    // A real program would look this up in its roster. Here, bob is never on duty.
    function isOnDuty(user: string): bool {
        return user !== "bob"
    }

    allowedAddresses: ["127.0.0.1", "10.0.0.0/8"]
    lockout.enabled: true
    lockout.maximumFailures: 3

    ZapPlainDomain {
        name: "operators"
        passwords: ({ alice: "secret", bob: "hidden" })
        credentialsProvider: ZapCredentialsProvider {
            onAuthenticating: decision => {
                if (rules.isOnDuty(decision.userId))
                    decision.accept()
                else
                    decision.reject("off duty")
            }
        }
    }
    ZapNullDomain {
        name: "status"
        accepted: true
    }
    ZapNullDomain {
        name: "*"
    }
}
