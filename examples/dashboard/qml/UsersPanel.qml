// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// The users that are accepted with their password.
Panel {
    id: root

    required property UserList users

    function save() {
        form.error = "";
        root.users.setPassword(name.text, password.text);
    }

    about: qsTr("Users get into “console” with their password. It is kept as an argon2id hash; setting it again changes it.")

    Form {
        id: form

        Layout.fillWidth: true
        action: root.users.busy ? qsTr("Hashing…") : qsTr("Save user")
        actionName: "saveUser"
        errorName: "userError"
        ready: !root.users.busy

        onSubmitted: root.save()

        InputField {
            id: name

            Layout.fillWidth: true
            objectName: "userName"
            placeholderText: qsTr("User name")

            onAccepted: root.save()
            onTextEdited: form.error = ""
        }
        InputField {
            id: password

            Layout.fillWidth: true
            echoMode: TextInput.Password
            objectName: "userPassword"
            placeholderText: qsTr("Password")

            onAccepted: root.save()
            onTextEdited: form.error = ""
        }
    }
    EntryList {
        id: entryList

        Accessible.name: qsTr("Users")
        Layout.fillHeight: true
        Layout.fillWidth: true
        Layout.topMargin: 4
        emptyText: qsTr("There are no users: nobody gets into “console”.")
        model: root.users
        objectName: "users"

        onDangerAction: (index, name) => form.error = root.users.remove(name)
        onUndoAction: name => form.error = root.users.restore(name)

        delegate: Entry {
            id: entry

            required property int index
            required property string name

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
    Connections {
        function onAdded() {
            name.clear();
            password.clear();
        }
        function onFailed(problem: string) {
            form.error = problem;
        }

        target: root.users
    }
}
