// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// What is wrong with what was typed, just below it.
Text {
    // Not hidden where it is empty: a layout that changes in that moment may miss it.
    Accessible.ignored: text === ""
    Accessible.name: text
    Accessible.role: Accessible.AlertMessage
    Layout.maximumHeight: text === "" ? 0 : implicitHeight
    color: Theme.bad
    font.pixelSize: Theme.small + 1
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
