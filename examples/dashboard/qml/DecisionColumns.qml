// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

pragma Singleton

import QtQuick
import Dashboard

// The columns of the table of decisions. They determine the positions in the header and all rows.
// If a line is too short for all columns, the domain and the reason are in a second line of the
// row. This is a singleton, since it must outlive all rows.
QtObject {
    id: root

    property real width: 0 // of a row, without its padding; set by the list

    readonly property int gap: 12
    readonly property bool oneLine: width >= 800
    readonly property bool narrow: width < 480 // verdicts are shown as icons only
    readonly property real free: width - time.width - verdict.width - address.width
        - (oneLine ? into.width + 5 * gap : 3 * gap)

    readonly property TableColumn time: TableColumn {
        title: qsTr("Time")
        width: root.oneLine ? 62 : 84 // space for a button
        x: root.oneLine ? 0 : root.width - width
    }
    readonly property TableColumn verdict: TableColumn {
        title: root.narrow ? "" : qsTr("Verdict")
        width: root.narrow ? 22 : 104
        x: root.oneLine ? root.time.width + root.gap : 0
    }
    readonly property TableColumn user: TableColumn {
        title: qsTr("User or key")
        width: root.oneLine ? Math.max(116, root.free * 0.36) : root.free
        x: root.verdict.x + root.verdict.width + root.gap
    }
    readonly property TableColumn address: TableColumn {
        title: qsTr("Address")
        width: 112 + Math.max(0, Math.min(170, (root.width - 800) * 0.4)) // fits IPv6 if possible
        x: root.user.x + root.user.width + root.gap
    }
    readonly property TableColumn into: TableColumn {
        shown: root.oneLine
        title: qsTr("Into")
        width: 128
        x: root.address.x + root.address.width + root.gap
    }
    readonly property TableColumn reason: TableColumn {
        shown: root.oneLine
        title: qsTr("Why not")
        width: root.width - x
        x: root.into.x + root.into.width + root.gap
    }
}
