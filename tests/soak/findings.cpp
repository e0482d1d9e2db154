// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "findings.h"

#include <cstdio>

void Findings::setStep(qint64 step)
{
    const QMutexLocker lock(&m_mutex);
    m_step = step;
}

void Findings::add(const QString &what)
{
    const QMutexLocker lock(&m_mutex);
    ++m_count;
    (void)std::fprintf(stderr, "FOUND (seed %u, step %lld): %s\n", m_seed, m_step,
                       qPrintable(what));
}

bool Findings::expect(bool isTrue, const char *what)
{
    if (!isTrue)
        add(QString::fromUtf8(what));
    return isTrue;
}

int Findings::count() const
{
    const QMutexLocker lock(&m_mutex);
    return m_count;
}
