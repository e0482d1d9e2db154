// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Dashboard

// The contents of the footer, for windows that have no space for it.
Popup {
    id: root

    required property Backend backend

    focus: true
    padding: 12

    background: Card {
    }
    contentItem: ColumnLayout {
        spacing: Theme.space

        GridLayout {
            columnSpacing: 12
            columns: 2
            rowSpacing: 6

            Caption {
                text: qsTr("Keys")
            }
            Mono {
                font.pixelSize: Theme.small
                text: root.backend.server.keysEndpoint
            }
            Caption {
                text: qsTr("Users")
            }
            Mono {
                font.pixelSize: Theme.small
                text: root.backend.server.usersEndpoint
            }
            Caption {
                text: qsTr("Guests")
            }
            Mono {
                font.pixelSize: Theme.small
                text: root.backend.server.guestsEndpoint
            }
            Caption {
                text: qsTr("Server key")
            }
            Mono {
                font.pixelSize: Theme.small
                text: root.backend.server.publicKey
            }
        }
        RowLayout {
            ToggleSwitch {
                checked: root.backend.demo !== null && root.backend.demo.running
                text: qsTr("Demo peers")
                visible: root.backend.demo !== null

                onToggled: root.backend.demo.running = checked
            }
            Item {
                Layout.fillWidth: true
            }
            ActionButton {
                text: qsTr("Copy server key")

                onClicked: {
                    root.backend.copy(root.backend.server.publicKey);
                    root.close();
                }
            }
        }
    }
}
