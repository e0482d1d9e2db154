// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

// Text to be compared letter by letter, such as an address or a key. Peers choose it, so it is
// shown without markup.
Text {
    color: Theme.text
    elide: Text.ElideRight
    font.family: Theme.monospace
    font.pixelSize: Theme.normal - 1
    textFormat: Text.PlainText
}
