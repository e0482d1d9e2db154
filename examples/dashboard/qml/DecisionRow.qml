// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import Dashboard
import QZap

ItemDelegate {
    id: root

    required property DecisionList list
    required property int index
    required property date time
    required property int verdict
    required property string user
    required property string address
    required property string domain
    required property int mechanism
    required property string reason

    signal keyOffered(string key)

    readonly property string via: [qsTr("?"), "NULL", "PLAIN", "CURVE", "GSSAPI"][mechanism]
    readonly property bool isKey: mechanism === QZap.Curve && user.length === 40
    readonly property bool isAccepted: verdict === QZap.Success
    readonly property bool isTryLater: verdict === QZap.TemporaryError
    readonly property bool offersKey: (hovered || highlighted) && lacksKey()
    readonly property string clock: Qt.formatTime(time, "HH:mm:ss")
    readonly property string into: domain + " · " + via
    readonly property int lineHeight: DecisionColumns.oneLine ? height : height / 2 - 4

    // Returns whether the peer would be accepted if its key were known.
    function lacksKey(): bool {
        return isKey && verdict === QZap.AuthenticationFailure
            && list.lacksKey(domain, address, user);
    }

    Accessible.name: qsTr("%1, %2, %3 from %4, %5").arg(clock).arg(isAccepted ? qsTr("accepted") : isTryLater ? qsTr("try later") : qsTr("refused")).arg(user).arg(address).arg(reason)
    Keys.onReturnPressed: {
        if (lacksKey())
            keyOffered(user);
    }
    height: DecisionColumns.oneLine ? Theme.rowHeight : Theme.rowHeight + 12
    highlighted: ListView.isCurrentItem && list.activeFocus
    leftPadding: 12
    rightPadding: 12
    verticalPadding: 0

    PlainToolTip {
        lines: [root.user, root.reason, qsTr("%1 in domain %2, from %3").arg(root.via).arg(root.domain).arg(root.address)]
        visible: root.hovered || root.highlighted
    }

    background: Rectangle {
        border.color: Theme.accent
        border.width: root.highlighted ? 2 : 0
        color: root.highlighted ? Theme.accentSoft : root.hovered ? Theme.hover : "transparent"
        radius: 6
    }
    contentItem: Item {
        TableCell {
            column: DecisionColumns.time
            font.family: Theme.monospace
            height: root.lineHeight
            objectName: "cell-time"
            text: root.clock
            visible: DecisionColumns.oneLine || !root.offersKey
            y: DecisionColumns.oneLine ? 0 : 4
        }
        VerdictChip {
            anchors.verticalCenter: parent.verticalCenter
            iconOnly: DecisionColumns.narrow
            objectName: "cell-verdict"
            verdict: root.verdict
            width: DecisionColumns.verdict.width
            x: DecisionColumns.verdict.x
        }
        TableCell {
            color: root.user === "" ? Theme.muted : Theme.text
            column: DecisionColumns.user
            font.family: root.isKey ? Theme.monospace : Theme.family
            font.pixelSize: root.isKey ? Theme.normal - 1 : Theme.normal
            font.weight: root.isAccepted ? Font.DemiBold : Font.Normal
            height: root.lineHeight
            objectName: "cell-user"
            text: root.user === "" ? qsTr("nobody") : root.user
            y: DecisionColumns.oneLine ? 0 : 4
        }
        TableCell {
            color: Theme.text
            column: DecisionColumns.address
            font.family: Theme.monospace
            height: root.lineHeight
            objectName: "cell-address"
            text: root.address
            y: DecisionColumns.oneLine ? 0 : 4
        }
        TableCell {
            column: DecisionColumns.into
            height: root.lineHeight
            objectName: "cell-into"
            text: root.into
        }
        TableCell {
            column: DecisionColumns.reason
            height: root.lineHeight
            objectName: "cell-reason"
            text: root.isAccepted ? "" : root.reason
            visible: DecisionColumns.oneLine && !root.offersKey
        }
        Text {
            color: Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.small
            height: root.lineHeight
            objectName: "secondLine"
            text: root.isAccepted ? root.into : root.into + " · " + root.reason
            textFormat: Text.PlainText
            verticalAlignment: Text.AlignVCenter
            visible: !DecisionColumns.oneLine
            width: parent.width - x
            x: DecisionColumns.user.x
            y: root.height / 2
        }
        ActionButton {
            focusPolicy: Qt.NoFocus
            font.pixelSize: Theme.normal - 1
            height: DecisionColumns.oneLine ? 26 : 22
            hint: qsTr("Add this key to those that may come in (Return)")
            leftPadding: 6
            objectName: "offer"
            rightPadding: 6
            text: DecisionColumns.oneLine ? qsTr("Add this key…") : qsTr("Add key…")
            verticalPadding: 0
            visible: root.offersKey
            width: DecisionColumns.oneLine ? 130 : DecisionColumns.time.width
            x: DecisionColumns.oneLine ? DecisionColumns.reason.x : DecisionColumns.time.x
            y: DecisionColumns.oneLine ? (root.height - height) / 2 : 2

            onClicked: root.keyOffered(root.user)
        }
    }
}
