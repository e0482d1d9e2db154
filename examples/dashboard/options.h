// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef OPTIONS_H
#define OPTIONS_H

#include <QtCore/qstring.h>

// What the command line asks for.
struct Options
{
    QString dataDirectory; // keys, users and the server's certificate
    QString listenAddress;
    quint16 port = 0; // of the first of the three sockets; 0: any that are free
    bool demo = false;
    QString theme;      // "light", "dark", or empty: what the desktop has
    QString screenshot; // a file to write a picture to, and end
};

#endif // OPTIONS_H
