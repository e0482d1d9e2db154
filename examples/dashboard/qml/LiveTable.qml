// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard
import QZap

// The peers that are connected. A row stays where it is while the pointer is on the list.
Card {
    id: root

    required property ConnectionList connections

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: Theme.dense ? 6 : 12
        spacing: Theme.dense ? 6 : 12

        Caption {
            Layout.fillWidth: true
            objectName: "liveAbout"
            text: qsTr("Connected peers that have sent something: %1. One that is disconnected may come back at once; to keep it out, revoke its key, remove its user or deny its address.").arg(root.connections.connectedCount)
            visible: !Theme.dense
        }
        EntryList {
            id: entryList

            Accessible.name: qsTr("Connected peers")
            Layout.fillHeight: true
            Layout.fillWidth: true
            emptyText: qsTr("Nobody is connected who has sent anything.")
            mainEnabled: root.connections.canDisconnect
            model: root.connections
            objectName: "connections"

            onDangerAction: number => root.connections.disconnectPeer(number)

            delegate: Entry {
                id: entry

                required property int index
                required property int number
                required property string user
                required property string address
                required property string domain
                required property int mechanism
                required property date since
                required property bool connected

                property bool wasCut: false
                readonly property string via: [qsTr("?"), "NULL", "PLAIN", "CURVE", "GSSAPI"][mechanism]

                detail: (Theme.dense ? qsTr("%1 · %2 · %3 · %4") : qsTr("%1 · %2 · %3 · since %4")).arg(domain).arg(via).arg(address).arg(Qt.formatTime(since, "HH:mm:ss"))
                fixed: mechanism === QZap.Curve && user.length >= 40
                gone: !connected
                keptByModel: true
                lastTitle: title
                // Not ListView.view, which can be null with Qt 6.8.
                list: entryList // qmllint disable unqualified
                outcome: wasCut ? qsTr("Disconnected") : qsTr("Left")
                title: user
                width: list.width

                onNumberChanged: wasCut = false // the peer is back

                ActionButton {
                    Accessible.name: qsTr("Disconnect %1").arg(entry.user)
                    danger: true
                    hint: qsTr("End this connection; the peer may connect again")
                    implicitHeight: 30
                    objectName: "disconnect-" + entry.user
                    text: qsTr("Disconnect")
                    visible: entry.list.mainEnabled

                    onClicked: {
                        entry.wasCut = true;
                        entry.list.dangerAction(entry.number, entry.user);
                    }
                }
            }
        }
    }
    Binding {
        property: "held"
        target: root.connections
        value: entryList.isUnderPointer
    }
}
