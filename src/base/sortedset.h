// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_SORTEDSET_H
#define QZAP_BASE_SORTEDSET_H

#include <QtCore/qbytearray.h>
#include <QtCore/qmap.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace QZap::Internal {

// An implicitly shared set, in the order of its values. If memory runs out, it throws
// std::bad_alloc and is unchanged. QSet and QHash would end the process: they allocate memory in
// functions that are noexcept.
template <typename T>
class SortedSet
{
    struct Nothing
    {
        friend bool operator==(Nothing, Nothing) { return true; }
    };
    using Values = QMap<T, Nothing>;

public:
    using value_type = T;
    using const_iterator = typename Values::key_iterator;

    SortedSet() = default;
    SortedSet(std::initializer_list<T> values)
        : SortedSet(values.begin(), values.end())
    { }
    template <typename Iterator>
    SortedSet(Iterator first, Iterator last)
    {
        for (; first != last; ++first)
            insert(*first);
    }

    bool isEmpty() const { return m_values.isEmpty(); }
    qsizetype size() const { return m_values.size(); }
    bool contains(const T &value) const { return m_values.contains(value); }
    // Returns whether this set contains all values of the other set.
    bool contains(const SortedSet &other) const
    {
        return std::all_of(other.begin(), other.end(),
                           [this](const T &value) { return contains(value); });
    }

    void insert(const T &value) { m_values.insert(value, {}); }
    SortedSet &operator<<(const T &value)
    {
        insert(value);
        return *this;
    }
    void unite(const SortedSet &other)
    {
        if (isEmpty()) {
            m_values = other.m_values;
            return;
        }
        for (const T &value : other)
            insert(value);
    }
    bool remove(const T &value) { return m_values.remove(value) > 0; }
    void clear() { m_values.clear(); }

    const_iterator begin() const { return m_values.keyBegin(); }
    const_iterator end() const { return m_values.keyEnd(); }
    const_iterator cbegin() const { return begin(); }
    const_iterator cend() const { return end(); }

    friend bool operator==(const SortedSet &lhs, const SortedSet &rhs)
    {
        return lhs.m_values == rhs.m_values;
    }
    friend bool operator!=(const SortedSet &lhs, const SortedSet &rhs) { return !(lhs == rhs); }
    // Returns the values that are not in the other set.
    friend SortedSet operator-(const SortedSet &lhs, const SortedSet &rhs)
    {
        SortedSet result;
        for (const T &value : lhs) {
            if (!rhs.contains(value))
                result.insert(value);
        }
        return result;
    }

private:
    Values m_values;
};

// The names of files in a directory.
using NameSet = SortedSet<QByteArray>;

} // namespace QZap::Internal

#endif // QZAP_BASE_SORTEDSET_H
