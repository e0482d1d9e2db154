// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Exits with 0 once an authenticator that is declared in QML is running.

#include <QtCore/QCoreApplication>
#include <QtCore/QDebug>
#include <QtQml/QQmlApplicationEngine>

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QQmlApplicationEngine engine;
    engine.addImportPath(QML_FOLDER);
    engine.loadData(R"(
        import QZap
        ZapAuthenticator {
            running: true
            ZapNullDomain { name: "test"; accepted: true }
        }
    )");
    const QList<QObject *> roots = engine.rootObjects();
    if (roots.isEmpty() || !roots.constFirst()->property("running").toBool())
        return 1;
    qInfo() << "It is running";
    return 0;
}
