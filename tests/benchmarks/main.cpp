// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "benchmark.h"
#include "goals.h"
#include "growthplot.h"
#include "jsonreport.h"
#include "options.h"
#include "textreport.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qtextstream.h>

namespace {

bool writeJson(const QString &fileName, const QJsonObject &object)
{
    QFile file(fileName);
    const QByteArray json = QJsonDocument(object).toJson();
    return file.open(QIODevice::WriteOnly) && file.write(json) == json.size();
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const Options options = Options::parse(application);
    Results results;
    QString problem;
    if (!Benchmark(options).run(&results, &problem)) {
        QTextStream(stderr) << problem << Qt::endl;
        return 1;
    }
    const QList<Goal> goals = goalsFor(results, options.keys);
    QTextStream(stdout) << textReport(options, results, goals);
    if (!options.jsonFile.isEmpty()
        && !writeJson(options.jsonFile, jsonReport(options, results, goals))) {
        QTextStream(stderr) << options.jsonFile << " cannot be written" << Qt::endl;
        return 1;
    }
    if (!options.svgFile.isEmpty() && !GrowthPlot(results.growth).write(options.svgFile)) {
        QTextStream(stderr) << options.svgFile << " cannot be written" << Qt::endl;
        return 1;
    }
    return 0;
}
