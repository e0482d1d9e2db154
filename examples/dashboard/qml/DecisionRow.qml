// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Dashboard
import QZap

ItemDelegate {
    id: root

    required property int index
    required property date time
    required property int verdict
    required property string user
    required property string address
    required property string domain
    required property int mechanism
    required property string reason
    property bool wide: true

    signal keyOffered(string key)

    readonly property string via: [qsTr("?"), "NULL", "PLAIN", "CURVE", "GSSAPI"][mechanism]
    readonly property bool isKey: mechanism === QZap.Curve && user.length === 40
    readonly property bool isAccepted: verdict === QZap.Success
    readonly property bool offersKey: isUnknownKey && (hovered || highlighted)
    readonly property bool isUnknownKey: isKey && verdict === QZap.AuthenticationFailure
    readonly property string clock: Qt.formatTime(time, "HH:mm:ss")

    Accessible.name: qsTr("%1, %2, %3 from %4, %5").arg(clock).arg(isAccepted ? qsTr("accepted") : qsTr("not accepted")).arg(user).arg(address).arg(reason)
    Keys.onReturnPressed: {
        if (isUnknownKey)
            keyOffered(user);
    }
    height: wide ? Theme.rowHeight : Theme.rowHeight + 8
    highlighted: ListView.isCurrentItem && ListView.view.activeFocus
    leftPadding: 12
    rightPadding: 12
    verticalPadding: 0

    PlainToolTip {
        text: (root.user === "" ? "" : root.user + "\n") + root.reason + "\n"
            + qsTr("%1 in domain %2").arg(root.via).arg(root.domain)
        visible: root.hovered || root.highlighted
    }

    background: Rectangle {
        border.color: Theme.accent
        border.width: root.highlighted ? 2 : 0
        color: root.highlighted ? Theme.accentSoft : root.hovered ? Theme.hover : "transparent"
        radius: 6
    }
    contentItem: RowLayout {
        spacing: 12

        Mono {
            Layout.preferredWidth: 62
            color: Theme.muted
            text: root.clock
        }
        VerdictChip {
            verdict: root.verdict
        }
        ColumnLayout {
            Layout.fillWidth: true
            Layout.minimumWidth: 70
            Layout.preferredWidth: 130
            spacing: 1

            Text {
                Layout.fillWidth: true
                color: root.user === "" ? Theme.muted : Theme.text
                elide: Text.ElideRight
                font.family: root.isKey ? Theme.monospace : Theme.family
                font.pixelSize: root.isKey ? Theme.normal - 1 : Theme.normal
                font.weight: root.isAccepted ? Font.DemiBold : Font.Normal
                text: root.user === "" ? qsTr("nobody") : root.user
                textFormat: Text.PlainText
            }
            Caption {
                Layout.fillWidth: true
                elide: Text.ElideRight
                text: root.reason
                visible: !root.wide && !root.isAccepted
                wrapMode: Text.NoWrap
            }
        }
        Mono {
            Layout.preferredWidth: 96
            text: root.address
            visible: root.wide || !root.offersKey
        }
        Text {
            Layout.preferredWidth: 138
            color: Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.normal - 1
            text: root.domain + " · " + root.via
            textFormat: Text.PlainText
            visible: root.wide
        }
        Text {
            Layout.fillWidth: true
            Layout.preferredWidth: 200
            color: Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.normal - 1
            text: root.isAccepted ? "" : root.reason
            textFormat: Text.PlainText
            visible: root.wide && !root.offersKey
        }
        ActionButton {
            Layout.fillWidth: root.wide
            Layout.preferredWidth: root.wide ? 200 : 96
            focusPolicy: Qt.NoFocus
            font.pixelSize: Theme.normal - 1
            hint: qsTr("Add this key to those that may come in (Return)")
            implicitHeight: 26
            text: root.wide ? qsTr("Add this key…") : qsTr("Add key…")
            visible: root.offersKey

            onClicked: root.keyOffered(root.user)
        }
    }
}
