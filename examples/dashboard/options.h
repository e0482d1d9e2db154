// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef OPTIONS_H
#define OPTIONS_H

#include <QtCore/qstring.h>

// The options of the command line.
struct Options
{
    QString dataDirectory; // keys, users and the server's certificate
    QString listenAddress;
    quint16 port = 0; // the first of three ports; 0: any free ports
    bool demo = false;
    QString theme;      // "light", "dark", or empty: the desktop's
    QString screenshot; // empty: none; the program ends after writing it
};

#endif // OPTIONS_H
