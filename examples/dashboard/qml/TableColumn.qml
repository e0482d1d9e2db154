// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick

// The position of a column of the table, for its heading and its cells.
QtObject {
    property string title
    property real x: 0
    property real width: 0
    property bool shown: true
}
