// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAPTESTANSWER_H
#define QZAPTESTANSWER_H

#include <QZap/qzaptestglobal.h>

#include <QtCore/qanystringview.h>
#include <QtCore/qshareddata.h>
#include <QtCore/qvariantmap.h>

#include <chrono>

class QZapTestAnswerPrivate;

class QZAPTEST_EXPORT QZapTestAnswer
{
public:
    QZapTestAnswer();
    QZapTestAnswer(const QZapTestAnswer &other);
    QZapTestAnswer(QZapTestAnswer &&other) noexcept;
    QZapTestAnswer &operator=(const QZapTestAnswer &other);
    QZapTestAnswer &operator=(QZapTestAnswer &&other) noexcept;
    ~QZapTestAnswer();

    void swap(QZapTestAnswer &other) noexcept { d.swap(other.d); }

    [[nodiscard]] static QZapTestAnswer accept();
    [[nodiscard]] static QZapTestAnswer accept(QAnyStringView userId,
                                               const QVariantMap &metadata = {});
    [[nodiscard]] static QZapTestAnswer reject(QAnyStringView reason);
    [[nodiscard]] static QZapTestAnswer retryLater(QAnyStringView reason);
    [[nodiscard]] static QZapTestAnswer never();

    [[nodiscard]] QZapTestAnswer after(std::chrono::milliseconds delay) const;

private:
    friend class QZapTestAnswerPrivate;
    explicit QZapTestAnswer(QZapTestAnswerPrivate *data);

    QSharedDataPointer<QZapTestAnswerPrivate> d;
};

Q_DECLARE_SHARED(QZapTestAnswer)

#endif // QZAPTESTANSWER_H
