// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfileeditor.h"

#include "credentials/passwords/passwordfilelock.h"
#include "credentials/passwords/qzappasswordfile_p.h"

namespace QZap::Internal {

Problem editPasswordFile(const QString &file,
                         const std::function<Problem(QZapPasswordFile *)> &edit)
{
    return withPasswordFileLock(file, [&]() -> Problem {
        QZapPasswordFilePrivate::Load load = QZapPasswordFilePrivate::load(file);
        if (load.error == FileError::NotFound)
            load.passwords.emplace();
        if (!load.passwords)
            return load.problem;
        const Problem problem = edit(&*load.passwords);
        return problem ? problem : QZapPasswordFilePrivate::write(*load.passwords, file);
    });
}

} // namespace QZap::Internal
