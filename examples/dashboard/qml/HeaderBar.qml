// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard
import QZap

// What this is, whether it is in order, and the two switches that concern all of it.
Rectangle {
    id: root

    required property Backend backend
    required property ZapAuthenticator authenticator

    readonly property bool isOpen: authenticator.running && backend.server.listening

    color: Theme.surface
    implicitHeight: 56

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.border
        height: 1
        width: parent.width
    }
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 16
        anchors.rightMargin: 16
        spacing: 12

        Rectangle {
            Accessible.ignored: true
            color: Theme.accent
            implicitHeight: 28
            implicitWidth: 28
            radius: 8

            Text {
                anchors.centerIn: parent
                color: Theme.accentInk
                font.bold: true
                font.pixelSize: 16
                text: "Z"
            }
        }
        Text {
            color: Theme.text
            font.pixelSize: Theme.title + 1
            font.weight: Font.DemiBold
            text: qsTr("Who gets in")
        }
        Rectangle {
            Accessible.name: status.text
            Accessible.role: Accessible.StaticText
            color: root.authenticator.lockdown ? Theme.waitSoft : root.isOpen ? Theme.goodSoft : Theme.badSoft
            implicitHeight: 24
            implicitWidth: status.implicitWidth + 22
            radius: 12

            Text {
                id: status

                anchors.centerIn: parent
                color: root.authenticator.lockdown ? Theme.wait : root.isOpen ? Theme.good : Theme.bad
                font.pixelSize: Theme.small + 1
                font.weight: Font.DemiBold
                objectName: "status"
                text: root.authenticator.lockdown ? qsTr("⏸ Locked down") : root.isOpen ? qsTr("● On guard")
                    : qsTr("✕ Not running")
            }
        }
        Item {
            Layout.fillWidth: true
        }
        ToggleSwitch {
            checked: root.backend.demo !== null && root.backend.demo.running
            hint: qsTr("Peers of this program's own come and go")
            text: qsTr("Demo peers")
            visible: root.backend.demo !== null

            onToggled: root.backend.demo.running = checked
        }
        ToggleSwitch {
            checked: root.authenticator.lockdown
            hint: qsTr("Let nobody in for now; peers come back by themselves (Ctrl+L)")
            objectName: "lockdown"
            activeColor: Theme.wait
            text: qsTr("Lockdown")

            onToggled: root.authenticator.lockdown = checked
        }
        ActionButton {
            Accessible.name: Theme.dark ? qsTr("Light theme") : qsTr("Dark theme")
            font.pixelSize: 16
            hint: Theme.dark ? qsTr("Light theme (Ctrl+T)") : qsTr("Dark theme (Ctrl+T)")
            implicitWidth: Theme.controlHeight
            leftPadding: 0
            objectName: "theme"
            rightPadding: 0
            text: Theme.dark ? "☀" : "☾"

            onClicked: Theme.dark = !Theme.dark
        }
    }
}
