// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DASHBOARDTEST_H
#define DASHBOARDTEST_H

#include "backend.h"
#include "demopeer.h"

#include <QtCore/qtemporarydir.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickwindow.h>
#include <QtTest/qtest.h>

// Base class of tests of the dashboard, with functions for the input of an operator. Each test
// function has a new window.
class DashboardTest : public QObject
{
    Q_OBJECT

protected:
    using State = DemoPeer::State;

protected Q_SLOTS:
    void openWindow(bool demo = false, QSize size = {});
    void closeWindow();

protected:
    // Returns the item with this name, preferably a visible one.
    QQuickItem *find(const QString &objectName) const;
    // Returns the items that show a text that contains this part.
    QList<QQuickItem *> showing(const QString &part) const;
    void type(const QString &objectName, const QString &text) const;
    void click(const QString &objectName) const;
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::ControlModifier) const
    {
        QTest::keyClick(m_window, key, modifiers);
    }
    QString text(const QString &objectName) const
    {
        return find(objectName)->property("text").toString();
    }
    static QPoint centreOf(const QQuickItem *item)
    {
        return item->mapToScene({item->width() / 2, item->height() / 2}).toPoint();
    }

    // Returns the number of rows of the table.
    int decisions() const { return find(QStringLiteral("decisions"))->property("count").toInt(); }
    QString publicKey() const { return m_backend->server()->publicKey(); }
    // Lets the peer connect again, and returns whether it has this outcome. A change of a file
    // takes effect a moment later.
    bool comes(DemoPeer &peer, const QString &endpoint, State outcome) const
    {
        peer.comeTo(endpoint, publicKey());
        return QTest::qWaitFor([&] { return peer.state() == outcome; }, 1000);
    }
    // Tries until a change of a file has taken effect. QTRY_VERIFY would connect once more.
    bool comesInTheEnd(DemoPeer &peer, const QString &endpoint, State outcome) const
    {
        return QTest::qWaitFor([&] { return comes(peer, endpoint, outcome); }, 20'000);
    }
    // Adds the peer's key under the name, and connects the peer.
    bool isLetIn(DemoPeer &peer, const QString &name) const
    {
        return m_backend->keys()->addKey(name, peer.certificate().publicKeyText()).isEmpty()
               && comesInTheEnd(peer, m_backend->server()->keysEndpoint(), State::In);
    }
    static DemoPeer::Identity keyHolder()
    {
        return {QStringLiteral("peer"), {}, QZapCertificate::generate(), {}, {}};
    }

    zmq::context_t m_context;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Backend> m_backend;
    std::unique_ptr<QQmlApplicationEngine> m_engine;
    QQuickWindow *m_window = nullptr;
};

#endif // DASHBOARDTEST_H
