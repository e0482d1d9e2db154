// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "dashboardtest.h"

#include <QtGui/qguiapplication.h>
#include <QtGui/qstylehints.h>
#include <QtQml/qqmlextensionplugin.h>

#include <utility>

Q_IMPORT_QML_PLUGIN(DashboardPlugin)

namespace {

QList<QQuickItem *> allItems(QQuickItem *root)
{
    QList<QQuickItem *> items{root};
    for (int i = 0; i < items.size(); ++i)
        items += items.at(i)->childItems();
    return items;
}

} // namespace

void DashboardTest::openWindow(bool demo, QSize size)
{
    closeWindow();
    QGuiApplication::styleHints()->setUseHoverEffects(true); // as on any desktop
    m_directory = std::make_unique<QTemporaryDir>();
    Options options;
    options.dataDirectory = m_directory->path();
    options.listenAddress = QStringLiteral("127.0.0.1");
    options.demo = demo;
    QString error;
    m_backend = Backend::create(m_context, options, &error);
    QVERIFY2(m_backend, qPrintable(error));
    m_engine = std::make_unique<QQmlApplicationEngine>();
    m_engine->addImportPath(QStringLiteral(QML_IMPORT_PATH));
    QVariantMap properties{{QStringLiteral("backend"), QVariant::fromValue(m_backend.get())}};
    if (!size.isEmpty()) {
        properties.insert(QStringLiteral("width"), size.width());
        properties.insert(QStringLiteral("height"), size.height());
    }
    m_engine->setInitialProperties(properties);
    m_engine->load(QUrl(QStringLiteral("qrc:/Dashboard/Main.qml")));
    QCOMPARE(m_engine->rootObjects().size(), 1);
    m_window = qobject_cast<QQuickWindow *>(m_engine->rootObjects().constFirst());
    QVERIFY(QTest::qWaitForWindowActive(m_window));
    QTRY_VERIFY(text(QStringLiteral("status")).endsWith(QLatin1String("On guard")));
}

void DashboardTest::closeWindow()
{
    m_window = nullptr;
    m_engine.reset();
    m_backend.reset();
    m_directory.reset();
}

QQuickItem *DashboardTest::find(const QString &objectName) const
{
    QQuickItem *hidden = nullptr;
    const QList<QQuickItem *> items = allItems(m_window->contentItem());
    for (QQuickItem *item : items) {
        if (item->objectName() != objectName)
            continue;
        if (item->isVisible())
            return item;
        hidden = item;
    }
    return hidden;
}

QList<QQuickItem *> DashboardTest::showing(const QString &part) const
{
    QList<QQuickItem *> items = allItems(m_window->contentItem());
    items.erase(std::remove_if(items.begin(), items.end(),
                               [&](const QQuickItem *item) {
                                   return !item->isVisible()
                                          || !item->property("textFormat").isValid()
                                          || !item->property("text").toString().contains(part);
                               }),
                items.end());
    return items;
}

void DashboardTest::type(const QString &objectName, const QString &text) const
{
    QQuickItem *const field = find(objectName);
    QVERIFY2(field && field->isVisible(), qPrintable(objectName));
    field->forceActiveFocus();
    QVERIFY(field->hasActiveFocus());
    press(Qt::Key_A);
    for (const QChar c : text)
        QTest::sendKeyEvent(QTest::Click, m_window, Qt::Key(0), QString(c), Qt::NoModifier);
    QCOMPARE(field->property("text").toString(), text);
}

void DashboardTest::click(const QString &objectName) const
{
    // Waits until the item is in its final place: it may move, or its list may be created again.
    const QRect window(QPoint(), m_window->size());
    const QQuickItem *last = nullptr;
    const auto isInPlace = [&] {
        m_window->grabWindow(); // lays the window out
        const QQuickItem *const item = find(objectName);
        return item && item == std::exchange(last, item) && item->isVisible() && item->width() > 0
               && window.contains(centreOf(item));
    };
    QTRY_VERIFY2(isInPlace(), qPrintable(objectName));
    QTest::mouseClick(m_window, Qt::LeftButton, {}, centreOf(find(objectName)));
}
