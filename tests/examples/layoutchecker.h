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

// Looks for what is wrong with the layout of a window: texts that are cut, items that lie over each
// other, and items that are not wholly in the window.
class LayoutChecker
{
public:
    explicit LayoutChecker(const QQuickWindow *window);

    // Texts that may be cut, since there is no room for them in any window.
    void setLongTexts(const QSet<QString> &texts) { m_longTexts = texts; }

    QStringList faults();

    // Whether it is drawn. A view keeps delegates for later that are visible but not drawn.
    static bool isShown(QQuickItem *item);

private:
    // What is seen as one thing: a text, a control, a frame.
    struct Block
    {
        QQuickItem *item;
        QRectF area; // in the window, without what is clipped
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
