// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard
import QZap

// What was decided, in words as well as in colour.
Rectangle {
    id: root

    required property int verdict

    readonly property bool isAccepted: verdict === QZap.Success
    readonly property bool isPutOff: verdict === QZap.TemporaryError
    readonly property color ink: isAccepted ? Theme.good : isPutOff ? Theme.wait : Theme.bad
    readonly property string label: isAccepted ? qsTr("Accepted") : isPutOff ? qsTr("Put off")
        : qsTr("Refused")

    color: isAccepted ? Theme.goodSoft : isPutOff ? Theme.waitSoft : Theme.badSoft
    implicitHeight: 22
    implicitWidth: 98
    radius: 11

    Text {
        anchors.centerIn: parent
        color: root.ink
        font.pixelSize: Theme.small + 1
        font.weight: Font.DemiBold
        text: (root.isAccepted ? "✓ " : root.isPutOff ? "↻ " : "✕ ") + root.label
        textFormat: Text.PlainText
    }
}
