// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick

// Where a column of the table is, for its heading and its cells.
QtObject {
    property string title
    property real x: 0
    property real width: 0
    property bool shown: true
}
