// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

Card {
    id: root

    required property string label
    required property var value // a number of 64 bits
    property color tone: Theme.text

    Accessible.name: qsTr("%1: %2").arg(label).arg(value)
    Accessible.role: Accessible.StaticText
    implicitHeight: 74
    implicitWidth: 116

    Rectangle {
        anchors.left: parent.left
        anchors.leftMargin: 12
        anchors.verticalCenter: name.verticalCenter
        color: root.tone
        height: 8
        radius: 4
        width: 8
    }
    Text {
        id: name

        anchors.left: parent.left
        anchors.leftMargin: 26
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.topMargin: 12
        color: Theme.muted
        elide: Text.ElideRight
        font.pixelSize: Theme.small + 1
        text: root.label
    }
    Text {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 8
        anchors.left: parent.left
        anchors.leftMargin: 12
        anchors.right: parent.right
        color: Theme.text
        font.pixelSize: Theme.figure
        font.weight: Font.DemiBold
        fontSizeMode: Text.HorizontalFit
        text: Number(root.value).toLocaleString(Qt.locale(), "f", 0)
    }
}
