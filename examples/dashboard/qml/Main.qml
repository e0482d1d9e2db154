// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import Dashboard
import QZap

ApplicationWindow {
    id: root

    required property Backend backend

    readonly property bool wide: width >= 1150

    // The desktop's theme, as far as it can be told from its colours.
    function followDesktop() {
        Theme.dark = root.backend.theme === "dark"
            || (root.backend.theme === "" && desktop.window.hslLightness < 0.5);
    }

    color: Theme.background
    height: 780
    minimumHeight: 520
    minimumWidth: 760
    palette.toolTipBase: Theme.surface
    palette.toolTipText: Theme.text
    palette.window: Theme.background
    palette.windowText: Theme.text
    title: qsTr("QZap Dashboard")
    visible: true
    width: 1240

    footer: FootBar {
        backend: root.backend
    }
    header: HeaderBar {
        authenticator: authenticator
        backend: root.backend
    }

    Component.onCompleted: {
        Theme.family = root.font.family;
        Theme.monospace = root.backend.monospace;
        root.followDesktop();
        if (!root.backend.server.listen())
            banner.text = root.backend.server.errorString;
        if (root.backend.demo) {
            authenticator.deny(root.backend.demo.deniedAddresses);
            root.backend.demo.running = true;
        }
    }

    SystemPalette {
        id: desktop
    }
    ZapAuthenticator {
        id: authenticator

        // A busy window keeps no peer waiting.
        workerThread: true
        running: true

        onErrorOccurred: (error, message) => {
            // What was typed wrong is said beside it.
            if (error !== ZapAuthenticator.ConfigurationError)
                banner.text = message;
        }

        ZapCurveDomain {
            location: root.backend.keys.location
            name: root.backend.server.keysDomain
            userIdField: "name"
        }
        ZapPlainDomain {
            name: root.backend.server.usersDomain
            passwordFile: root.backend.users.file
        }
        ZapCurveDomain {
            credentialsProvider: approval
            location: "*"
            name: root.backend.server.guestsDomain
        }
    }
    ZapCredentialsProvider {
        id: approval

        onAuthenticating: decision => {
            decision.defer(root.backend.server.patience);
            waiting.add(decision);
        }
        onExpired: waiting.removeExpired()
    }
    PendingDecisions {
        id: waiting
    }
    ZapActivityModel {
        id: decisions

        authenticator: authenticator
    }
    Shortcut {
        sequence: "Ctrl+F"

        onActivated: table.search()
    }
    Shortcut {
        sequence: "Ctrl+L"

        onActivated: authenticator.lockdown = !authenticator.lockdown
    }
    Shortcut {
        sequence: "Ctrl+T"

        onActivated: Theme.dark = !Theme.dark
    }
    Shortcut {
        sequence: "Ctrl+1"

        onActivated: side.page = 0
    }
    Shortcut {
        sequence: "Ctrl+2"

        onActivated: side.page = 1
    }
    Shortcut {
        sequence: "Ctrl+3"

        onActivated: side.page = 2
    }
    Shortcut {
        sequence: "Ctrl+4"

        onActivated: side.page = 3
    }
    Shortcut {
        sequence: "Ctrl+Return"

        onActivated: side.approveFirst()
    }
    Shortcut {
        sequence: "Ctrl+Backspace"

        onActivated: side.refuseFirst()
    }
    Shortcut {
        sequence: "Ctrl+Q"

        onActivated: Qt.quit()
    }
    RowLayout {
        anchors.fill: parent
        anchors.margins: root.wide ? 16 : 12
        spacing: root.wide ? 16 : 12

        ColumnLayout {
            spacing: root.wide ? 16 : 12

            Banner {
                id: banner

                Layout.fillWidth: true
            }
            GridLayout {
                Layout.fillHeight: false
                columnSpacing: 12
                columns: root.wide ? 5 : 4
                rowSpacing: 12

                StatCard {
                    Layout.fillWidth: true
                    label: qsTr("Accepted")
                    tone: Theme.good
                    value: authenticator.acceptedCount
                }
                StatCard {
                    Layout.fillWidth: true
                    label: qsTr("Refused")
                    tone: Theme.bad
                    value: authenticator.rejectedCount
                }
                StatCard {
                    Layout.fillWidth: true
                    label: qsTr("Put off")
                    tone: Theme.wait
                    value: authenticator.temporaryCount
                }
                StatCard {
                    Layout.fillWidth: true
                    label: qsTr("Waiting")
                    tone: Theme.accent
                    value: authenticator.pendingCount
                }
                RateChart {
                    Layout.columnSpan: root.wide ? 1 : 4
                    Layout.fillWidth: true
                    Layout.preferredWidth: root.wide ? 300 : 260
                    authenticator: authenticator
                }
            }
            DecisionTable {
                id: table

                Layout.fillHeight: true
                Layout.fillWidth: true
                activity: decisions

                onKeyOffered: key => side.offerKey(key)
            }
        }
        SidePanel {
            id: side

            Layout.fillHeight: true
            Layout.preferredWidth: root.wide ? 372 : 316
            authenticator: authenticator
            backend: root.backend
            pending: waiting
        }
    }
}
