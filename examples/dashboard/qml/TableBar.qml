// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

// Selects what is shown beside the side panel: the decisions or the connections.
SegmentBar {
    id: root

    required property bool live

    signal chosen(bool live)

    Segment {
        checked: !root.live
        objectName: "showDecisions"
        text: qsTr("Decisions")

        onToggled: root.chosen(false)
    }
    Segment {
        Accessible.name: qsTr("Live connections")
        checked: root.live
        objectName: "showLive"
        text: qsTr("Live")

        onToggled: root.chosen(true)
    }
}
