// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DESCRIPTORLIMIT_H
#define DESCRIPTORLIMIT_H

// How many files and sockets this process may have open.
namespace DescriptorLimit {

// Lifts the limit to `needed` where that is not reached and the system lets it.
bool raise(int needed);

} // namespace DescriptorLimit

#endif // DESCRIPTORLIMIT_H
