// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import Dashboard

TextField {
    id: root

    property bool invalid: false
    property bool fixed: false // uses a fixed-width font

    Accessible.name: placeholderText
    color: Theme.text
    font.family: fixed && text !== "" ? Theme.monospace : Theme.family
    font.pixelSize: Theme.normal
    implicitHeight: Theme.controlHeight
    leftPadding: 10
    placeholderTextColor: Theme.muted
    rightPadding: 10
    selectByMouse: true
    selectedTextColor: Theme.accentInk
    selectionColor: Theme.accent
    verticalAlignment: TextInput.AlignVCenter

    background: Rectangle {
        border.color: root.invalid ? Theme.bad : root.activeFocus ? Theme.accent
            : Theme.controlBorder
        border.width: root.activeFocus || root.invalid ? 2 : 1
        color: Theme.sunken
        radius: Theme.radius
    }
}
