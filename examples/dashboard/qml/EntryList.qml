// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import Dashboard

// The list of a panel. The buttons in its rows are in the tab focus chain.
ListView {
    id: root

    required property string emptyText

    property bool mainEnabled: true
    property int ghosts: 0 // removed entries that are still visible
    readonly property bool isUnderPointer: hover.hovered

    // Emitted by the buttons in a row, with the row's number or name.
    signal mainAction(int number)
    signal dangerAction(int number, string name)
    signal undoAction(string name)

    Accessible.role: Accessible.List
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    spacing: 6

    ScrollBar.vertical: ScrollBar {
    }

    HoverHandler {
        id: hover
    }
    Caption {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.topMargin: Theme.dense ? 6 : 16
        font.pixelSize: Theme.normal
        horizontalAlignment: Text.AlignHCenter
        text: root.emptyText
        visible: root.count === 0 && root.ghosts === 0
    }
}
