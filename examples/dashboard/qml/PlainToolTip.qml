// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import Dashboard

// A tool tip for text that peers choose, which is shown without markup.
ToolTip {
    id: root

    property var lines: []

    delay: 700
    padding: 8

    background: Rectangle {
        border.color: Theme.border
        color: Theme.surface
        radius: Theme.radius
    }
    contentItem: Column {
        Repeater {
            model: root.lines

            Text {
                required property string modelData

                color: Theme.text
                font.pixelSize: Theme.small + 1
                text: modelData
                textFormat: Text.PlainText
                visible: modelData !== ""
                width: Math.min(implicitWidth, 400)
                wrapMode: Text.Wrap
            }
        }
    }
}
