// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FREEDTEXT_H
#define FREEDTEXT_H

#include <QtCore/qglobal.h>

// Counts the blocks of memory that are freed, while it exists, by any thread and still contain a
// text of at least eight characters.
class FreedText
{
public:
    explicit FreedText(const char *text);
    ~FreedText();
    Q_DISABLE_COPY_MOVE(FreedText)

    static int count();
};

#endif // FREEDTEXT_H
