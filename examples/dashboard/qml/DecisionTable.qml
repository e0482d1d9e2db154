// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Dashboard
import QZap

// Recent decisions, and what of them is to be seen.
Card {
    id: root

    required property ZapActivityModel activity

    readonly property bool wide: width > 736

    signal keyOffered(string key)

    function search() {
        filter.forceActiveFocus(Qt.ShortcutFocusReason);
        filter.selectAll();
    }

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: Theme.space
        anchors.topMargin: 12
        spacing: Theme.space

        RowLayout {
            Layout.leftMargin: 4
            Layout.rightMargin: 4
            spacing: Theme.space

            InputField {
                id: filter

                Layout.fillWidth: true
                Layout.maximumWidth: 360
                Keys.onEscapePressed: clear()
                objectName: "filter"
                placeholderText: qsTr("Filter by user, address, reason…")
            }
            Item {
                Layout.fillWidth: true
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
                    text: qsTr("Put off")
                    visible: root.width > 560

                    onToggled: rows.verdict = DecisionFilter.PutOff
                }
            }
            ActionButton {
                hint: qsTr("Empty the table; the counters stay")
                text: qsTr("Clear")

                onClicked: root.activity.clear()
            }
        }
        RowLayout {
            Layout.leftMargin: 12
            Layout.rightMargin: 12
            Layout.topMargin: 4
            spacing: 12

            Caption {
                Layout.preferredWidth: 62
                font.weight: Font.DemiBold
                text: qsTr("Time")
            }
            Caption {
                Layout.preferredWidth: 98
                font.weight: Font.DemiBold
                text: qsTr("Verdict")
            }
            Caption {
                Layout.fillWidth: true
                Layout.minimumWidth: 70
                Layout.preferredWidth: 130
                font.weight: Font.DemiBold
                text: qsTr("User or key")
            }
            Caption {
                Layout.preferredWidth: 96
                font.weight: Font.DemiBold
                text: qsTr("Address")
            }
            Caption {
                Layout.preferredWidth: 138
                font.weight: Font.DemiBold
                text: qsTr("Into")
                visible: root.wide
            }
            Caption {
                Layout.fillWidth: true
                Layout.preferredWidth: 200
                font.weight: Font.DemiBold
                text: qsTr("Why not")
                visible: root.wide
            }
        }
        Rectangle {
            Layout.fillWidth: true
            color: Theme.border
            implicitHeight: 1
        }
        DecisionList {
            id: list

            Accessible.name: qsTr("Recent decisions")
            Accessible.role: Accessible.Table
            Layout.fillHeight: true
            Layout.fillWidth: true
            activeFocusOnTab: true
            boundsBehavior: Flickable.StopAtBounds
            clip: true
            currentIndex: -1
            objectName: "decisions"
            reuseItems: true

            ScrollBar.vertical: ScrollBar {
            }
            delegate: DecisionRow {
                wide: width > 720
                width: ListView.view.width

                onClicked: {
                    ListView.view.currentIndex = index;
                    ListView.view.forceActiveFocus(Qt.MouseFocusReason);
                }
                onKeyOffered: key => (ListView.view as DecisionList).keyOffered(key)
            }
            model: DecisionFilter {
                id: rows

                sourceModel: root.activity
                text: filter.text
            }

            onKeyOffered: key => root.keyOffered(key)

            onActiveFocusChanged: {
                if (activeFocus && currentIndex < 0 && count > 0)
                    currentIndex = 0;
            }

            Text {
                anchors.centerIn: parent
                color: Theme.muted
                font.pixelSize: Theme.normal
                text: filter.text !== "" || rows.verdict !== DecisionFilter.Any
                    ? qsTr("No decision matches the filter.") : qsTr("Nobody has come yet.")
                visible: list.count === 0
            }
            FocusRing {
                anchors.margins: 0
                visible: list.activeFocus && list.count === 0
            }
        }
    }
}
