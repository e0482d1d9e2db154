// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LAYOUTCHECKER_H
#define LAYOUTCHECKER_H

#include <QtCore/qlist.h>
#include <QtCore/qrect.h>
#include <QtCore/qset.h>
#include <QtCore/qstringlist.h>

class QQuickItem;
class QQuickWindow;

// Looks for faults in the layout of a window: texts that are cut off, items that overlap, and items
// that are partly outside the window.
class LayoutChecker
{
public:
    explicit LayoutChecker(const QQuickWindow *window);

    // Sets the texts that may be cut off, since they do not fit into any window.
    void setLongTexts(const QSet<QString> &texts) { m_longTexts = texts; }

    QStringList faults();

    // Returns whether the item is drawn. A view keeps delegates for later use that are visible, but
    // not drawn.
    static bool isShown(QQuickItem *item);

private:
    // An item that is seen as a unit: a text, a control, a frame.
    struct Block
    {
        QQuickItem *item;
        QRectF area; // the visible part, in the window
    };

    void collect(QQuickItem *item, const QRectF &clip);
    void checkText(const QQuickItem *item, const QRectF &clip);
    void checkOverlaps();
    QRectF windowArea() const;

    const QQuickWindow *m_window;
    QSet<QString> m_longTexts;
    QList<QQuickItem *> m_popups;
    QList<Block> m_blocks; // of the window, or of one popup
    QStringList m_faults;
};

#endif // LAYOUTCHECKER_H
