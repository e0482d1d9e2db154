// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

import QtQuick
import Dashboard

// A raised area.
Rectangle {
    border.color: Theme.border
    color: Theme.surface
    radius: Theme.radius + 2
}
