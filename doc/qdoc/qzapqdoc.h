// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// What qdoc's compiler parses in place of the umbrella header.

// Qt's headers as a compiler sees them: for qdoc they declare what C++17, which qdoc 6.4 reads,
// does not have, and hide what makes a QStringList.
#undef Q_QDOC
#undef Q_CLANG_QDOC
#include <QtCore/qdatetime.h>
#include <QtCore/qdebug.h>
#include <QtCore/qfuture.h>
#include <QtCore/qobject.h>

// Not a part of each class.
#undef QT_TR_FUNCTIONS
#define QT_TR_FUNCTIONS

#define Q_QDOC
#include <QZap/QZap>
#include <QZap/qzapsqlsource.h>
#include <QZap/qzaptestanswer.h>
#include <QZap/qzaptestclient.h>
#include <QZap/qzaptestclock.h>
#include <QZap/qzaptestpeer.h>
#include <QZap/qzaptestprovider.h>
#include <QZap/qzaptestrequest.h>

// For the Qt headers that the sources include besides.
#undef Q_QDOC
