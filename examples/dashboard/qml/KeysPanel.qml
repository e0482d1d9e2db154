// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// The public keys that are accepted.
Panel {
    id: root

    required property KeyDirectory keys

    function add() {
        const problem = byFile.checked ? root.keys.addFile(file.text)
            : root.keys.addKey(name.text, key.text);
        form.error = problem;
        if (problem === "") {
            file.clear();
            key.clear();
            name.clear();
        }
    }
    // Fills in the key, and asks for its name.
    function offer(publicKey) {
        byKey.checked = true;
        key.text = publicKey;
        name.forceActiveFocus(Qt.OtherFocusReason);
    }

    about: qsTr("Peers with one of these keys get into “telemetry”. One whose key is revoked is disconnected at once, and refused from then on.")

    SegmentBar {
        Layout.fillWidth: true

        Segment {
            id: byKey

            checked: true
            text: qsTr("Paste a key")
        }
        Segment {
            id: byFile

            objectName: "byFile"
            text: qsTr("From a file")
        }
        Item {
            Layout.fillWidth: true
        }
    }
    Form {
        id: form

        Layout.fillWidth: true
        action: qsTr("Add key")
        actionName: "addKey"
        errorName: "keyError"

        onSubmitted: root.add()

        InputField {
            id: name

            Layout.fillWidth: true
            Layout.maximumWidth: form.inLine ? 150 : Infinity
            objectName: "keyName"
            placeholderText: form.inLine ? qsTr("Name") : qsTr("Name, such as pump-4")
            visible: byKey.checked

            onAccepted: root.add()
            onTextEdited: form.error = ""
        }
        InputField {
            id: key

            Layout.fillWidth: true
            fixed: true
            font.pixelSize: Theme.normal - 1
            invalid: form.error !== "" && text.trim().length !== 40
            objectName: "keyText"
            placeholderText: qsTr("Public key, 40 characters")
            visible: byKey.checked

            onAccepted: root.add()
            onTextEdited: form.error = ""
        }
        InputField {
            id: file

            Layout.fillWidth: true
            invalid: form.error !== ""
            objectName: "keyFile"
            placeholderText: qsTr("Path of a .key file, or drop it here")
            visible: byFile.checked

            onAccepted: root.add()
            onTextEdited: form.error = ""

            DropArea {
                anchors.fill: parent
                keys: ["text/uri-list"]

                onDropped: drop => {
                    file.text = drop.urls[0];
                    root.add();
                }
            }
        }
    }
    EntryList {
        id: entryList

        Accessible.name: qsTr("Keys")
        Layout.fillHeight: true
        Layout.fillWidth: true
        Layout.topMargin: 4
        emptyText: qsTr("No key is known: nobody gets into “telemetry”.")
        model: root.keys
        objectName: "keys"

        onDangerAction: (index, name) => form.error = root.keys.revoke(name)
        onUndoAction: name => form.error = root.keys.restore(name)

        delegate: Entry {
            id: entry

            required property int index
            required property string name
            required property string key
            required problem

            detail: key
            // Not ListView.view, which can be null with Qt 6.8.
            list: entryList // qmllint disable unqualified
            title: name
            width: list.width

            ActionButton {
                Accessible.name: qsTr("Revoke %1").arg(entry.name)
                danger: true
                implicitHeight: 30
                objectName: "revoke-" + entry.name
                text: qsTr("Revoke")

                onClicked: {
                    entry.undoable = true;
                    entry.outcome = qsTr("Revoked");
                    entry.list.dangerAction(entry.index, entry.name);
                }
            }
        }
    }
}
