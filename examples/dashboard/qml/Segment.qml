// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Dashboard

// One of a few choices side by side. Arrow keys move between them, as with other radio buttons.
RadioButton {
    id: root

    property int badge: 0

    Accessible.name: badge > 0 ? qsTr("%1, %2").arg(text).arg(badge) : text
    font.pixelSize: Theme.normal
    font.weight: checked ? Font.DemiBold : Font.Normal
    implicitHeight: Theme.controlHeight - 6
    horizontalPadding: 8
    verticalPadding: 0

    background: Rectangle {
        border.color: root.checked ? Theme.border : "transparent"
        color: root.checked ? Theme.surface : root.hovered ? Theme.hover : "transparent"
        radius: Theme.radius - 2

        FocusRing {
            anchors.margins: -1
            radius: Theme.radius - 1
            visible: root.visualFocus
        }
    }
    contentItem: RowLayout {
        spacing: 0

        Item {
            Layout.fillWidth: true
        }
        Text {
            color: root.checked ? Theme.text : Theme.muted
            font: root.font
            text: root.text
            textFormat: Text.PlainText
        }
        Badge {
            Layout.leftMargin: 6
            count: root.badge
        }
        Item {
            Layout.fillWidth: true
        }
    }
    indicator: null
}
