// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "icon.h"

#include <QtCore/qmath.h>
#include <QtGui/qpainter.h>
#include <QtGui/qpainterpath.h>

namespace {

constexpr qreal Grid = 16; // all shapes are drawn in a square of this size
constexpr QPointF Centre(Grid / 2, Grid / 2);

struct Drawing
{
    QPainterPath lines;
    QPainterPath areas;
};

void addLine(QPainterPath *path, std::initializer_list<QPointF> points)
{
    path->moveTo(*points.begin());
    for (const QPointF &point : points)
        path->lineTo(point);
}

// Returns a circle with the hands of a clock.
Drawing later()
{
    Drawing drawing;
    drawing.lines.addEllipse(Centre, 6, 6);
    addLine(&drawing.lines, {{8, 4.5}, {8, 8}, {10.5, 9.5}});
    return drawing;
}

Drawing sun()
{
    constexpr int Rays = 8;
    Drawing drawing;
    drawing.areas.addEllipse(Centre, 3.2, 3.2);
    for (int i = 0; i < Rays; ++i) {
        const qreal angle = i * 2 * M_PI / Rays;
        const QPointF direction(qCos(angle), qSin(angle));
        addLine(&drawing.lines, {Centre + 5.4 * direction, Centre + 7 * direction});
    }
    return drawing;
}

Drawing moon()
{
    QPainterPath disc;
    disc.addEllipse(Centre, 6.5, 6.5);
    QPainterPath shadow;
    shadow.addEllipse(QPointF(11, 5.5), 5.6, 5.6);
    return {{}, disc.subtracted(shadow)};
}

Drawing info()
{
    Drawing drawing;
    drawing.lines.addEllipse(Centre, 6.5, 6.5);
    addLine(&drawing.lines, {{8, 7.5}, {8, 11.2}});
    drawing.areas.addEllipse(QPointF(8, 4.9), 1, 1);
    return drawing;
}

Drawing bin()
{
    Drawing drawing;
    addLine(&drawing.lines, {{2.5, 4.5}, {13.5, 4.5}});
    addLine(&drawing.lines, {{6, 4.5}, {6, 2.5}, {10, 2.5}, {10, 4.5}});
    addLine(&drawing.lines, {{4, 4.5}, {4.7, 13.5}, {11.3, 13.5}, {12, 4.5}});
    return drawing;
}

Drawing drawingOf(Icon::Shape shape)
{
    Drawing drawing;
    switch (shape) {
    case Icon::Dot:
        drawing.areas.addEllipse(Centre, 6, 6);
        break;
    case Icon::Check:
        addLine(&drawing.lines, {{3, 8.5}, {6.5, 12}, {13, 4.5}});
        break;
    case Icon::Cross:
        addLine(&drawing.lines, {{4, 4}, {12, 12}});
        addLine(&drawing.lines, {{12, 4}, {4, 12}});
        break;
    case Icon::Pause:
        drawing.areas.addRoundedRect(QRectF(3.5, 3, 3.2, 10), 1, 1);
        drawing.areas.addRoundedRect(QRectF(9.3, 3, 3.2, 10), 1, 1);
        break;
    case Icon::Later:
        return later();
    case Icon::Sun:
        return sun();
    case Icon::Moon:
        return moon();
    case Icon::Info:
        return info();
    case Icon::Bin:
        return bin();
    }
    return drawing;
}

} // namespace

Icon::Icon(QQuickItem *parent)
    : QQuickPaintedItem(parent)
{
    setImplicitSize(Grid, Grid);
    setAntialiasing(true);
}

void Icon::setShape(Shape shape)
{
    if (m_shape == shape)
        return;
    m_shape = shape;
    update();
    Q_EMIT shapeChanged();
}

void Icon::setColor(const QColor &color)
{
    if (m_color == color)
        return;
    m_color = color;
    update();
    Q_EMIT colorChanged();
}

void Icon::paint(QPainter *painter)
{
    const Drawing drawing = drawingOf(m_shape);
    painter->scale(width() / Grid, height() / Grid);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->fillPath(drawing.areas, m_color);
    const qreal lineWidth = m_shape == Check || m_shape == Cross ? 2.2 : 1.5;
    painter->strokePath(drawing.lines,
                        QPen(m_color, lineWidth, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
}
