// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// Input fields, their error and their button: below each other or, in a small window, whose pages
// are wide and low, side by side.
ColumnLayout {
    id: root

    default property alias fields: line.data
    property alias error: error.text
    property string errorName
    property string action // the text of the button
    property string actionName
    property bool ready: true

    readonly property bool inLine: Theme.dense

    signal submitted

    spacing: 0

    RowLayout {
        spacing: Theme.space

        GridLayout {
            id: line

            columnSpacing: Theme.space
            columns: root.inLine ? 3 : 1
            rowSpacing: Theme.space
        }
        ActionButton {
            enabled: root.ready
            objectName: root.actionName
            primary: true
            text: root.action
            visible: root.inLine

            onClicked: root.submitted()
        }
    }
    ErrorText {
        id: error

        Layout.fillWidth: true
        Layout.topMargin: text === "" ? 0 : Theme.space
        objectName: root.errorName
    }
    ActionButton {
        Layout.fillWidth: true
        Layout.topMargin: Theme.space
        enabled: root.ready
        objectName: root.actionName
        primary: true
        text: root.action
        visible: !root.inLine

        onClicked: root.submitted()
    }
}
