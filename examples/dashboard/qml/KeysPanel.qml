// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// The public keys that may come in.
Panel {
    id: root

    required property KeyDirectory keys

    function add() {
        const problem = byFile.checked ? root.keys.addFile(file.text)
            : root.keys.addKey(name.text, key.text);
        error.text = problem;
        if (problem === "") {
            file.clear();
            key.clear();
            name.clear();
        }
    }
    // Asks for the name that belongs to a key.
    function offer(publicKey) {
        byKey.checked = true;
        key.text = publicKey;
        name.forceActiveFocus(Qt.OtherFocusReason);
    }

    about: qsTr("Peers with one of these keys get into “telemetry”. One that is revoked is refused when it connects again.")

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
    InputField {
        id: name

        Layout.fillWidth: true
        objectName: "keyName"
        placeholderText: qsTr("Name, such as pump-4")
        visible: byKey.checked

        onAccepted: root.add()
        onTextEdited: error.text = ""
    }
    InputField {
        id: key

        Layout.fillWidth: true
        fixed: true
        font.pixelSize: Theme.normal - 1
        invalid: error.text !== "" && text.trim().length !== 40
        objectName: "keyText"
        placeholderText: qsTr("Public key, 40 characters")
        visible: byKey.checked

        onAccepted: root.add()
        onTextEdited: error.text = ""
    }
    InputField {
        id: file

        Layout.fillWidth: true
        invalid: error.text !== ""
        objectName: "keyFile"
        placeholderText: qsTr("Path of a .key file, or drop it here")
        visible: byFile.checked

        onAccepted: root.add()
        onTextEdited: error.text = ""

        DropArea {
            anchors.fill: parent
            keys: ["text/uri-list"]

            onDropped: drop => {
                file.text = drop.urls[0];
                root.add();
            }
        }
    }
    ErrorText {
        id: error

        Layout.fillWidth: true
        objectName: "keyError"
    }
    ActionButton {
        Layout.fillWidth: true
        objectName: "addKey"
        primary: true
        text: qsTr("Add key")

        onClicked: root.add()
    }
    EntryList {
        Accessible.name: qsTr("Keys")
        Layout.fillHeight: true
        Layout.fillWidth: true
        Layout.topMargin: 4
        emptyText: qsTr("No key is known: nobody gets into “telemetry”.")
        model: root.keys
        objectName: "keys"

        onDangerAction: (index, name) => error.text = root.keys.revoke(name)

        delegate: Entry {
            id: entry

            required property int index
            required property string name
            required property string key
            required problem

            detail: key
            title: name
            width: ListView.view.width

            ActionButton {
                Accessible.name: qsTr("Revoke %1").arg(entry.name)
                danger: true
                implicitHeight: 30
                objectName: "revoke-" + entry.name
                text: qsTr("Revoke")

                onClicked: (entry.ListView.view as EntryList).dangerAction(entry.index, entry.name)
            }
        }
    }
}
