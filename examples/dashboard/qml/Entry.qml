// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Layouts
import Dashboard

// A row of a panel's list, with its buttons on the right. When it has been removed from the model,
// it remains visible while the pointer is on the list, so that the buttons of the next row do not
// move under the pointer.
Rectangle {
    id: root

    required property EntryList list
    required property string title
    property string detail
    property string problem
    property bool fixed: false // the title is an address or a key
    property bool undoable: false
    property bool keptByModel: false // removed entries stay in the model, as long as they are shown
    property string outcome: qsTr("Gone") // text for a removed entry
    property string lastTitle
    default property alias actions: row.data

    property bool gone: false
    property bool undoing: false
    property bool byKeyboard: false // gives the focus to the undo button

    function vanish() {
        if (!list || keptByModel)
            return;
        lastTitle = title;
        for (let i = 0; i < row.children.length; ++i) {
            const button = row.children[i] as ActionButton;
            if (button && button.visualFocus)
                byKeyboard = true;
        }
        gone = true;
        list.ghosts += 1;
        // Neither the second click of a double click nor a key that is held down is intended for
        // the undo button.
        undo.enabled = false;
        quiet.start();
        if (undoable)
            grace.start();
    }

    Accessible.name: gone ? outcome : detail === "" ? title : qsTr("%1, %2").arg(title).arg(detail)
    Accessible.role: Accessible.ListItem
    ListView.delayRemove: !keptByModel && gone && !undoing && list && (list.isUnderPointer || grace.running || undo.activeFocus)
    ListView.onRemove: vanish()
    border.color: Theme.border
    color: Theme.sunken
    implicitHeight: Math.max(46, texts.implicitHeight + 14)
    radius: Theme.radius

    Component.onDestruction: {
        if (gone && list && !keptByModel)
            list.ghosts -= 1;
    }

    Timer {
        id: grace

        interval: 8000
    }
    Timer {
        id: quiet

        interval: 500

        onTriggered: {
            undo.enabled = true;
            if (root.byKeyboard && root.undoable)
                undo.forceActiveFocus(Qt.TabFocusReason);
        }
    }
    RowLayout {
        anchors.fill: parent
        anchors.leftMargin: 12
        anchors.rightMargin: 7
        opacity: 0.8
        visible: root.gone

        Text {
            Layout.fillWidth: true
            color: Theme.muted
            elide: Text.ElideRight
            font.pixelSize: Theme.normal
            text: qsTr("%1: %2").arg(root.outcome).arg(root.lastTitle)
            textFormat: Text.PlainText
        }
        ActionButton {
            id: undo

            implicitHeight: 30
            objectName: "undo"
            text: qsTr("Undo")
            visible: root.undoable

            onClicked: {
                root.undoing = true;
                root.list.undoAction(root.lastTitle);
            }
        }
    }
    RowLayout {
        id: row

        anchors.fill: parent
        anchors.leftMargin: 12
        anchors.rightMargin: 7
        spacing: 6
        visible: !root.gone

        ColumnLayout {
            id: texts

            spacing: 2

            Text {
                Layout.fillWidth: true
                color: Theme.text
                elide: Text.ElideRight
                font.family: root.fixed ? Theme.monospace : Theme.family
                font.pixelSize: Theme.normal
                font.weight: root.fixed ? Font.Normal : Font.DemiBold
                maximumLineCount: 2
                text: root.title
                textFormat: Text.PlainText
                wrapMode: root.fixed ? Text.WrapAnywhere : Text.NoWrap
            }
            Mono {
                Layout.fillWidth: true
                color: Theme.muted
                elide: Text.ElideMiddle
                font.pixelSize: Theme.small
                text: root.detail
                visible: text !== ""
            }
            ErrorText {
                Layout.fillWidth: true
                text: root.problem
                visible: root.problem !== ""
            }
        }
    }
}
