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
    // Whether the window is too small to show a table and the side panel at once: then they are
    // pages.
    readonly property bool dense: width < 800 || height < 480
    readonly property int gap: dense ? 8 : wide ? 16 : 12
    property bool tableInFront: true
    property bool live: false // shows the connections instead of the decisions

    function showTable(live: bool) {
        root.live = live;
        root.tableInFront = true;
    }
    // Uses the desktop's theme, as far as its colors reveal it.
    function followDesktop() {
        Theme.dark = root.backend.theme === "dark"
            || (root.backend.theme === "" && desktop.window.hslLightness < 0.5);
    }

    color: Theme.background
    height: 780
    minimumHeight: 290
    minimumWidth: 440
    palette.toolTipBase: Theme.surface
    palette.toolTipText: Theme.text
    palette.window: Theme.background
    palette.windowText: Theme.text
    title: qsTr("QZap Dashboard")
    visible: true
    width: 1240

    footer: FootBar {
        id: foot

        backend: root.backend
        visible: !Theme.dense && fits
    }
    header: HeaderBar {
        authenticator: authenticator
        backend: root.backend
        hasFoot: foot.visible
    }

    Component.onCompleted: {
        Theme.family = root.font.family;
        Theme.monospace = root.backend.monospace;
        root.followDesktop();
        if (!root.backend.server.listen(authenticator))
            banner.text = root.backend.server.errorString;
        if (root.backend.demo) {
            authenticator.deny(root.backend.demo.deniedAddresses);
            root.backend.demo.running = true;
        }
    }

    Binding {
        property: "dense"
        target: Theme
        value: root.dense
    }
    SystemPalette {
        id: desktop
    }
    ZapAuthenticator {
        id: authenticator

        // A busy window does not delay peers.
        workerThread: true
        running: true

        onErrorOccurred: (error, message) => {
            // Errors of the input are displayed beside it.
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

        onActivated: {
            root.showTable(false);
            table.search();
        }
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

        onActivated: side.turn(0)
    }
    Shortcut {
        sequence: "Ctrl+2"

        onActivated: side.turn(1)
    }
    Shortcut {
        sequence: "Ctrl+3"

        onActivated: side.turn(2)
    }
    Shortcut {
        sequence: "Ctrl+4"

        onActivated: side.turn(3)
    }
    Shortcut {
        sequence: "Ctrl+5"

        onActivated: root.showTable(true)
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
    ColumnLayout {
        anchors.fill: parent
        anchors.margins: root.gap
        spacing: Theme.dense ? 6 : root.gap

        Banner {
            id: banner

            Layout.fillWidth: true
            objectName: "banner"
        }
        PageBar {
            Layout.fillWidth: true
            hasTables: true
            page: !root.tableInFront ? side.page : root.live ? -2 : -1
            visible: Theme.dense
            waitingCount: waiting.count

            onChosen: page => {
                if (page < 0)
                    root.showTable(page === -2);
                else
                    side.turn(page);
            }
        }
        Item {
            Layout.fillHeight: true
            Layout.fillWidth: true

            ColumnLayout {
                height: parent.height
                spacing: Theme.dense ? 6 : root.gap
                visible: !Theme.dense || root.tableInFront
                width: Theme.dense ? parent.width : side.x - root.gap

                StatBar {
                    Layout.fillWidth: true
                    authenticator: authenticator
                }
                TableBar {
                    live: root.live
                    visible: !Theme.dense

                    onChosen: live => root.showTable(live)
                }
                LiveTable {
                    Layout.fillHeight: true
                    Layout.fillWidth: true
                    connections: root.backend.server.connections
                    visible: root.live
                }
                DecisionTable {
                    id: table

                    Layout.fillHeight: true
                    Layout.fillWidth: true
                    visible: !root.live
                    activity: decisions
                    authenticator: authenticator
                    backend: root.backend

                    onKeyOffered: key => side.offerKey(key)
                }
            }
            SidePanel {
                id: side

                authenticator: authenticator
                backend: root.backend
                height: parent.height
                pending: waiting
                visible: !Theme.dense || !root.tableInFront
                width: Theme.dense ? parent.width : root.wide ? 372 : 332
                x: parent.width - width

                onTurned: root.tableInFront = false
            }
        }
    }
}
