// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "commandline.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qstandardpaths.h>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

std::nullopt_t refuse(const QString &message)
{
    (void)std::fprintf(stderr, "dashboard: %s\n", qPrintable(message));
    return std::nullopt;
}

} // namespace

std::optional<Options> readCommandLine(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        u"Shows and edits who may connect to three guarded ZeroMQ sockets on loopback TCP: one for "
        "known keys, one for users with a password, and one for guests, whom you let in by hand."_s);
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption demo(
        u"demo"_s, u"Start with keys, users and peers of its own, which come and go."_s);
    const QCommandLineOption data(
        u"data"_s, u"Where keys and users are kept."_s, u"DIR"_s,
        QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
            + u"/qzap-dashboard"_s);
    const QCommandLineOption listen(u"listen"_s, u"The address to listen on."_s, u"ADDRESS"_s,
                                    u"127.0.0.1"_s);
    const QCommandLineOption port(
        u"port"_s, u"The port for keys; those for users and guests are the next two. 0: any."_s,
        u"PORT"_s, u"0"_s);
    const QCommandLineOption theme(u"theme"_s, u"light or dark."_s, u"THEME"_s);
    const QCommandLineOption screenshot(
        u"screenshot"_s, u"Write a picture of the window to FILE after some seconds, and end."_s,
        u"FILE"_s);
    parser.addOptions({demo, data, listen, port, theme, screenshot});
    parser.process(arguments);
    if (!parser.positionalArguments().isEmpty())
        return refuse(u"unexpected argument '%1'"_s.arg(parser.positionalArguments().constFirst()));

    Options options;
    options.demo = parser.isSet(demo);
    options.dataDirectory = parser.value(data);
    options.listenAddress = parser.value(listen);
    options.theme = parser.value(theme);
    options.screenshot = parser.value(screenshot);
    bool isNumber = false;
    options.port = parser.value(port).toUShort(&isNumber);
    if (!isNumber || options.port > 65533)
        return refuse(u"--port: '%1' is not a port, or leaves no room for the two after it"_s.arg(
            parser.value(port)));
    if (parser.isSet(theme) && options.theme != u"light" && options.theme != u"dark")
        return refuse(u"--theme: '%1' is neither light nor dark"_s.arg(options.theme));
    return options;
}
