// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard
import QZap

// The pages for guests, keys, users and addresses.
Card {
    id: root

    required property Backend backend
    required property ZapAuthenticator authenticator
    required property PendingDecisions pending

    property int page: 0

    signal turned

    function turn(page: int) {
        root.page = page;
        root.turned();
    }
    function offerKey(key: string) {
        root.turn(1);
        keysPanel.offer(key);
    }
    function approveFirst() {
        waiting.approveShown();
    }
    function refuseFirst() {
        waiting.refuseShown();
    }

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: Theme.dense ? 6 : 10
        spacing: 12

        PageBar {
            Layout.fillWidth: true
            page: root.page
            visible: !Theme.dense
            waitingCount: root.pending.count

            onChosen: page => root.page = page
        }
        StackLayout {
            currentIndex: root.page

            WaitingPanel {
                id: waiting

                lockdown: root.authenticator.lockdown
                pending: root.pending
            }
            KeysPanel {
                id: keysPanel

                keys: root.backend.keys
            }
            UsersPanel {
                users: root.backend.users
            }
            AddressesPanel {
                authenticator: root.authenticator
            }
        }
    }
}
