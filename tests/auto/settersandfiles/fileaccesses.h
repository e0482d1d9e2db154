// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef FILEACCESSES_H
#define FILEACCESSES_H

#include <QtCore/qbytearray.h>

// Counts how often threads look up or open paths that contain a given text, with functions of the C
// library.
class FileAccesses
{
public:
    // Counts from now on, in the calling thread and in all others.
    explicit FileAccesses(const QByteArray &text);
    ~FileAccesses();
    Q_DISABLE_COPY_MOVE(FileAccesses)

    static int inThisThread();
    static int inOtherThreads();
};

#endif // FILEACCESSES_H
