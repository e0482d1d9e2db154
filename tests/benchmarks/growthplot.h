// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef GROWTHPLOT_H
#define GROWTHPLOT_H

#include "results.h"

#include <QtCore/qpoint.h>

class QXmlStreamWriter;

// Plots the cost of a request against the number of keys, with logarithmic axes: QZap and the raw
// handler are curves; a handler that was measured with one key only is a horizontal line.
class GrowthPlot
{
public:
    explicit GrowthPlot(const QList<GrowthRow> &rows);

    bool write(const QString &fileName) const;

private:
    // The points of a handler: numbers of keys, and microseconds.
    struct Curve
    {
        QString handler;
        QList<QPointF> points;

        bool isReference() const { return points.size() < 2; }
    };

    void drawAxes(QXmlStreamWriter *svg) const;
    void drawReference(QXmlStreamWriter *svg, const Curve &curve, int number) const;
    void drawCurve(QXmlStreamWriter *svg, const Curve &curve) const;
    QPointF place(const QPointF &point) const;

    QList<Curve> m_curves;
    double m_decades = 1; // of keys, from 1
    double m_lowest = 1;  // microseconds
    double m_highest = 10;
};

#endif // GROWTHPLOT_H
