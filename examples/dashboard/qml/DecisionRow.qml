// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import Dashboard
import QZap

ItemDelegate {
    id: root

    required property DecisionColumns columns
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
    readonly property int lineHeight: columns.oneLine ? height : height / 2 - 4

    // Whether it would get in if its key were among those that are known.
    function lacksKey(): bool {
        return isKey && verdict === QZap.AuthenticationFailure
            && (ListView.view as DecisionList).lacksKey(domain, address, user);
    }

    Accessible.name: qsTr("%1, %2, %3 from %4, %5").arg(clock).arg(isAccepted ? qsTr("accepted") : isTryLater ? qsTr("try later") : qsTr("refused")).arg(user).arg(address).arg(reason)
    Keys.onReturnPressed: {
        if (lacksKey())
            keyOffered(user);
    }
    height: columns.oneLine ? Theme.rowHeight : Theme.rowHeight + 12
    highlighted: ListView.isCurrentItem && ListView.view.activeFocus
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
            column: root.columns.time
            font.family: Theme.monospace
            height: root.lineHeight
            objectName: "cell-time"
            text: root.clock
            visible: root.columns.oneLine || !root.offersKey
            y: root.columns.oneLine ? 0 : 4
        }
        VerdictChip {
            anchors.verticalCenter: parent.verticalCenter
            iconOnly: root.columns.narrow
            objectName: "cell-verdict"
            verdict: root.verdict
            width: root.columns.verdict.width
            x: root.columns.verdict.x
        }
        TableCell {
            color: root.user === "" ? Theme.muted : Theme.text
            column: root.columns.user
            font.family: root.isKey ? Theme.monospace : Theme.family
            font.pixelSize: root.isKey ? Theme.normal - 1 : Theme.normal
            font.weight: root.isAccepted ? Font.DemiBold : Font.Normal
            height: root.lineHeight
            objectName: "cell-user"
            text: root.user === "" ? qsTr("nobody") : root.user
            y: root.columns.oneLine ? 0 : 4
        }
        TableCell {
            color: Theme.text
            column: root.columns.address
            font.family: Theme.monospace
            height: root.lineHeight
            objectName: "cell-address"
            text: root.address
            y: root.columns.oneLine ? 0 : 4
        }
        TableCell {
            column: root.columns.into
            height: root.lineHeight
            objectName: "cell-into"
            text: root.into
        }
        TableCell {
            column: root.columns.reason
            height: root.lineHeight
            objectName: "cell-reason"
            text: root.isAccepted ? "" : root.reason
            visible: root.columns.oneLine && !root.offersKey
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
            visible: !root.columns.oneLine
            width: parent.width - x
            x: root.columns.user.x
            y: root.height / 2
        }
        ActionButton {
            focusPolicy: Qt.NoFocus
            font.pixelSize: Theme.normal - 1
            height: root.columns.oneLine ? 26 : 22
            hint: qsTr("Add this key to those that may come in (Return)")
            leftPadding: 6
            objectName: "offer"
            rightPadding: 6
            text: root.columns.oneLine ? qsTr("Add this key…") : qsTr("Add key…")
            verticalPadding: 0
            visible: root.offersKey
            width: root.columns.oneLine ? 130 : root.columns.time.width
            x: root.columns.oneLine ? root.columns.reason.x : root.columns.time.x
            y: root.columns.oneLine ? (root.height - height) / 2 : 2

            onClicked: root.keyOffered(root.user)
        }
    }
}
