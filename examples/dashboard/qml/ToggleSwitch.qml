// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import Dashboard

Switch {
    id: root

    property color activeColor: Theme.accent
    property string hint

    Accessible.description: hint
    Accessible.name: text
    ToolTip.delay: 600
    ToolTip.text: hint
    ToolTip.visible: hint !== "" && hovered
    font.pixelSize: Theme.normal
    font.weight: Font.Medium
    implicitHeight: Theme.controlHeight
    padding: 4
    spacing: Theme.space

    contentItem: Text {
        color: root.checked ? root.activeColor : Theme.text
        font: root.font
        rightPadding: root.indicator.width + root.spacing
        text: root.text
        textFormat: Text.PlainText
        verticalAlignment: Text.AlignVCenter
    }
    indicator: Rectangle {
        border.color: root.checked ? root.activeColor : Theme.controlBorder
        color: root.checked ? root.activeColor : Theme.sunken
        height: 20
        radius: 10
        width: 38
        x: root.width - width - root.rightPadding
        y: (root.height - height) / 2

        Rectangle {
            color: root.checked ? Theme.surface : Theme.controlBorder
            height: 14
            radius: 7
            width: 14
            x: root.checked ? parent.width - width - 3 : 3
            y: 3

            Behavior on x {
                NumberAnimation {
                    duration: 120
                }
            }
        }
        FocusRing {
            radius: 13
            visible: root.visualFocus
        }
    }
}
