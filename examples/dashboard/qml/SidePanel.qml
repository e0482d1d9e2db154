// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard
import QZap

// Who may come in: one page each for guests, keys, users and addresses.
Card {
    id: root

    required property Backend backend
    required property ZapAuthenticator authenticator
    required property PendingDecisions pending

    property int page: 0

    function offerKey(key) {
        root.page = 1;
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
        anchors.margins: 12
        spacing: 12

        SegmentBar {
            Layout.fillWidth: true

            Segment {
                Layout.fillWidth: true
                badge: root.pending.count
                checked: root.page === 0
                text: qsTr("Guests")

                onToggled: root.page = 0
            }
            Segment {
                Layout.fillWidth: true
                checked: root.page === 1
                objectName: "keysPage"
                text: qsTr("Keys")

                onToggled: root.page = 1
            }
            Segment {
                Layout.fillWidth: true
                checked: root.page === 2
                text: qsTr("Users")

                onToggled: root.page = 2
            }
            Segment {
                Layout.fillWidth: true
                checked: root.page === 3
                objectName: "addressesPage"
                text: qsTr("Addresses")

                onToggled: root.page = 3
            }
        }
        StackLayout {
            currentIndex: root.page

            WaitingPanel {
                id: waiting

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
