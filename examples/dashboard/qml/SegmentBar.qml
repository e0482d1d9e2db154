// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// The background of segments.
Rectangle {
    default property alias segments: row.data

    border.color: Theme.border
    color: Theme.sunken
    implicitHeight: Theme.controlHeight
    implicitWidth: row.implicitWidth + 6
    radius: Theme.radius

    RowLayout {
        id: row

        anchors.fill: parent
        anchors.margins: 3
        spacing: 2
    }
}
