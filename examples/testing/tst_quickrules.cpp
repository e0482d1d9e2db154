// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Runs the tests in tst_rules.qml.

#include <QtQuickTest/quicktest.h>

QUICK_TEST_MAIN(rules)
