// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard
import QZap

// A decision, shown by a shape and in words as well as by color.
Rectangle {
    id: root

    required property int verdict
    property bool iconOnly: false

    readonly property bool isAccepted: verdict === QZap.Success
    readonly property bool isTryLater: verdict === QZap.TemporaryError
    readonly property color ink: isAccepted ? Theme.good : isTryLater ? Theme.wait : Theme.bad
    readonly property string label: isAccepted ? qsTr("Accepted") : isTryLater ? qsTr("Try later")
        : qsTr("Refused")

    Accessible.ignored: true // the row's name contains it
    color: isAccepted ? Theme.goodSoft : isTryLater ? Theme.waitSoft : Theme.badSoft
    implicitHeight: 22
    radius: 11

    Row {
        anchors.centerIn: parent
        spacing: 5

        Icon {
            anchors.verticalCenter: parent.verticalCenter
            color: root.ink
            height: 12
            shape: root.isAccepted ? Icon.Check : root.isTryLater ? Icon.Later : Icon.Cross
            width: 12
        }
        Text {
            color: root.ink
            font.pixelSize: Theme.small + 1
            font.weight: Font.DemiBold
            text: root.label
            textFormat: Text.PlainText
            visible: !root.iconOnly
        }
    }
}
