// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

// One second of the chart.
Item {
    id: root

    required property int index

    readonly property var plot: parent // a RatePlot; naming it would be a cyclic dependency
    readonly property var sample: plot?.samples[index - plot.length + plot.samples.length] ?? null
    readonly property real unit: plot ? height / plot.peak : 0

    height: plot?.height ?? 0
    width: plot ? Math.max(1, plot.width / plot.length - 1.5) : 0
    x: plot ? index * plot.width / plot.length : 0

    Rectangle {
        id: accepted

        anchors.bottom: parent.bottom
        color: Theme.good
        height: root.sample ? root.sample.accepted * root.unit : 0
        width: parent.width
    }
    Rectangle {
        id: tryLater

        anchors.bottom: accepted.top
        color: Theme.wait
        height: root.sample ? root.sample.tryLater * root.unit : 0
        width: parent.width
    }
    Rectangle {
        anchors.bottom: tryLater.top
        color: Theme.bad
        height: root.sample ? root.sample.refused * root.unit : 0
        width: parent.width
    }
}
