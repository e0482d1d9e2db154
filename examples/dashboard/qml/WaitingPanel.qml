// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// The guests who wait to be let in.
Panel {
    id: root

    objectName: "waiting"

    required property PendingDecisions pending
    required property bool lockdown // nobody can be approved

    // The guest that the shortcut keys apply to. If the first guest changes, the new one is not yet
    // the guest that the operator means.
    property int shown: 0
    readonly property int first: visible ? pending.first : 0

    function approve(guest) {
        if (!root.lockdown)
            root.pending.approve(guest);
    }
    function refuse(guest) {
        root.pending.refuse(guest, qsTr("Refused by hand"));
    }
    function approveShown() {
        root.approve(root.shown);
    }
    function refuseShown() {
        root.refuse(root.shown);
    }

    important: lockdown

    onFirstChanged: {
        root.shown = 0;
        reading.restart();
    }

    Timer {
        id: reading

        interval: 700

        onTriggered: root.shown = root.first
    }

    about: lockdown ? qsTr("In lockdown nobody can be approved. Guests keep waiting until their time is over.")
        : qsTr("Guests may have any key, and wait until you let them in. Ctrl+Return approves the first, Ctrl+Backspace refuses it.")

    EntryList {
        id: entryList

        Accessible.name: qsTr("Waiting guests")
        Layout.fillHeight: true
        Layout.fillWidth: true
        emptyText: qsTr("Nobody is waiting.")
        mainEnabled: !root.lockdown
        model: root.pending

        onDangerAction: guest => root.refuse(guest)
        onMainAction: guest => root.approve(guest)

        delegate: Entry {
            id: entry

            required property int index
            required property int guest
            required property string address
            required property string key
            required property date time

            detail: key
            fixed: true
            // Not ListView.view, which can be null with Qt 6.8.
            list: entryList // qmllint disable unqualified
            title: address
            width: list.width

            ActionButton {
                enabled: entry.list.mainEnabled
                hint: qsTr("Let this guest in")
                implicitHeight: 30
                objectName: "approve-" + entry.index
                primary: true
                text: qsTr("Approve")

                onClicked: {
                    entry.outcome = qsTr("Approved");
                    entry.list.mainAction(entry.guest);
                }
            }
            ActionButton {
                danger: true
                hint: qsTr("Turn this guest away for good")
                implicitHeight: 30
                text: qsTr("Refuse")

                onClicked: {
                    entry.outcome = qsTr("Refused");
                    entry.list.dangerAction(entry.guest, entry.key);
                }
            }
        }
    }
}
