// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard
import QZap

ListView {
    id: root

    required property ZapAuthenticator authenticator
    required property Backend backend

    signal keyOffered(string key)

    // Returns whether a peer was refused only because its key is unknown.
    function lacksKey(domain: string, address: string, key: string): bool {
        return domain === backend.server.keysDomain && backend.lacksKey(authenticator, address, key);
    }

    Binding {
        property: "width"
        target: DecisionColumns
        value: root.width - 24 // the padding of a row
    }
}
