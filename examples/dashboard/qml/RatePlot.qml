// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

// The bars of the chart, the newest on the right.
Item {
    id: root

    required property int length
    required property real peak
    required property var samples

    Rectangle {
        anchors.bottom: parent.bottom
        color: Theme.border
        height: 1
        width: parent.width
    }
    Repeater {
        model: root.length

        RateBar {
        }
    }
}
