// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "validity.h"

#include <algorithm>

using namespace QZap::Internal;
using namespace Qt::StringLiterals;

namespace {

// Sufficient for the hours until the year 9999, and few enough to avoid overflows.
constexpr qsizetype MaximumDigits = 8;
constexpr int LastYear = 9999; // the last that a file can contain

} // namespace

Result<QDateTime> endOfValidity(const QString &period, const QDateTime &from)
{
    const QStringView digits = QStringView(period).chopped(std::min<qsizetype>(period.size(), 1));
    const bool isNumber = !digits.isEmpty()
                          && std::all_of(digits.begin(), digits.end(),
                                         [](QChar c) { return c >= u'0' && c <= u'9'; });
    const QChar unit = period.isEmpty() ? QChar() : period.back();
    if (!isNumber || !u"hdwy"_s.contains(unit)) {
        return Problem(u"write a number and a unit, h for hours, d for days, w for weeks or y for "
                       "years, such as 90d"_s);
    }
    const int count = digits.size() <= MaximumDigits ? digits.toInt() : -1;
    if (count == 0)
        return Problem(u"a certificate that is never valid is of no use"_s);
    QDateTime end;
    if (count > 0 && unit == u'h')
        end = from.addSecs(qint64{count} * 3600);
    else if (count > 0 && unit == u'y')
        end = from.addYears(count);
    else if (count > 0)
        end = from.addDays(unit == u'w' ? qint64{count} * 7 : qint64{count});
    if (!end.isValid() || end.date().year() > LastYear)
        return Problem(u"this is after the year %1; omit --valid for a certificate that does not "
                       "expire"_s.arg(LastYear));
    return end;
}
