// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// An error that does not concern the last input.
Rectangle {
    id: root

    property string text

    Accessible.name: text
    Accessible.role: Accessible.AlertMessage
    border.color: Theme.bad
    color: Theme.badSoft
    implicitHeight: row.implicitHeight + 12
    radius: Theme.radius
    visible: text !== ""

    RowLayout {
        id: row

        anchors.fill: parent
        anchors.leftMargin: 12
        anchors.rightMargin: 6
        spacing: Theme.space

        Text {
            Layout.fillWidth: true
            color: Theme.bad
            elide: Text.ElideRight
            font.pixelSize: Theme.normal
            maximumLineCount: 3
            text: root.text
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
        }
        ActionButton {
            implicitHeight: 28
            text: qsTr("Dismiss")

            onClicked: root.text = ""
        }
    }
}
