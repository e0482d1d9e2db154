// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FINDINGS_H
#define FINDINGS_H

#include <QtCore/qmutex.h>
#include <QtCore/qstring.h>

// The faults that were found. Each is printed at once, with the data that is needed to reproduce
// it. Thread-safe.
class Findings
{
public:
    explicit Findings(quint32 seed)
        : m_seed(seed)
    { }

    void setStep(qint64 step);
    void add(const QString &what);
    // Adds a finding unless `isTrue`; returns `isTrue`.
    bool expect(bool isTrue, const char *what);
    int count() const;

private:
    const quint32 m_seed;
    mutable QMutex m_mutex;
    qint64 m_step = 0;
    int m_count = 0;
};

#endif // FINDINGS_H
