// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// Selects one of the pages beside the table, or the table itself if that is a page, too.
SegmentBar {
    id: root

    required property int page // -1: the table
    required property int waitingCount
    property bool hasTable: false

    signal chosen(int page)

    Segment {
        Layout.fillWidth: true
        checked: root.page === -1
        objectName: "tablePage"
        text: qsTr("Decisions")
        visible: root.hasTable

        onToggled: root.chosen(-1)
    }
    Segment {
        Layout.fillWidth: true
        badge: root.waitingCount
        checked: root.page === 0
        objectName: "guestsPage"
        text: qsTr("Guests")

        onToggled: root.chosen(0)
    }
    Segment {
        Layout.fillWidth: true
        checked: root.page === 1
        objectName: "keysPage"
        text: qsTr("Keys")

        onToggled: root.chosen(1)
    }
    Segment {
        Layout.fillWidth: true
        checked: root.page === 2
        objectName: "usersPage"
        text: qsTr("Users")

        onToggled: root.chosen(2)
    }
    Segment {
        Layout.fillWidth: true
        checked: root.page === 3
        objectName: "addressesPage"
        text: qsTr("Addresses")

        onToggled: root.chosen(3)
    }
}
