// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "observers/metricstext.h"

namespace QZap::Internal {

namespace {

QByteArray escaped(QByteArrayView value)
{
    QByteArray result;
    result.reserve(value.size());
    for (const char c : value) {
        if (c == '\\' || c == '"')
            result += '\\';
        if (c == '\n')
            result += "\\n";
        else
            result += c;
    }
    return result;
}

} // namespace

void MetricsText::startFamily(QByteArrayView name, QByteArrayView type, QByteArrayView help,
                              QByteArrayView unit)
{
    m_name = name.toByteArray();
    const auto describe = [this](QByteArrayView keyword, QByteArrayView text) {
        m_text += "# ";
        m_text += keyword;
        m_text += ' ' + m_name + ' ';
        m_text += text;
        m_text += '\n';
    };
    describe("TYPE", type);
    if (!unit.isEmpty())
        describe("UNIT", unit);
    describe("HELP", help);
}

void MetricsText::start(QByteArrayView suffix, Labels labels)
{
    m_text += m_name;
    m_text += suffix;
    char separator = '{';
    for (const Label &label : labels) {
        m_text += separator;
        m_text += label.first;
        m_text += "=\"" + escaped(label.second) + '"';
        separator = ',';
    }
    if (separator == ',')
        m_text += '}';
    m_text += ' ';
}

void MetricsText::append(QByteArrayView suffix, Labels labels, qint64 value)
{
    start(suffix, labels);
    m_text += QByteArray::number(value) + '\n';
}

void MetricsText::appendSeconds(QByteArrayView suffix, Labels labels, qint64 nanoseconds)
{
    start(suffix, labels);
    m_text += seconds(nanoseconds) + '\n';
}

void MetricsText::appendGauge(QByteArrayView name, QByteArrayView help, qint64 value)
{
    startFamily(name, "gauge", help);
    append({}, {}, value);
}

void MetricsText::appendCounter(QByteArrayView name, QByteArrayView help, qint64 value)
{
    startFamily(name, "counter", help);
    append("_total", {}, value);
}

QByteArray MetricsText::seconds(qint64 nanoseconds)
{
    constexpr qint64 PerSecond = 1'000'000'000;
    QByteArray fraction = QByteArray::number(nanoseconds % PerSecond).rightJustified(9, '0');
    while (fraction.size() > 1 && fraction.endsWith('0'))
        fraction.chop(1);
    return QByteArray::number(nanoseconds / PerSecond) + '.' + fraction;
}

} // namespace QZap::Internal
