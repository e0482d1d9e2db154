// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// Users with a password.
Panel {
    id: root

    required property UserList users

    function save() {
        error.text = "";
        root.users.setPassword(name.text, password.text);
    }

    about: qsTr("Users get into “console” with their password. It is kept as an argon2id hash; setting it again changes it.")

    InputField {
        id: name

        Layout.fillWidth: true
        objectName: "userName"
        placeholderText: qsTr("User name")

        onAccepted: root.save()
        onTextEdited: error.text = ""
    }
    InputField {
        id: password

        Layout.fillWidth: true
        echoMode: TextInput.Password
        objectName: "userPassword"
        placeholderText: qsTr("Password")

        onAccepted: root.save()
        onTextEdited: error.text = ""
    }
    ErrorText {
        id: error

        Layout.fillWidth: true
        objectName: "userError"
    }
    ActionButton {
        Layout.fillWidth: true
        enabled: !root.users.busy
        objectName: "saveUser"
        primary: true
        text: root.users.busy ? qsTr("Hashing…") : qsTr("Save user")

        onClicked: root.save()
    }
    EntryList {
        Accessible.name: qsTr("Users")
        Layout.fillHeight: true
        Layout.fillWidth: true
        Layout.topMargin: 4
        emptyText: qsTr("There are no users: nobody gets into “console”.")
        model: root.users

        onDangerAction: (index, name) => error.text = root.users.remove(name)

        delegate: Entry {
            id: entry

            required property int index
            required property string name

            title: name
            width: ListView.view.width

            ActionButton {
                Accessible.name: qsTr("Remove %1").arg(entry.name)
                danger: true
                implicitHeight: 30
                text: qsTr("Remove")

                onClicked: (entry.ListView.view as EntryList).dangerAction(entry.index, entry.name)
            }
        }
    }
    Connections {
        function onAdded() {
            name.clear();
            password.clear();
        }
        function onFailed(problem: string) {
            error.text = problem;
        }

        target: root.users
    }
}
