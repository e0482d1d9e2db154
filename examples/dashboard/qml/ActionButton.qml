// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import Dashboard

Button {
    id: root

    property bool primary: false
    property bool danger: false
    property string hint

    readonly property color ink: primary ? Theme.accentInk : danger ? Theme.bad : Theme.text

    Accessible.description: hint
    Accessible.name: text
    Keys.onEnterPressed: root.clicked()
    Keys.onReturnPressed: root.clicked()
    ToolTip.delay: 600
    ToolTip.text: hint
    ToolTip.visible: hint !== "" && (hovered || visualFocus)
    font.pixelSize: Theme.normal
    font.weight: primary ? Font.DemiBold : Font.Medium
    implicitHeight: Theme.controlHeight
    leftPadding: 12
    opacity: enabled ? 1 : 0.45
    rightPadding: 12

    background: Rectangle {
        border.color: root.primary ? "transparent" : Theme.border
        color: root.primary ? (root.down ? Qt.darker(Theme.accent, 1.15) : Theme.accent)
            : root.down ? Theme.border
            : root.hovered ? (root.danger ? Theme.badSoft : Theme.hover) : Theme.surface
        radius: Theme.radius

        FocusRing {
            visible: root.visualFocus
        }
    }
    contentItem: Text {
        color: root.ink
        elide: Text.ElideRight
        font: root.font
        horizontalAlignment: Text.AlignHCenter
        text: root.text
        textFormat: Text.PlainText
        verticalAlignment: Text.AlignVCenter
    }
}
