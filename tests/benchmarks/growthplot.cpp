// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "growthplot.h"

#include <QtCore/qfile.h>
#include <QtCore/qlocale.h>
#include <QtCore/qxmlstream.h>

#include <algorithm>
#include <cmath>

namespace {

constexpr double Micro = 1e6;
constexpr double Width = 740;
constexpr double Height = 400;
constexpr double Left = 70;
constexpr double Right = 690;
constexpr double Top = 50;
constexpr double Bottom = 340;
constexpr double Dot = 3.5;
constexpr double Above = -9; // from a dot to its label
constexpr double Below = 19;
constexpr double ReferenceWidth = 230; // of a label, to avoid overlapping

constexpr char Style[] = R"(
    .background { fill: #ffffff; }
    .grid { stroke: #d5dce1; stroke-width: 1; }
    .curve { fill: none; stroke-width: 2; }
    .line { stroke: #5a6872; }
    .dot { fill: #5a6872; }
    .line.qzap { stroke: #0b6a3c; }
    .dot.qzap { fill: #0b6a3c; }
    .reference { stroke-width: 1.5; stroke-dasharray: 6 4; }
    text { fill: #1d2429; font: 13px system-ui, "Noto Sans", sans-serif; }
    .title { font-weight: bold; }
    @media (prefers-color-scheme: dark) {
        .background { fill: #15191c; }
        .grid { stroke: #38434b; }
        .line { stroke: #9aa8b2; }
        .dot { fill: #9aa8b2; }
        .line.qzap { stroke: #5fd39a; }
        .dot.qzap { fill: #5fd39a; }
        text { fill: #e2e7ea; }
    }
)";

QString number(double value)
{
    return QString::number(value, 'f', 1);
}

void writeText(QXmlStreamWriter *svg, const QPointF &at, const char *anchor, const QString &text,
               const char *style = "")
{
    svg->writeStartElement(QStringLiteral("text"));
    svg->writeAttribute(QStringLiteral("x"), number(at.x()));
    svg->writeAttribute(QStringLiteral("y"), number(at.y()));
    svg->writeAttribute(QStringLiteral("text-anchor"), QLatin1StringView(anchor));
    if (*style)
        svg->writeAttribute(QStringLiteral("class"), QLatin1StringView(style));
    svg->writeCharacters(text);
    svg->writeEndElement();
}

void writeLine(QXmlStreamWriter *svg, const QList<QPointF> &points, const QString &style)
{
    QStringList coordinates;
    for (const QPointF &point : points)
        coordinates += number(point.x()) + u',' + number(point.y());
    svg->writeEmptyElement(QStringLiteral("polyline"));
    svg->writeAttribute(QStringLiteral("class"), style);
    svg->writeAttribute(QStringLiteral("points"), coordinates.join(u' '));
}

void writeDot(QXmlStreamWriter *svg, const QPointF &at, const QString &style)
{
    svg->writeEmptyElement(QStringLiteral("circle"));
    svg->writeAttribute(QStringLiteral("class"), style);
    svg->writeAttribute(QStringLiteral("cx"), number(at.x()));
    svg->writeAttribute(QStringLiteral("cy"), number(at.y()));
    svg->writeAttribute(QStringLiteral("r"), number(Dot));
}

QString titleOf(const QString &handler)
{
    return handler == QLatin1StringView("qzap") ? QStringLiteral("QZap") : handler;
}

// Returns 1, 2, 5, 10, 20, 50 and so on within the range.
QList<double> ticks(double lowest, double highest)
{
    QList<double> result;
    for (double decade = 1e-3; decade <= highest; decade *= 10) {
        for (const double step : {1.0, 2.0, 5.0}) {
            const double tick = decade * step;
            if (tick >= lowest * 0.999 && tick <= highest * 1.001)
                result.append(tick);
        }
    }
    return result;
}

} // namespace

GrowthPlot::GrowthPlot(const QList<GrowthRow> &rows)
{
    double cheapest = 1e3;
    double highest = 0;
    for (const GrowthRow &row : rows) {
        auto curve = std::find_if(m_curves.begin(), m_curves.end(),
                                  [&](const Curve &c) { return c.handler == row.handler; });
        if (curve == m_curves.end())
            curve = m_curves.insert(m_curves.end(), {row.handler, {}});
        const auto keys = static_cast<double>(row.keys);
        const double cost = row.cpu.median() * Micro;
        curve->points.append({keys, cost});
        m_decades = std::max(m_decades, std::log10(keys));
        cheapest = std::min(cheapest, cost);
        highest = std::max(highest, cost);
    }
    // The range of ticks includes all values, and leaves space for labels.
    const QList<double> all = ticks(1e-3, 1e6);
    for (const double tick : all) {
        if (tick <= cheapest * 0.7)
            m_lowest = tick;
    }
    m_highest =
        *std::find_if(all.begin(), all.end(), [&](double tick) { return tick >= highest * 1.2; });
}

bool GrowthPlot::write(const QString &fileName) const
{
    QFile file(fileName);
    if (!file.open(QIODevice::WriteOnly))
        return false;
    QXmlStreamWriter svg(&file);
    svg.setAutoFormatting(true);
    svg.writeStartDocument();
    svg.writeComment(QStringLiteral("\nSPDX-FileCopyrightText: 2026 The QZap Authors\n"
                                    "SPDX-License-Identifier: MIT\n"));
    svg.writeStartElement(QStringLiteral("svg"));
    svg.writeDefaultNamespace(QStringLiteral("http://www.w3.org/2000/svg"));
    svg.writeAttribute(QStringLiteral("viewBox"),
                       QStringLiteral("0 0 %1 %2").arg(Width).arg(Height));
    svg.writeAttribute(QStringLiteral("width"), QString::number(Width));
    svg.writeAttribute(QStringLiteral("height"), QString::number(Height));
    svg.writeTextElement(QStringLiteral("style"), QLatin1StringView(Style));
    svg.writeEmptyElement(QStringLiteral("rect"));
    svg.writeAttribute(QStringLiteral("class"), QStringLiteral("background"));
    svg.writeAttribute(QStringLiteral("width"), QString::number(Width));
    svg.writeAttribute(QStringLiteral("height"), QString::number(Height));
    drawAxes(&svg);
    int references = 0;
    for (const Curve &curve : m_curves) {
        if (curve.isReference())
            drawReference(&svg, curve, references++);
        else
            drawCurve(&svg, curve);
    }
    svg.writeEndDocument();
    return !svg.hasError() && file.flush();
}

void GrowthPlot::drawAxes(QXmlStreamWriter *svg) const
{
    writeText(svg, {Left, 20}, "start",
              QStringLiteral("CPU time of a CURVE request, in \u00b5s, by the number of keys"),
              "title");
    writeText(svg, {(Left + Right) / 2, Bottom + 45}, "middle",
              QStringLiteral("keys in the domain, asked for at random"));
    writeText(svg, {Left - 8, Top - 12}, "end", QStringLiteral("\u00b5s"));
    const QLocale english(QLocale::English);
    for (int decade = 0; decade <= static_cast<int>(m_decades); ++decade) {
        const double keys = std::pow(10, decade);
        const double x = place({keys, 1}).x();
        writeLine(svg, {{x, Top}, {x, Bottom}}, QStringLiteral("grid"));
        writeText(svg, {x, Bottom + 20}, "middle", english.toString(static_cast<qint64>(keys)));
    }
    const QList<double> costs = ticks(m_lowest, m_highest);
    for (const double cost : costs) {
        const double y = place({1, cost}).y();
        writeLine(svg, {{Left, y}, {Right, y}}, QStringLiteral("grid"));
        writeText(svg, {Left - 8, y + 4}, "end", QString::number(cost));
    }
}

void GrowthPlot::drawReference(QXmlStreamWriter *svg, const Curve &curve, int number) const
{
    const double y = place(curve.points.first()).y();
    writeLine(svg, {{Left, y}, {Right, y}}, QStringLiteral("reference line ") + curve.handler);
    const bool isDearest =
        std::none_of(m_curves.begin(), m_curves.end(), [&curve](const Curve &other) {
            return other.points.first().y() > curve.points.first().y();
        });
    writeText(svg, {Right - 8 - number * ReferenceWidth, y + (isDearest ? Above : Below)}, "end",
              QStringLiteral("%1, with 1 key: %2 \u00b5s")
                  .arg(titleOf(curve.handler), ::number(curve.points.first().y())));
}

void GrowthPlot::drawCurve(QXmlStreamWriter *svg, const Curve &curve) const
{
    const QString kind = QStringLiteral(" ") + curve.handler;
    QList<QPointF> places;
    for (const QPointF &point : curve.points)
        places.append(place(point));
    writeLine(svg, places, QStringLiteral("curve line") + kind);
    // No curve is below that of the raw handler.
    const double offset = curve.handler == QLatin1StringView("raw") ? Below : Above;
    for (qsizetype i = 0; i < places.size(); ++i) {
        writeDot(svg, places[i], QStringLiteral("dot") + kind);
        const QString value = QString::number(curve.points[i].y(), 'f', 2);
        const char *const anchor = i == 0 ? "start" : i + 1 == places.size() ? "end" : "middle";
        writeText(svg, places[i] + QPointF(0, offset), anchor,
                  i == 0 ? titleOf(curve.handler) + u' ' + value : value);
    }
}

QPointF GrowthPlot::place(const QPointF &point) const
{
    const double range = std::log10(m_highest / m_lowest);
    return {Left + (Right - Left) * std::log10(point.x()) / m_decades,
            Bottom - (Bottom - Top) * std::log10(point.y() / m_lowest) / range};
}
