// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Twice loads the plugin given by the first argument, which answers in the thread given by the
// second argument, unloads it while it is busy, and continues without it.

#include <QtCore/qcoreapplication.h>
#include <QtCore/qlibrary.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtimer.h>

#include <cstdlib>

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    for (int i = 0; i < 2; ++i) {
        QTemporaryDir directory;
        QLibrary library(arguments.value(1));
        using Run = bool (*)(const QString &, bool);
        const auto run = reinterpret_cast<Run>(library.resolve("runPlugin"));
        if (!run || !run(directory.path(), arguments.value(2) == QStringLiteral("worker"))
            || !library.unload()) {
            qWarning("The plugin failed: %ls", qUtf16Printable(library.errorString()));
            return EXIT_FAILURE;
        }
        // Events that the plugin may have left in the queue would be delivered now.
        QTimer::singleShot(50, &application, &QCoreApplication::quit);
        QCoreApplication::exec();
    }
    return EXIT_SUCCESS;
}
