// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Sends requests of PLAIN peers that are refused for different reasons, in random order, and
// compares the times of the answers by reason: the times must not reveal which users exist.

#include <QZap/QZap>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qdeadlinetimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qfuturewatcher.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtextstream.h>

#include <zmq.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

struct Refusal
{
    const char *name;
    QByteArray user;
    QByteArray password;
    std::vector<double> times; // ms
};

// The hashes of the users differ in their cost, by which the times could reveal the users.
bool writeUsers(const QString &path, QString *error)
{
    QZapPasswordFile file;
    for (int i = 0; i < 4; ++i) {
        if (!file.setHashMemory(1) || !file.setPassword(u"cheap%1"_s.arg(i), "secret"))
            return false;
    }
    return file.setHashMemory(2) && file.setPassword(u"dear"_s, "secret") && file.save(path, error);
}

double timeOf(QZapAuthenticator &authenticator, const Refusal &refusal, QByteArray *status)
{
    const QByteArrayList request{"1.0", "1",     "test",       "127.0.0.1",
                                 {},    "PLAIN", refusal.user, refusal.password};
    QEventLoop loop;
    QFutureWatcher<QByteArrayList> watcher;
    QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
    const auto start = std::chrono::steady_clock::now();
    watcher.setFuture(authenticator.handleZapMessage(request));
    if (!watcher.isFinished())
        loop.exec();
    const auto end = std::chrono::steady_clock::now();
    *status = watcher.result().value(2);
    return std::chrono::duration<double, std::milli>(end - start).count();
}

// Returns the Kolmogorov-Smirnov distance: how much better than by chance one observation
// distinguishes the two, with the best threshold.
double distance(const std::vector<double> &a, const std::vector<double> &b)
{
    double result = 0;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        const double at = std::min(a[i], b[j]);
        while (i < a.size() && a[i] <= at)
            ++i;
        while (j < b.size() && b[j] <= at)
            ++j;
        result =
            std::max(result, std::abs(double(i) / double(a.size()) - double(j) / double(b.size())));
    }
    return result;
}

// Returns the distance that samples of equal distributions exceed once in a thousand times.
double criticalDistance(const std::vector<double> &a, const std::vector<double> &b)
{
    const auto n = double(a.size());
    const auto m = double(b.size());
    return std::sqrt(-std::log(0.001 / 2) / 2) * std::sqrt((n + m) / (n * m));
}

bool report(std::vector<Refusal> &refusals)
{
    QTextStream out(stdout);
    out << "refused as              runs   p5 ms  p50 ms  p95 ms\n";
    for (Refusal &refusal : refusals) {
        std::vector<double> &times = refusal.times;
        if (times.empty())
            return false;
        std::sort(times.begin(), times.end());
        const auto at = [&times](double part) {
            return QString::number(times[std::size_t(part * double(times.size() - 1))], 'f', 3)
                .rightJustified(8);
        };
        out << QString::fromLatin1(refusal.name).leftJustified(22)
            << QString::number(times.size()).rightJustified(6) << at(0.05) << at(0.5) << at(0.95)
            << '\n';
    }
    bool areAlike = true;
    for (std::size_t i = 0; i < refusals.size(); ++i) {
        for (std::size_t j = i + 1; j < refusals.size(); ++j) {
            const double found = distance(refusals[i].times, refusals[j].times);
            const double critical = criticalDistance(refusals[i].times, refusals[j].times);
            areAlike = areAlike && found < critical;
            out << refusals[i].name << " / " << refusals[j].name << ": distance "
                << QString::number(found, 'f', 4) << ", critical (p = 0.001) "
                << QString::number(critical, 'f', 4) << '\n';
        }
    }
    out << (areAlike ? "They cannot be told apart.\n" : "They can be told apart.\n");
    return true;
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({{u"runs"_s, u"How many refusals, of all kinds."_s, u"number"_s, u"20000"_s},
                       {u"seconds"_s, u"When to end at the latest."_s, u"number"_s, u"400"_s}});
    parser.process(application);

    QTextStream errors(stderr);
    const QTemporaryDir folder;
    const QString path = folder.filePath(u"users"_s);
    QString error;
    if (!writeUsers(path, &error)) {
        errors << "The users cannot be written: " << error << Qt::endl;
        return 1;
    }
    QLoggingCategory::setFilterRules(u"qzap.info=false"_s);
    zmq::context_t context;
    QZapAuthenticator authenticator(context);
    if (!authenticator.configurePlainFile(u"test"_s, path)) {
        errors << authenticator.errorString() << Qt::endl;
        return 1;
    }
    std::vector<Refusal> refusals{{"unknown user", "eve", "wrong", {}},
                                  {"wrong password", "cheap1", "wrong", {}},
                                  {"wrong, most expensive hash", "dear", "wrong", {}},
                                  {"wrong length", "cheap1", QByteArray(255, 'x'), {}}};
    std::mt19937 random(std::random_device{}());
    constexpr int WarmUp = 100;
    const int runs = parser.value(u"runs"_s).toInt() + WarmUp;
    const QDeadlineTimer end(parser.value(u"seconds"_s).toLongLong() * 1000);
    for (int run = 0; run < runs && !end.hasExpired(); ++run) {
        Refusal &refusal = refusals[random() % refusals.size()];
        QByteArray status;
        const double time = timeOf(authenticator, refusal, &status);
        if (status != "400") {
            errors << "Not refused, but answered with " << status << Qt::endl;
            return 1;
        }
        if (run >= WarmUp)
            refusal.times.push_back(time);
    }
    return report(refusals) ? 0 : 1;
}
