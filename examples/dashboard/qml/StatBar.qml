// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard
import QZap

// The counters and the chart: in a line, or with the counters in a square beside the chart, or, if
// there is no space for a chart, only the counters.
Item {
    id: root

    required property ZapAuthenticator authenticator

    readonly property bool hasChart: !Theme.dense
    readonly property bool inLine: !hasChart || width >= 780
    readonly property int gap: Theme.dense ? 6 : inLine ? 12 : 8
    readonly property real countersWidth: !hasChart ? width : inLine ? width * 0.62 : 310
    readonly property int columns: inLine ? 4 : 2
    readonly property real cardWidth: (countersWidth - (columns - 1) * gap) / columns
    readonly property real cardHeight: inLine ? height : (height - gap) / 2
    readonly property bool flat: !inLine || Theme.dense // each counter is a line of text

    implicitHeight: Theme.dense ? 28 : inLine ? 74 : 80

    Grid {
        columns: root.columns
        spacing: root.gap

        StatCard {
            height: root.cardHeight
            label: qsTr("Accepted")
            oneLine: root.flat
            tone: Theme.good
            value: root.authenticator.acceptedCount
            width: root.cardWidth
        }
        StatCard {
            height: root.cardHeight
            label: qsTr("Refused")
            oneLine: root.flat
            tone: Theme.bad
            value: root.authenticator.rejectedCount
            width: root.cardWidth
        }
        StatCard {
            height: root.cardHeight
            label: qsTr("Try later")
            oneLine: root.flat
            tone: Theme.wait
            value: root.authenticator.temporaryCount
            width: root.cardWidth
        }
        StatCard {
            height: root.cardHeight
            label: qsTr("Waiting")
            oneLine: root.flat
            tone: Theme.accent
            value: root.authenticator.pendingCount
            width: root.cardWidth
        }
    }
    RateChart {
        authenticator: root.authenticator
        height: root.height
        visible: root.hasChart
        width: root.width - x
        x: root.countersWidth + 12
    }
}
