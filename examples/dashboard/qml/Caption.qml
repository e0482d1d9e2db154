// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

// An explanatory text.
Text {
    color: Theme.muted
    font.pixelSize: Theme.small
    textFormat: Text.PlainText
    wrapMode: Text.WordWrap
}
