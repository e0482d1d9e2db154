// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTREQUEST_H
#define QZAPTESTREQUEST_H

#include <QZap/qzaptestglobal.h>

#include <QtCore/qanystringview.h>
#include <QtCore/qshareddata.h>

class QZapTestRequestPrivate;

class QZAPTEST_EXPORT QZapTestRequest
{
public:
    QZapTestRequest();
    QZapTestRequest(const QZapTestRequest &other);
    QZapTestRequest(QZapTestRequest &&other) noexcept;
    QZapTestRequest &operator=(const QZapTestRequest &other);
    QZapTestRequest &operator=(QZapTestRequest &&other) noexcept;
    ~QZapTestRequest();

    void swap(QZapTestRequest &other) noexcept { d.swap(other.d); }

    [[nodiscard]] QZapTestRequest from(QAnyStringView address) const;
    [[nodiscard]] QZapTestRequest domain(QAnyStringView name) const;
    [[nodiscard]] QZapTestRequest unconfiguredDomain(QAnyStringView name) const;

private:
    friend class QZapTestRequestPrivate;

    QSharedDataPointer<QZapTestRequestPrivate> d;
};

Q_DECLARE_SHARED(QZapTestRequest)

#endif // QZAPTESTREQUEST_H
