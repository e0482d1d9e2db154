// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

// A button with an icon; its text is for assistive technologies.
ActionButton {
    id: root

    required property int shape

    implicitWidth: implicitHeight
    leftPadding: 0
    rightPadding: 0

    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            color: root.ink
            height: 16
            shape: root.shape
            width: 16
        }
    }
}
