// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// The error of an input field, directly below the field.
Text {
    // Not hidden if the text is empty: a layout that changes at the same moment may miss it.
    Accessible.ignored: text === ""
    Accessible.name: text
    Accessible.role: Accessible.AlertMessage
    Layout.maximumHeight: text === "" ? 0 : implicitHeight
    color: Theme.bad
    font.pixelSize: Theme.small + 1
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
