// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "layoutchecker.h"

#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickwindow.h>

#include <iterator>

namespace {

constexpr qreal Tolerance = 0.6; // in pixels: the sizes of texts are fractions
constexpr qreal TextGap = 3;     // between texts in a line
constexpr int FewestLetters = 8; // that an elided text must show

bool isText(const QQuickItem *item)
{
    return item->inherits("QQuickText") && !item->property("text").toString().isEmpty();
}

bool hasName(const QQuickItem *item, const char *type)
{
    return qstrncmp(item->metaObject()->className(), type, qstrlen(type)) == 0;
}

// Returns whether no other item may overlap this one, except its ancestors and descendants.
bool isBlock(const QQuickItem *item)
{
    if (item->z() < 0)
        return false; // the background of its siblings
    if (isText(item) || hasName(item, "Icon"))
        return true;
    if (item->inherits("QQuickScrollBar") || item->inherits("QQuickOverlay"))
        return false; // meant to overlap others
    if (item->inherits("QQuickControl") || item->inherits("QQuickTextInput"))
        return true;
    for (const char *frame : {"Card_", "StatCard_", "Entry_", "Banner_", "SegmentBar_", "PageBar_",
                              "DecisionTable_", "SidePanel_", "LiveTable_", "TableBar_",
                              "RateChart_", "HeaderBar_", "FootBar_", "VerdictChip_"}) {
        if (hasName(item, frame))
            return true;
    }
    return false;
}

QRectF sceneArea(const QQuickItem *item)
{
    return item->mapRectToScene({0, 0, item->width(), item->height()});
}

// Returns the area of the letters.
QRectF inkArea(const QQuickItem *text)
{
    const QSizeF size(text->property("contentWidth").toReal(),
                      text->property("contentHeight").toReal());
    QRectF area({}, size);
    const int horizontal = text->property("effectiveHorizontalAlignment").toInt();
    if (horizontal == Qt::AlignHCenter)
        area.moveLeft((text->width() - size.width()) / 2);
    else if (horizontal == Qt::AlignRight)
        area.moveLeft(text->width() - size.width());
    const int vertical = text->property("verticalAlignment").toInt();
    if (vertical == Qt::AlignVCenter)
        area.moveTop((text->height() - size.height()) / 2);
    else if (vertical == Qt::AlignBottom)
        area.moveTop(text->height() - size.height());
    return text->mapRectToScene(area);
}

bool isWithin(const QRectF &inner, const QRectF &outer)
{
    return outer.adjusted(-Tolerance, -Tolerance, Tolerance, Tolerance).contains(inner);
}

QString nameOf(const QQuickItem *item)
{
    QString name = QString::fromLatin1(item->metaObject()->className());
    name.truncate(name.indexOf(QLatin1String("_QML")));
    if (!item->objectName().isEmpty())
        name += QLatin1Char('#') + item->objectName();
    const QString text = item->property("text").toString().left(50);
    return text.isEmpty() ? name : name + QLatin1String(" \"") + text + QLatin1Char('"');
}

QString placeOf(const QRectF &area)
{
    return QStringLiteral("(%1,%2 %3x%4)")
        .arg(area.x(), 0, 'f', 1)
        .arg(area.y(), 0, 'f', 1)
        .arg(area.width(), 0, 'f', 1)
        .arg(area.height(), 0, 'f', 1);
}

} // namespace

LayoutChecker::LayoutChecker(const QQuickWindow *window)
    : m_window(window)
{ }

bool LayoutChecker::isShown(QQuickItem *item)
{
    if (!item->isVisible() || item->opacity() == 0)
        return false;
    const QVariant index = item->property("index");
    QQuickItem *const view = item->parentItem() ? item->parentItem()->parentItem() : nullptr;
    if (!view || !view->inherits("QQuickListView") || index.toInt() < 0)
        return true;
    QQuickItem *there = nullptr;
    QMetaObject::invokeMethod(view, "itemAtIndex", Q_RETURN_ARG(QQuickItem *, there),
                              Q_ARG(int, index.toInt()));
    return !index.isValid() || there == item;
}

QRectF LayoutChecker::windowArea() const
{
    return {0, 0, qreal(m_window->width()), qreal(m_window->height())};
}

QStringList LayoutChecker::faults()
{
    m_faults.clear();
    m_popups.clear();
    m_blocks.clear();
    // The content item of an ApplicationWindow is a child of its root, like header, footer and
    // popups.
    collect(m_window->contentItem(), windowArea());
    checkOverlaps();
    const QList<QQuickItem *> popups = m_popups;
    for (QQuickItem *popup : popups) {
        m_blocks.clear();
        collect(popup, windowArea());
        checkOverlaps();
    }
    m_faults.removeDuplicates();
    return m_faults;
}

void LayoutChecker::collect(QQuickItem *item, const QRectF &clip)
{
    if (!isShown(item))
        return;
    if (item->inherits("QQuickOverlay")) {
        m_popups += item->childItems();
        return;
    }
    const QRectF area = isText(item) ? inkArea(item) : sceneArea(item);
    const QRectF seen = area.intersected(clip);
    if (isBlock(item) && item->width() > 0 && item->height() > 0) {
        if (isText(item))
            checkText(item, clip);
        // The contents of a view that scrolls may extend beyond it.
        const QRectF bounds =
            clip == windowArea() ? clip : QRectF(clip.x(), area.y(), clip.width(), area.height());
        if (!isWithin(area, bounds)) {
            m_faults += QStringLiteral("%1 %2 is not wholly in %3")
                            .arg(nameOf(item), placeOf(area), placeOf(clip));
        }
        if (!seen.isEmpty())
            m_blocks.append({item, seen});
    }
    const QRectF inner = item->clip() ? seen : clip;
    const QList<QQuickItem *> children = item->childItems();
    for (QQuickItem *child : children)
        collect(child, inner);
}

void LayoutChecker::checkText(const QQuickItem *item, const QRectF &clip)
{
    const QString text = item->property("text").toString();
    if (item->property("truncated").toBool()) {
        const qreal letters = qreal(text.size()) * item->width() / item->implicitWidth();
        if (!m_longTexts.contains(text))
            m_faults += QStringLiteral("%1 is cut").arg(nameOf(item));
        else if (letters < FewestLetters)
            m_faults += QStringLiteral("%1 is cut to %2 letters").arg(nameOf(item)).arg(letters);
        return;
    }
    if (!isWithin(inkArea(item), sceneArea(item)) && !sceneArea(item).intersected(clip).isEmpty()) {
        m_faults += QStringLiteral("%1: its letters %2 are not wholly in it %3")
                        .arg(nameOf(item), placeOf(inkArea(item)), placeOf(sceneArea(item)));
    }
}

void LayoutChecker::checkOverlaps()
{
    for (auto one = m_blocks.cbegin(); one != m_blocks.cend(); ++one) {
        for (auto other = std::next(one); other != m_blocks.cend(); ++other) {
            const qreal gap = isText(one->item) && isText(other->item) ? TextGap : 0;
            const QRectF common = one->area.adjusted(-gap, 0, gap, 0).intersected(other->area);
            if (common.width() <= Tolerance || common.height() <= Tolerance
                || one->item->isAncestorOf(other->item) || other->item->isAncestorOf(one->item)) {
                continue;
            }
            m_faults += QStringLiteral("%1 %2 lies over %3 %4")
                            .arg(nameOf(other->item), placeOf(other->area), nameOf(one->item),
                                 placeOf(one->area));
        }
    }
}
