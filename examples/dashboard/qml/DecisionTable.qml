// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Dashboard
import QZap

// The table of recent decisions, with a filter.
Card {
    id: root

    required property ZapActivityModel activity
    required property ZapAuthenticator authenticator
    required property Backend backend

    signal keyOffered(string key)

    component Heading: TableCell {
        font.pixelSize: Theme.small
        font.weight: Font.DemiBold
        height: parent?.height ?? 0
        objectName: "heading"
        text: column.title
    }

    function search() {
        filter.forceActiveFocus(Qt.ShortcutFocusReason);
        filter.selectAll();
    }

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: Theme.dense ? 6 : Theme.space
        anchors.topMargin: Theme.dense ? 6 : 12
        spacing: 0

        RowLayout {
            Layout.leftMargin: Theme.dense ? 0 : 4
            Layout.rightMargin: Theme.dense ? 0 : 4
            spacing: Theme.space

            InputField {
                id: filter

                Accessible.name: qsTr("Filter by user, address, reason")
                Keys.onEscapePressed: clear()
                Layout.fillWidth: true
                Layout.maximumWidth: 360
                Layout.minimumWidth: 80
                Layout.preferredWidth: 200
                objectName: "filter"
                placeholderText: width > 250 ? qsTr("Filter by user, address, reason…") : qsTr("Filter…")
            }
            Item {
                Layout.fillWidth: true
                Layout.preferredWidth: 0
            }
            SegmentBar {
                Segment {
                    checked: true
                    text: qsTr("All")

                    onToggled: rows.verdict = DecisionFilter.Any
                }
                Segment {
                    text: qsTr("Accepted")

                    onToggled: rows.verdict = DecisionFilter.Accepted
                }
                Segment {
                    text: qsTr("Refused")

                    onToggled: rows.verdict = DecisionFilter.Refused
                }
                Segment {
                    text: qsTr("Try later")

                    onToggled: rows.verdict = DecisionFilter.PutOff
                }
            }
            IconButton {
                hint: qsTr("Empty the table; the counters stay")
                shape: Icon.Bin
                text: qsTr("Clear")

                onClicked: root.activity.clear()
            }
        }
        Item {
            Layout.fillWidth: true
            Layout.leftMargin: 12
            Layout.rightMargin: 12
            implicitHeight: Theme.dense ? 26 : 32

            Heading {
                column: DecisionColumns.time
            }
            Heading {
                column: DecisionColumns.verdict
            }
            Heading {
                column: DecisionColumns.user
            }
            Heading {
                column: DecisionColumns.address
            }
            Heading {
                column: DecisionColumns.into
            }
            Heading {
                column: DecisionColumns.reason
            }
        }
        Rectangle {
            Layout.fillWidth: true
            color: Theme.border
            implicitHeight: 1
        }
        DecisionList {
            id: decisions

            Accessible.name: qsTr("Recent decisions")
            Accessible.role: Accessible.Table
            Layout.fillHeight: true
            Layout.fillWidth: true
            Layout.topMargin: Theme.dense ? 0 : 4
            activeFocusOnTab: true
            authenticator: root.authenticator
            backend: root.backend
            boundsBehavior: Flickable.StopAtBounds
            clip: true
            currentIndex: -1
            objectName: "decisions"
            reuseItems: true

            ScrollBar.vertical: ScrollBar {
            }
            delegate: DecisionRow {
                // Not ListView.view, which can be null with Qt 6.8.
                list: decisions // qmllint disable unqualified
                width: list.width

                onClicked: {
                    list.currentIndex = index;
                    list.forceActiveFocus(Qt.MouseFocusReason);
                }
                onKeyOffered: key => list.keyOffered(key)
            }
            model: DecisionFilter {
                id: rows

                sourceModel: root.activity
                text: filter.text
            }

            onActiveFocusChanged: {
                if (activeFocus && currentIndex < 0 && count > 0)
                    currentIndex = 0;
            }
            onKeyOffered: key => root.keyOffered(key)

            Text {
                anchors.centerIn: parent
                color: Theme.muted
                font.pixelSize: Theme.normal
                text: filter.text !== "" || rows.verdict !== DecisionFilter.Any
                    ? qsTr("No decision matches the filter.") : qsTr("Nobody has come yet.")
                visible: decisions.count === 0
            }
            FocusRing {
                anchors.margins: 0
                visible: decisions.activeFocus && decisions.count === 0
            }
        }
    }
}
