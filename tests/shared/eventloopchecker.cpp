// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "eventloopchecker.h"

EventLoopChecker::EventLoopChecker(QObject *parent)
    : QObject(parent)
{
    connect(&m_timer, &QTimer::timeout, this, [this] { ++m_ticks; });
    m_timer.start(1);
}
