// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef SOMEBODYELSE_H
#define SOMEBODYELSE_H

#include <QtCore/qglobal.h>

#include <unistd.h>

// If root runs this process, changes its user to one without privileges while an object exists,
// since root can read and write everything. Any other user is unchanged. Ends the program if that
// fails.
class SomebodyElse
{
public:
    static constexpr uid_t Id = 65534; // "nobody"

    SomebodyElse()
    {
        if (m_isRoot && ::seteuid(Id) != 0)
            qFatal("cannot become another user");
    }
    Q_DISABLE_COPY_MOVE(SomebodyElse)
    ~SomebodyElse()
    {
        if (m_isRoot && ::seteuid(0) != 0)
            qFatal("cannot become root again");
    }

    // Returns whether an object that is created now changes the user.
    static bool isAnotherUser() { return ::geteuid() == 0; }

private:
    const bool m_isRoot = ::geteuid() == 0;
};

#endif // SOMEBODYELSE_H
