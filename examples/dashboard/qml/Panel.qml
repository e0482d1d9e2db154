// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// A page beside the table: an explanation, a form, and a list.
ColumnLayout {
    id: root

    required property string about
    property bool important: false // shows the explanation in a small window, too

    spacing: Theme.space

    Caption {
        Layout.bottomMargin: 4
        Layout.fillWidth: true
        text: root.about
        visible: root.important || !Theme.dense
    }
}
