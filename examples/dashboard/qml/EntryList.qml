// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import Dashboard

// The list of a panel. Tab gets to the buttons in its rows.
ListView {
    id: root

    required property string emptyText

    // What a button in a row asks for; a row of its own name or number where it has one.
    signal mainAction(int number)
    signal dangerAction(int number, string name)

    Accessible.role: Accessible.List
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    spacing: 6

    ScrollBar.vertical: ScrollBar {
    }

    Caption {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.topMargin: 16
        font.pixelSize: Theme.normal
        horizontalAlignment: Text.AlignHCenter
        text: root.emptyText
        visible: root.count === 0
    }
}
