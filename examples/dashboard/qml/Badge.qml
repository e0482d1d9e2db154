// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

// The number of entries that need attention.
Rectangle {
    id: root

    property int count: 0

    color: Theme.wait
    implicitHeight: 18
    implicitWidth: Math.max(18, number.implicitWidth + 10)
    radius: 9
    visible: count > 0

    Text {
        id: number

        anchors.centerIn: parent
        color: Theme.surface
        font.bold: true
        font.pixelSize: Theme.small
        text: root.count > 99 ? qsTr("99+") : root.count
    }
}
