// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// The endpoints and the key that peers need to connect.
Rectangle {
    id: root

    required property Backend backend

    readonly property bool roomy: width > 1150
    readonly property bool fits: endpoints.implicitWidth + 170 <= width

    color: Theme.surface
    implicitHeight: 40

    Rectangle {
        color: Theme.border
        height: 1
        width: parent.width
    }
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 16
        anchors.rightMargin: 10
        spacing: 6

        RowLayout {
            id: endpoints

            spacing: 6

            Caption {
                text: qsTr("Keys")
            }
            Mono {
                font.pixelSize: Theme.small
                text: root.backend.server.keysEndpoint
            }
            Caption {
                Layout.leftMargin: 10
                text: qsTr("Users")
            }
            Mono {
                font.pixelSize: Theme.small
                text: root.backend.server.usersEndpoint
            }
            Caption {
                Layout.leftMargin: 10
                text: qsTr("Guests")
            }
            Mono {
                font.pixelSize: Theme.small
                text: root.backend.server.guestsEndpoint
            }
        }
        Item {
            Layout.fillWidth: true
        }
        Caption {
            text: qsTr("Server key")
            visible: root.roomy
        }
        Mono {
            Layout.maximumWidth: 300
            font.pixelSize: Theme.small
            text: root.backend.server.publicKey
            visible: root.roomy
        }
        ActionButton {
            font.pixelSize: Theme.small + 1
            hint: qsTr("Copy the server's public key, which peers need")
            implicitHeight: 26
            text: root.roomy ? qsTr("Copy") : qsTr("Copy server key")

            onClicked: root.backend.copy(root.backend.server.publicKey)
        }
    }
}
