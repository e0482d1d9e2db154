// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// Selects one of the pages beside the tables, or a table itself if these are pages, too.
SegmentBar {
    id: root

    required property int page // -1: the decisions, -2: the connections
    required property int waitingCount
    property bool hasTables: false

    signal chosen(int page)

    Segment {
        Layout.fillWidth: true
        checked: root.page === -1
        objectName: "tablePage"
        text: qsTr("Decisions")
        visible: root.hasTables

        onToggled: root.chosen(-1)
    }
    Segment {
        Accessible.name: qsTr("Live connections")
        Layout.fillWidth: true
        checked: root.page === -2
        objectName: "livePage"
        text: qsTr("Live")
        visible: root.hasTables

        onToggled: root.chosen(-2)
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
