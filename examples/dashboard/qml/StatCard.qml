// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

Card {
    id: root

    required property string label
    required property var value // a number of 64 bits
    property color tone: Theme.text
    property bool oneLine: false

    // One line has space for four digits.
    readonly property string figure: !oneLine || value < 10000 ? Number(value).toLocaleString(Qt.locale(), "f", 0)
        : value < 1e6 ? qsTr("%1k").arg(Math.floor(value / 1000)) : qsTr("%1M").arg(Math.floor(value / 1e6))

    Accessible.name: qsTr("%1: %2").arg(label).arg(value)
    Accessible.role: Accessible.StaticText

    Rectangle {
        anchors.left: parent.left
        anchors.leftMargin: root.oneLine ? 8 : 12
        anchors.verticalCenter: name.verticalCenter
        color: root.tone
        height: 8
        radius: 4
        width: 8
    }
    Text {
        id: name

        anchors.left: parent.left
        anchors.leftMargin: root.oneLine ? 21 : 26
        color: Theme.muted
        font.pixelSize: root.oneLine ? Theme.small : Theme.small + 1
        height: root.oneLine ? root.height : 16
        text: root.label
        verticalAlignment: Text.AlignVCenter
        y: root.oneLine ? 0 : 12
    }
    Text {
        anchors.left: root.oneLine ? name.right : parent.left
        anchors.leftMargin: root.oneLine ? 4 : 12
        anchors.right: parent.right
        anchors.rightMargin: root.oneLine ? 8 : 12
        color: Theme.text
        font.pixelSize: root.oneLine ? Theme.normal : Theme.figure
        font.weight: Font.DemiBold
        fontSizeMode: Text.HorizontalFit
        height: root.oneLine ? root.height : 30
        horizontalAlignment: root.oneLine ? Text.AlignRight : Text.AlignLeft
        minimumPixelSize: Theme.small
        text: root.figure
        verticalAlignment: Text.AlignVCenter
        y: root.oneLine ? 0 : root.height - height - 8
    }
}
