// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DIRECTORYPROVIDER_H
#define DIRECTORYPROVIDER_H

#include "options.h"

#include <QZap/QZapCredentialsProvider>

// Asks a directory service about each peer. Here, a timer simulates the delay of the service.
class DirectoryProvider : public QZapCredentialsProvider
{
    Q_OBJECT

public:
    explicit DirectoryProvider(const Options &options, QObject *parent = nullptr);

    void authenticate(const QZapDecision &decision) override;

private:
    void answer(const QZapDecision &decision) const;

    const Options m_options;
};

#endif // DIRECTORYPROVIDER_H
