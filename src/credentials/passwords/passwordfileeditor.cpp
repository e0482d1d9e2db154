// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/passwords/passwordfileeditor.h"

#include "credentials/passwords/passwordfilelock.h"
#include "credentials/passwords/qzappasswordfile_p.h"

namespace QZap::Internal {

QString editPasswordFile(const QString &file,
                         const std::function<QString(QZapPasswordFile *)> &edit)
{
    return withPasswordFileLock(file, [&]() -> QString {
        QZapPasswordFilePrivate::Load load = QZapPasswordFilePrivate::load(file);
        if (load.error == FileError::NotFound)
            load.passwords.emplace();
        if (!load.passwords)
            return load.problem;
        QString problem = edit(&*load.passwords);
        return problem.isEmpty() ? QZapPasswordFilePrivate::write(*load.passwords, file) : problem;
    });
}

} // namespace QZap::Internal
