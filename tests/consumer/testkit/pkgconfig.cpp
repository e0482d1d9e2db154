// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// A program that is compiled with the flags of pkg-config; see ../testkit.cmake.

#include <QZap/QZap>
#include <QZap/QZapTestClient>

#include <QtCore/QCoreApplication>

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QZapAuthenticator authenticator;
    QZapTestClient client(&authenticator);
    const bool isAsked = client.ask(client.null().domain("test"));
    return isAsked && client.status() == QZap::Status::Success ? 0 : 1;
}
