// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard
import QZap

// The list of addresses that are refused, or of those that are allowed.
Panel {
    id: root

    required property ZapAuthenticator authenticator

    property bool allows: false // whether the list of allowed addresses is shown
    readonly property var entries: allows ? authenticator.allowedAddresses : authenticator.deniedAddresses
    readonly property string otherList: (allows ? authenticator.deniedAddresses : authenticator.allowedAddresses).length > 0
        ? (allows ? qsTr("denied") : qsTr("allowed")) : ""

    // Adds an address and returns whether this succeeded.
    function put(entry: string): bool {
        const done = root.allows ? root.authenticator.allow(entry) : root.authenticator.deny(entry);
        form.error = done ? "" : root.authenticator.errorString.replace(/^(allow|deny)\(\): /, "");
        return done;
    }
    function add() {
        if (root.put(address.text.trim()))
            address.clear();
    }
    function remove(entry: string) {
        form.error = "";
        if (root.entries.length > 1) {
            if (root.allows)
                root.authenticator.removeAllowed(entry);
            else
                root.authenticator.removeDenied(entry);
        } else if (root.allows) {
            // An empty list of allowed addresses would let nobody in.
            root.authenticator.resetAllowedAddresses();
        } else {
            root.authenticator.resetDeniedAddresses();
        }
    }

    about: allows ? qsTr("Only these addresses get in anywhere; without an entry, all may come.")
        : qsTr("These addresses get in nowhere.")

    SegmentBar {
        Layout.fillWidth: true

        Segment {
            checked: true
            text: qsTr("Denied")

            onToggled: {
                root.allows = false;
                form.error = "";
            }
        }
        Segment {
            objectName: "showAllowed"
            text: qsTr("Allowed only")

            onToggled: {
                root.allows = true;
                form.error = "";
            }
        }
        Item {
            Layout.fillWidth: true
        }
    }
    Form {
        id: form

        Layout.fillWidth: true
        action: root.allows ? qsTr("Allow address") : qsTr("Deny address")
        actionName: "addAddress"
        errorName: "addressError"

        onSubmitted: root.add()

        InputField {
            id: address

            Layout.fillWidth: true
            fixed: true
            invalid: form.error !== ""
            objectName: "address"
            placeholderText: qsTr("10.0.0.0/8, fd00::/8, 192.0.2.7")

            onAccepted: root.add()
            onTextEdited: form.error = ""
        }
    }
    EntryList {
        id: entryList

        Accessible.name: root.allows ? qsTr("Allowed addresses") : qsTr("Denied addresses")
        Layout.fillHeight: true
        Layout.fillWidth: true
        Layout.topMargin: 4
        emptyText: root.otherList !== ""
            ? qsTr("Addresses are %1 at present. Only one of the two lists can be in use.").arg(root.otherList)
            : root.allows ? qsTr("All addresses are allowed.") : qsTr("No address is denied.")
        model: NameList {
            names: root.entries
        }

        onDangerAction: (index, name) => root.remove(name)
        onUndoAction: name => root.put(name)

        delegate: Entry {
            id: entry

            required property int index
            required property string name

            fixed: true
            // Not ListView.view, which can be null with Qt 6.8.
            list: entryList // qmllint disable unqualified
            title: name
            width: list.width

            ActionButton {
                Accessible.name: qsTr("Remove %1").arg(entry.name)
                danger: true
                implicitHeight: 30
                objectName: "remove-" + entry.name
                text: qsTr("Remove")

                onClicked: {
                    entry.undoable = true;
                    entry.outcome = qsTr("Removed");
                    entry.list.dangerAction(entry.index, entry.name);
                }
            }
        }
    }
}
