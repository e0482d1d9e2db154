// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

// A text in a column, with the height of its line.
Text {
    required property TableColumn column

    color: Theme.muted
    elide: Text.ElideRight
    font.pixelSize: Theme.normal - 1
    textFormat: Text.PlainText
    verticalAlignment: Text.AlignVCenter
    visible: column.shown
    width: column.width
    x: column.x
}
