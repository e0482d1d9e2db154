// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "stores/peerstores.h"

#include "subprocess.h"

#include <QtCore/qfile.h>

#ifdef QZAP_HAS_CZMQ
#    include <czmq.h>
#endif

#ifdef QZAP_PYTHON
std::optional<Elapsed> loadWithPyzmq(const QString &folder, qint64 certificates)
{
    const QList<double> figures =
        figuresOf(QStringLiteral(QZAP_PYTHON), {QStringLiteral(QZAP_PYZMQ_STORE_SCRIPT), folder});
    if (figures.size() != 3 || figures[2] != static_cast<double>(certificates))
        return std::nullopt;
    return Elapsed{figures[0], figures[1]};
}
#endif

#ifdef QZAP_HAS_CZMQ
std::optional<Elapsed> loadWithCzmq(const QString &folder, const QByteArray &key)
{
    zsys_handler_set(nullptr); // its signal handlers would ignore Ctrl+C
    const Stopwatch watch;
    zcertstore_t *store = zcertstore_new(QFile::encodeName(folder).constData());
    const bool isFound = zcertstore_lookup(store, key.constData()) != nullptr;
    const Elapsed elapsed = watch.elapsed();
    zcertstore_destroy(&store);
    if (!isFound)
        return std::nullopt;
    return elapsed;
}
#endif
