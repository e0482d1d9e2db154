// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef LOGCOLLECTOR_H
#define LOGCOLLECTOR_H

#include <QtCore/qloggingcategory.h>
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
    QStringList warnings() const
    {
        const QMutexLocker lock(&s_mutex);
        return s_warnings;
    }
    qsizetype count(const QString &part) const { return lines().filter(part).size(); }
    void clear()
    {
        const QMutexLocker lock(&s_mutex);
        s_lines.clear();
        s_warnings.clear();
    }

private:
    static void collect(QtMsgType type, const QMessageLogContext &context, const QString &message)
    {
        const QMutexLocker lock(&s_mutex);
        s_lines += QString::fromLatin1(context.category) + QStringLiteral(": ") + message;
        if (type == QtWarningMsg)
            s_warnings += s_lines.constLast();
    }

    static inline QMutex s_mutex;
    static inline QStringList s_lines;
    static inline QStringList s_warnings; // also contained in the lines
    QtMessageHandler m_previous;
};

// Disables the warnings about ConfigurationErrors, on which QTest::failOnWarning() would fail, for
// tests that check the error itself. The category has no other warnings.
inline void expectConfigurationErrors()
{
    QLoggingCategory::setFilterRules(QStringLiteral("qzap.warning=false"));
}

#endif // LOGCOLLECTOR_H
