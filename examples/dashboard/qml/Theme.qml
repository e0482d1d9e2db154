// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

pragma Singleton

import QtQuick

// The colors, sizes and spaces of the whole window, in a light and a dark variant.
QtObject {
    property bool dark: false
    property bool dense: false // a small window
    property string family
    property string monospace: "monospace"

    readonly property color background: dark ? "#11141a" : "#f3f5f8"
    readonly property color surface: dark ? "#191e27" : "#ffffff"
    readonly property color sunken: dark ? "#12161d" : "#f6f8fa"
    readonly property color hover: dark ? "#222937" : "#eef2f7"
    readonly property color border: dark ? "#2b3341" : "#dfe4eb"
    readonly property color controlBorder: dark ? "#5a6679" : "#8791a0"
    readonly property color text: dark ? "#e9edf3" : "#171c26"
    readonly property color muted: dark ? "#a0abbb" : "#576173"
    readonly property color accent: dark ? "#8aa4ff" : "#3a55d1"
    readonly property color accentSoft: dark ? "#242e50" : "#e8ecfd"
    readonly property color accentInk: dark ? "#0e1430" : "#ffffff"

    readonly property color good: dark ? "#62d69e" : "#136c41"
    readonly property color goodSoft: dark ? "#15352a" : "#dff4e8"
    readonly property color bad: dark ? "#ff919b" : "#b0203a"
    readonly property color badSoft: dark ? "#42202a" : "#fde6e9"
    readonly property color wait: dark ? "#f3c66a" : "#7d5200"
    readonly property color waitSoft: dark ? "#3b2f15" : "#fcefd2"

    readonly property int space: dense ? 6 : 8
    readonly property int margin: dense ? 8 : 16
    readonly property int radius: 8
    readonly property int controlHeight: dense ? 30 : 34
    readonly property int rowHeight: dense ? 32 : 34

    readonly property int small: 11
    readonly property int normal: 13
    readonly property int title: 15
    readonly property int figure: 24
}
