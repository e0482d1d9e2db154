// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef DESCRIPTORLIMIT_H
#define DESCRIPTORLIMIT_H

// The maximum number of files and sockets that this process may have open.
namespace DescriptorLimit {

// Raises the limit to `needed` if it is lower and the system permits this. Returns whether it is
// sufficient.
bool raise(int needed);

} // namespace DescriptorLimit

#endif // DESCRIPTORLIMIT_H
