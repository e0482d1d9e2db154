// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SAMPLES_H
#define SAMPLES_H

#include <QtCore/qjsonobject.h>
#include <QtCore/qlist.h>

// The values of one measurement, by round.
class Samples
{
public:
    void add(double value) { m_values.append(value); }

    bool isEmpty() const { return m_values.isEmpty(); }
    double last() const { return m_values.last(); }
    qsizetype count() const { return m_values.size(); }
    // Returns NaN if there are no values.
    double percentile(double share) const;
    double median() const { return percentile(0.5); }
    double minimum() const { return percentile(0); }
    double maximum() const { return percentile(1); }

    QJsonObject toJson() const;

private:
    QList<double> m_values;
};

#endif // SAMPLES_H
