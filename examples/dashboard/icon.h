// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef ICON_H
#define ICON_H

#include <QtQml/qqmlregistration.h>
#include <QtQuick/qquickpainteditem.h>

// A small drawing in one color. It is not a character, since not every font contains pictographs.
class Icon : public QQuickPaintedItem
{
    Q_OBJECT
    Q_PROPERTY(Shape shape READ shape WRITE setShape NOTIFY shapeChanged)
    Q_PROPERTY(QColor color READ color WRITE setColor NOTIFY colorChanged)
    QML_ELEMENT

public:
    enum Shape { Dot, Check, Cross, Later, Pause, Sun, Moon, Info, Bin };
    Q_ENUM(Shape)

    explicit Icon(QQuickItem *parent = nullptr);

    Shape shape() const { return m_shape; }
    void setShape(Shape shape);
    QColor color() const { return m_color; }
    void setColor(const QColor &color);

    void paint(QPainter *painter) override;

Q_SIGNALS:
    void shapeChanged();
    void colorChanged();

private:
    Shape m_shape = Dot;
    QColor m_color = Qt::black;
};

#endif // ICON_H
