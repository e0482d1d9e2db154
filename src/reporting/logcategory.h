// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_REPORTING_LOGCATEGORY_H
#define QZAP_REPORTING_LOGCATEGORY_H

#include <QtCore/qbytearray.h>
#include <QtCore/qloggingcategory.h>
#include <QtCore/qstring.h>

#include <atomic>
#include <memory>
#include <vector>

namespace QZap::Internal {

// The category that decisions are logged to. It can be changed while another thread checks whether
// it is enabled; therefore, previous categories are kept, of which there are only a few.
class LogCategory
{
public:
    LogCategory() { setName(QStringLiteral("qzap")); }

    QString name() const { return QString::fromUtf8(m_entries.back()->name); }
    void setName(const QString &name)
    {
        m_entries.push_back(std::make_unique<Entry>(name.toUtf8()));
        m_current.store(&m_entries.back()->category, std::memory_order_release);
    }
    const QLoggingCategory &get() const { return *m_current.load(std::memory_order_acquire); }

private:
    struct Entry
    {
        // Acceptances are disabled by default.
        explicit Entry(const QByteArray &n)
            : name(n)
            , category(name.constData(), QtInfoMsg)
        { }

        QByteArray name; // referenced by the category
        QLoggingCategory category;
    };

    std::vector<std::unique_ptr<Entry>> m_entries;
    std::atomic<const QLoggingCategory *> m_current{nullptr};
};

} // namespace QZap::Internal

#endif // QZAP_REPORTING_LOGCATEGORY_H
