// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LOGCOLLECTOR_H
#define LOGCOLLECTOR_H

#include <QtCore/qmutex.h>
#include <QtCore/qstringlist.h>

// Collects the log messages of all threads while it exists, instead of printing them. Only one
// instance can exist.
class LogCollector
{
public:
    LogCollector()
        : m_previous(qInstallMessageHandler(collect))
    {
        clear();
    }
    ~LogCollector() { qInstallMessageHandler(m_previous); }
    Q_DISABLE_COPY_MOVE(LogCollector)

    // Returns lines such as "qzap: Accepted …".
    QStringList lines() const
    {
        const QMutexLocker lock(&s_mutex);
        return s_lines;
    }
    qsizetype count(const QString &part) const { return lines().filter(part).size(); }
    void clear()
    {
        const QMutexLocker lock(&s_mutex);
        s_lines.clear();
    }

private:
    static void collect(QtMsgType, const QMessageLogContext &context, const QString &message)
    {
        const QMutexLocker lock(&s_mutex);
        s_lines += QString::fromLatin1(context.category) + QStringLiteral(": ") + message;
    }

    static inline QMutex s_mutex;
    static inline QStringList s_lines;
    QtMessageHandler m_previous;
};

#endif // LOGCOLLECTOR_H
