// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// Guests who wait to be let in.
Panel {
    id: root

    required property PendingDecisions pending

    function approve(row) {
        root.pending.approve(row);
    }
    function refuse(row) {
        root.pending.refuse(row, qsTr("Refused by hand"));
    }

    about: qsTr("Guests may have any key, and wait until you let them in. Ctrl+Return approves the first, Ctrl+Backspace refuses it.")

    EntryList {
        Accessible.name: qsTr("Waiting guests")
        Layout.fillHeight: true
        Layout.fillWidth: true
        emptyText: qsTr("Nobody is waiting.")
        model: root.pending

        onDangerAction: index => root.refuse(index)
        onMainAction: index => root.approve(index)

        delegate: Entry {
            id: entry

            required property int index
            required property string address
            required property string key
            required property date time

            detail: key
            fixed: true
            title: address
            width: ListView.view.width

            ActionButton {
                objectName: "approve-" + entry.index
                hint: qsTr("Let this guest in")
                implicitHeight: 30
                primary: true
                text: qsTr("Approve")

                onClicked: (entry.ListView.view as EntryList).mainAction(entry.index)
            }
            ActionButton {
                danger: true
                hint: qsTr("Turn this guest away for good")
                implicitHeight: 30
                text: qsTr("Refuse")

                onClicked: (entry.ListView.view as EntryList).dangerAction(entry.index, entry.key)
            }
        }
    }
}
