// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A desktop application for a guarded ZeroMQ server. It shows which peers were accepted or refused
// and why, and edits who may connect. Run it with --demo for simulated peers, or with --help for
// its options.

#include "backend.h"
#include "commandline.h"

#include <QZap/QZap>

#include <QtCore/qloggingcategory.h>
#include <QtCore/qtimer.h>
#include <QtGui/qguiapplication.h>
#include <QtQml/qqmlapplicationengine.h>
#include <QtQml/qqmlextensionplugin.h>
#include <QtQuick/qquickwindow.h>

Q_IMPORT_QML_PLUGIN(DashboardPlugin)

using namespace Qt::StringLiterals;

namespace {

constexpr int ScreenshotDelay = 45'000; // ms: until the chart has enough data

void takeScreenshot(QQuickWindow *window, const QString &file)
{
    const bool done = window->grabWindow().save(file);
    if (!done)
        qCritical("dashboard: %s cannot be written", qPrintable(file));
    QCoreApplication::exit(done ? 0 : 1);
}

int run(const Options &options)
{
    zmq::context_t context;
    if (!QZap::setDefaultContext(context))
        return 1;
    QString error;
    const std::unique_ptr<Backend> backend = Backend::create(context, options, &error);
    if (!backend) {
        qCritical("dashboard: %s", qPrintable(error));
        return 1;
    }
    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral(QZAP_QML_IMPORT_PATH));
    engine.setInitialProperties({{u"backend"_s, QVariant::fromValue(backend.get())}});
    engine.load(QUrl(u"qrc:/Dashboard/Main.qml"_s));
    if (engine.rootObjects().isEmpty())
        return 1;
    if (!options.screenshot.isEmpty()) {
        auto *const window = qobject_cast<QQuickWindow *>(engine.rootObjects().constFirst());
        QTimer::singleShot(ScreenshotDelay, window,
                           [&] { takeScreenshot(window, options.screenshot); });
    }
    return QGuiApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    const QGuiApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"dashboard"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(QZAP_VERSION));
    // The library logs refusals at this level. This program shows them.
    QLoggingCategory::setFilterRules(u"qzap.info=false"_s);
    const auto options = readCommandLine(QCoreApplication::arguments());
    if (!options)
        return 2;
    try {
        return run(*options);
    } catch (const zmq::error_t &error) { // for example, no descriptors are left
        qCritical("dashboard: ZeroMQ: %s", error.what());
        return 1;
    }
}
