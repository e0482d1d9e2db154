// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard
import QZap

// The decisions per second in the last minute: accepted peers at the bottom, "try later" and
// refused peers above.
Card {
    id: root

    required property ZapAuthenticator authenticator

    property var samples: []
    property var last: null
    property real peak: 0

    readonly property int length: 60
    readonly property var current: samples.length > 0 ? samples[samples.length - 1] : null
    readonly property real rate: current ? current.accepted + current.tryLater + current.refused : 0

    function sample() {
        const now = {
            accepted: root.authenticator.acceptedCount,
            tryLater: root.authenticator.temporaryCount,
            refused: root.authenticator.rejectedCount
        };
        if (root.last) {
            const next = root.samples.slice(1 - root.length);
            next.push({
                accepted: now.accepted - root.last.accepted,
                tryLater: now.tryLater - root.last.tryLater,
                refused: now.refused - root.last.refused
            });
            root.samples = next;
            root.peak = next.reduce((most, s) => Math.max(most, s.accepted + s.tryLater + s.refused), 0);
        }
        root.last = now;
    }

    Accessible.name: qsTr("%1 decisions a second").arg(rate)
    Accessible.role: Accessible.Chart

    Timer {
        interval: 1000
        repeat: true
        running: true
        triggeredOnStart: true

        onTriggered: root.sample()
    }
    Text {
        id: title

        anchors.left: parent.left
        anchors.leftMargin: 12
        anchors.top: parent.top
        anchors.topMargin: 12
        color: Theme.muted
        font.pixelSize: Theme.small + 1
        text: qsTr("Decisions a second")
        visible: root.width > 290
    }
    Text {
        anchors.left: title.visible ? title.right : title.left
        anchors.leftMargin: title.visible ? 12 : 0
        anchors.right: parent.right
        anchors.rightMargin: 12
        anchors.top: parent.top
        anchors.topMargin: 12
        color: Theme.muted
        font.pixelSize: Theme.small + 1
        fontSizeMode: Text.HorizontalFit
        horizontalAlignment: title.visible ? Text.AlignRight : Text.AlignLeft
        minimumPixelSize: 9
        text: title.visible ? qsTr("%1 now · %2 at most").arg(root.rate).arg(root.peak)
            : qsTr("%1 a second · %2 at most").arg(root.rate).arg(root.peak)
    }
    RatePlot {
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 10
        anchors.left: parent.left
        anchors.leftMargin: 12
        anchors.right: parent.right
        anchors.rightMargin: 12
        anchors.top: parent.top
        anchors.topMargin: 32
        length: root.length
        peak: Math.max(4, root.peak)
        samples: root.samples
    }
}
