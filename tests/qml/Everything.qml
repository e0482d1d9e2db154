// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQml
import QZap

// Uses each type with each of its properties and signals.
ZapAuthenticator {
    id: auth

    readonly property ZapActivityModel activity: ZapActivityModel {
        authenticator: auth
        maximumRows: 100
    }
    readonly property ZapConnectionModel connections: ZapConnectionModel {
        guard: guard
    }
    readonly property ZapCredentialsStore store: ZapCredentialsStore {
        staleTime: 60000
        onReadyChanged: auth.last = auth.store.ready + auth.store.errorString + auth.store.count
            + auth.store.confirmedAt + auth.store.data.length

        readonly property Timer timer: Timer {
            onTriggered: auth.store.confirm()
        }
    }
    readonly property string summary: running + errorString + error + acceptedCount + rejectedCount
        + temporaryCount + droppedCount + unreportedCount + pendingCount + domains.length
        + data.length + lockout.locked.length + lockout.lockedCount
        + lockout.remainingTime("10.0.0.1") + guard.canDisconnect
        + guard.connectionCount + guard.revokedCount + guard.silentDisconnectionCount + guard.errorString + guard.data.length + curve.ready + curve.errorString + curve.mechanism + plain.users.length
    property string last

    function ask(): bool {
        return auth.allow("127.0.0.2") && auth.removeAllowed("127.0.0.2")
            && auth.deny(["127.0.0.3"]) && auth.removeDenied("127.0.0.3")
            && auth.configureNull("n", false) && auth.configureCurve("c", "*")
            && auth.configurePlain("p", {}) && auth.configurePlainFile("p", "users")
            && auth.configureGssapi("g", []) && auth.setCredentialsProvider("n", provider)
            && auth.removeDomain("n", QZap.Null) && auth.takeDomain(curve) && auth.start()
    }

    function fill(): bool {
        return auth.store.replaceKeys(["rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"])
    }

    function forget() {
        activity.clear()
        auth.last = lockout.releaseAddress(lockout.locked[0]) ? "released" : ""
    }

    function tell(session: zapSession): string {
        return session.null ? "" : session.userId + session.address + session.domain
            + session.mechanism + session.since + session.number + JSON.stringify(session.fields)
    }

    function putOut(session: zapSession): bool {
        auth.revoke(session.userId)
        auth.revokeAll()
        guard.sweep()
        return guard.isAuthorized(session) || guard.disconnectPeer(session)
            || connections.disconnectRow(0)
    }

    function renew(): string {
        const made = ZapCertificates.create("keys", "server", { name: "Server" })
        const loaded = ZapCertificates.load("keys/server.key")
        return made.null ? "" : loaded.publicKeyText
    }

    running: false
    workerThread: true
    lockdown: false
    allowedAddresses: ["127.0.0.1", "10.0.0.0/8", "ipc:uid=1000"]
    deniedAddresses: undefined
    decisionTimeout: 5000
    maximumPendingDecisions: 10000
    maximumPendingPerAddress: 64
    maximumHeldConnections: 256
    lockout {
        enabled: true
        maximumFailures: 10
        interval: 600000
        duration: 30000
        maximumDuration: 3600000
        maximumEntries: 16384
        exemptAddresses: ["127.0.0.1"]
        onLockedOut: (address, milliseconds) => {
            auth.last = address + milliseconds
        }
        onReleased: address => {
            auth.last = address
        }
    }
    encoding: ZapAuthenticator.Utf8
    loggingCategory: "qzap"

    onDecided: (request, reply) => {
        if (reply.status === QZap.Status.Success)
            auth.last = reply.userId + reply.statusText
    }
    onAuthenticated: (userId, request) => {
        auth.last = userId + request.domain + request.address + request.userName
            + request.publicKeyText + request.principal + request.timestamp
    }
    onRejected: (userId, reason, request) => {
        auth.last = userId + reason + (request.mechanism === QZap.Curve ? "key" : "")
    }
    onErrorOccurred: (error, message) => {
        if (error !== ZapAuthenticator.FileError)
            auth.last = message
    }
    onRunningChanged: auth.last = auth.running ? "on" : "off"

    ZapCurveDomain {
        id: curve
        name: "telemetry"
        location: "*"
        nameFilters: ["*.key"]
        userIdField: "name"
        publishedFields: ["name", "Mechanism"]
        credentialsProvider: provider
    }

    ZapCurveDomain {
        name: "devices"
        store: auth.store
    }

    ZapPlainDomain {
        id: plain
        store: null
        name: "legacy"
        passwords: ({ alice: "secret" })
        maximumHashMemory: 256
    }

    ZapNullDomain {
        name: "local"
        accepted: false
    }

    ZapGssapiDomain {
        name: "office"
        principals: ["alice@EXAMPLE.COM"]
    }

    ZapGuard {
        id: guard
        authenticator: auth
        disconnectRevokedPeers: true
        enforcesLockdown: true
        silentPeerPolicy: ZapGuard.SilentPeerPolicy.Disconnect
        silentSweepInterval: 1000

        onRevoked: (session, reason) => {
            auth.last = auth.tell(session) + reason
        }
        onDisconnected: session => {
            auth.last = auth.tell(session)
        }
        onUnauthorized: reason => {
            auth.last = reason
        }
        onErrorOccurred: message => {
            auth.last = message
        }

        readonly property Timer timer: Timer {
            onTriggered: guard.silentPeerPolicy = ZapGuard.Keep
        }
    }

    ZapCredentialsProvider {
        id: provider

        property var waiting: []

        onAuthenticating: decision => {
            if (decision.request.mechanism === QZap.Mechanism.Plain)
                decision.checkPassword("other") ? decision.reject("no") : decision.accept()
            else if (decision.userId === "guest")
                decision.accept("visitor", { Group: "guests" })
            else if (decision.defer(30000))
                provider.waiting.push(decision)
        }
        onExpired: (decision, why) => {
            auth.last = decision.request.address + why
        }

        readonly property Timer timer: Timer {
            interval: 1000
            onTriggered: {
                for (const decision of provider.waiting.splice(0))
                    decision.retryLater("not today")
            }
        }
    }
}
