// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/certificates/expirytime.h"

#include "base/utc.h"

#include <QtCore/qdatetime.h>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr qint64 MinutesPerDay = 1440;
constexpr qint64 MillisecondsPerMinute = 60'000;

// The years 1 to 9999, in milliseconds since 1970.
constexpr qint64 Earliest = -62'135'596'800'000;
constexpr qint64 Latest = 253'402'300'799'999;

constexpr bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

class TimeReader
{
public:
    explicit TimeReader(QByteArrayView text)
        : m_at(text.begin())
        , m_end(text.end())
    { }

    bool isAtEnd() const { return m_at == m_end; }
    bool skip(char c)
    {
        if (isAtEnd() || *m_at != c)
            return false;
        ++m_at;
        return true;
    }
    // Reads a number with exactly this number of digits.
    bool read(int digits, int *value)
    {
        *value = 0;
        for (; digits > 0; --digits) {
            if (isAtEnd() || !isDigit(*m_at))
                return false;
            *value = *value * 10 + (*m_at++ - '0');
        }
        return true;
    }
    // Reads "hh:mm".
    bool readMinutes(int *minutes)
    {
        int hour = 0;
        int minute = 0;
        if (!read(2, &hour) || !skip(':') || !read(2, &minute) || hour > 23 || minute > 59)
            return false;
        *minutes = hour * 60 + minute;
        return true;
    }
    // Reads a fraction of a second, of which only the milliseconds are used.
    bool readFraction(int *milliseconds)
    {
        if (isAtEnd() || !isDigit(*m_at))
            return false;
        for (int factor = 100; !isAtEnd() && isDigit(*m_at); factor /= 10)
            *milliseconds += (*m_at++ - '0') * factor;
        return true;
    }

private:
    const char *m_at;
    const char *m_end;
};

QString invalidTime()
{
    return u"not-after is not a valid time; write it as 2027-01-31T00:00:00Z"_s;
}

} // namespace

bool resemblesNotAfter(QByteArrayView text)
{
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const char *at = text.begin();
    for (const char letter : QByteArrayView("notafter")) {
        while (at < text.end() && (*at == '-' || *at == '_' || *at == '.' || *at == ' '))
            ++at;
        if (at == text.end() || (*at | 0x20) != letter)
            return false;
        ++at;
    }
    return at == text.end() || (!isLetter(*at) && !isDigit(*at));
}

Result<qint64> expiryTimeOf(QByteArrayView name, QByteArrayView value)
{
    if (name != NotAfterField)
        return Problem(u"the field with the time from which a key is refused is written not-after; "
                       "correct its spelling"_s);
    TimeReader reader(value);
    int year = 0;
    int month = 0;
    int day = 0;
    int minutes = 0;
    int seconds = 0;
    int milliseconds = 0;
    if (!reader.read(4, &year) || !reader.skip('-') || !reader.read(2, &month) || !reader.skip('-')
        || !reader.read(2, &day) || !reader.skip('T') || !reader.readMinutes(&minutes)) {
        return Problem(invalidTime());
    }
    if (reader.skip(':')) {
        if (!reader.read(2, &seconds) || seconds > 59)
            return Problem(invalidTime());
        if (reader.skip('.') && !reader.readFraction(&milliseconds))
            return Problem(invalidTime());
    }
    if (reader.isAtEnd()) {
        return Problem(u"not-after has no offset from UTC; write it as 2027-01-31T00:00:00Z, or as "
                       "2027-01-31T02:00:00+02:00"_s);
    }
    int offset = 0; // minutes
    if (!reader.skip('Z')) {
        const bool isAhead = reader.skip('+');
        if ((!isAhead && !reader.skip('-')) || !reader.readMinutes(&offset))
            return Problem(invalidTime());
        offset = isAhead ? offset : -offset;
    }
    const QDate date(year, month, day);
    if (!date.isValid() || !reader.isAtEnd())
        return Problem(invalidTime());
    const qint64 days = QDate(1970, 1, 1).daysTo(date);
    const qint64 time = (days * MinutesPerDay + minutes - offset) * MillisecondsPerMinute
                        + qint64{seconds} * 1000 + milliseconds;
    if (time < Earliest || time > Latest)
        return Problem(invalidTime());
    return time;
}

QByteArray expiryText(qint64 milliseconds)
{
    if (milliseconds < Earliest || milliseconds > Latest)
        return {};
    return utcTime(milliseconds).toString(Qt::ISODate).toLatin1();
}

} // namespace QZap::Internal
