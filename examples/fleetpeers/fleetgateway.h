// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FLEETGATEWAY_H
#define FLEETGATEWAY_H

#include <QtCore/qstring.h>

// Where a gateway is, as it prints it.
struct FleetGateway
{
    QString requests;
    QString requestsBackend;
    QString publications;
    QString publicationsBackend;
    QString serverKey;
};

#endif // FLEETGATEWAY_H
