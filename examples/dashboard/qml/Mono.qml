// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

// An address, a key: text to be compared letter by letter. Peers choose it, so no markup.
Text {
    color: Theme.text
    elide: Text.ElideRight
    font.family: Theme.monospace
    font.pixelSize: Theme.normal - 1
    textFormat: Text.PlainText
}
