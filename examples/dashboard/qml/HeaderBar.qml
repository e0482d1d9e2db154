// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard
import QZap

// The title, the state of the server, and the two switches for the whole server.
Rectangle {
    id: root

    required property Backend backend
    required property ZapAuthenticator authenticator
    property bool hasFoot: true // whether the window has a footer

    readonly property bool isOpen: authenticator.running && backend.server.listening
    readonly property color tone: authenticator.lockdown ? Theme.wait : isOpen ? Theme.good : Theme.bad

    color: Theme.surface
    implicitHeight: Theme.dense ? 42 : 56

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.border
        height: 1
        width: parent.width
    }
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: Theme.margin
        anchors.rightMargin: Theme.margin
        spacing: Theme.dense ? 8 : 12

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
            visible: root.width >= 740
        }
        Rectangle {
            Accessible.name: status.text
            Accessible.role: Accessible.StaticText
            color: root.authenticator.lockdown ? Theme.waitSoft : root.isOpen ? Theme.goodSoft : Theme.badSoft
            implicitHeight: 24
            implicitWidth: state.implicitWidth + 20
            radius: 12

            Row {
                id: state

                anchors.centerIn: parent
                spacing: 6

                Icon {
                    anchors.verticalCenter: parent.verticalCenter
                    color: root.tone
                    height: 12
                    shape: root.authenticator.lockdown ? Icon.Pause : root.isOpen ? Icon.Dot : Icon.Cross
                    width: 12
                }
                Text {
                    id: status

                    color: root.tone
                    font.pixelSize: Theme.small + 1
                    font.weight: Font.DemiBold
                    objectName: "status"
                    text: root.authenticator.lockdown ? qsTr("Locked down") : root.isOpen ? qsTr("On guard")
                        : qsTr("Not running")
                }
            }
        }
        Item {
            Layout.fillWidth: true
        }
        ToggleSwitch {
            checked: root.backend.demo !== null && root.backend.demo.running
            hint: qsTr("Peers of this program's own come and go")
            text: qsTr("Demo peers")
            visible: root.backend.demo !== null && root.width >= 600

            onToggled: root.backend.demo.running = checked
        }
        ToggleSwitch {
            activeColor: Theme.wait
            checked: root.authenticator.lockdown
            hint: qsTr("Let nobody in for now; peers come back by themselves (Ctrl+L)")
            objectName: "lockdown"
            text: qsTr("Lockdown")

            onToggled: root.authenticator.lockdown = checked
        }
        IconButton {
            id: connect

            hint: qsTr("How peers connect")
            objectName: "connect"
            shape: Icon.Info
            text: qsTr("How peers connect")
            visible: !root.hasFoot

            onClicked: popup.open()

            ConnectPopup {
                id: popup

                backend: root.backend
                x: connect.width - width
                y: connect.height + 8
            }
        }
        IconButton {
            hint: Theme.dark ? qsTr("Light theme (Ctrl+T)") : qsTr("Dark theme (Ctrl+T)")
            objectName: "theme"
            shape: Theme.dark ? Icon.Sun : Icon.Moon
            text: Theme.dark ? qsTr("Light theme") : qsTr("Dark theme")

            onClicked: Theme.dark = !Theme.dark
        }
    }
}
