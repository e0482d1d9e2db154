// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// A row of a panel's list, with what can be done to it on the right.
Rectangle {
    id: root

    required property string title
    property string detail
    property string problem
    property bool fixed: false // the title is an address or a key
    default property alias actions: row.data

    Accessible.name: detail === "" ? title : qsTr("%1, %2").arg(title).arg(detail)
    Accessible.role: Accessible.ListItem
    border.color: Theme.border
    color: Theme.sunken
    implicitHeight: Math.max(46, texts.implicitHeight + 14)
    radius: Theme.radius

    RowLayout {
        id: row

        anchors.fill: parent
        anchors.leftMargin: 12
        anchors.rightMargin: 7
        spacing: 6

        ColumnLayout {
            id: texts

            spacing: 2

            Text {
                Layout.fillWidth: true
                color: Theme.text
                elide: Text.ElideRight
                font.family: root.fixed ? Theme.monospace : Theme.family
                font.pixelSize: Theme.normal
                font.weight: root.fixed ? Font.Normal : Font.DemiBold
                text: root.title
                textFormat: Text.PlainText
            }
            Mono {
                Layout.fillWidth: true
                color: Theme.muted
                elide: Text.ElideMiddle
                font.pixelSize: Theme.small
                text: root.detail
                visible: text !== ""
            }
            ErrorText {
                Layout.fillWidth: true
                text: root.problem
                visible: root.problem !== ""
            }
        }
    }
}
