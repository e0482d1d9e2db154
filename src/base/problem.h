// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_PROBLEM_H
#define QZAP_BASE_PROBLEM_H

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>

#include <optional>
#include <utility>

namespace QZap::Internal {

// A text for the user that explains what is wrong and what to do, with the file and line if the
// problem is in a file. Converts to true unless it is empty, so a function that only checks returns
// an empty problem for a valid argument. Never quotes a secret.
struct Problem
{
    QString what;
    QString file;
    int line = 0; // from 1; 0: not in a particular line

    Problem() = default;
    // Implicit, so that a function can return a text.
    Problem(QString text, QString path = {}, int lineNumber = 0)
        : what(std::move(text))
        , file(std::move(path))
        , line(lineNumber)
    { }

    explicit operator bool() const { return !what.isEmpty(); }

    // Returns "file:line: what is wrong", without unknown parts, in a form that is safe to print.
    [[nodiscard]] QString text() const;
    // Returns the same problem, located in the file.
    [[nodiscard]] Problem in(const QString &path) const { return {what, path, line}; }
    // Returns the same problem with `context` before its text; an empty problem remains empty.
    [[nodiscard]] Problem within(const QString &context) const;

    friend bool operator==(const Problem &lhs, const Problem &rhs)
    {
        return lhs.line == rhs.line && lhs.what == rhs.what && lhs.file == rhs.file;
    }
    friend bool operator!=(const Problem &lhs, const Problem &rhs) { return !(lhs == rhs); }
};

// Returns the text of each problem.
[[nodiscard]] QStringList textsOf(const QList<Problem> &problems);

// For the public API: assigns the problem's text, or an empty one, to *errorMessage unless that is
// null. Returns whether nothing is wrong.
bool isNoProblem(const Problem &problem, QString *errorMessage);

// Holds a value, or the problem that explains why there is none.
template <typename T>
class [[nodiscard]] Result
{
public:
    // Implicit, so that a function can return either.
    Result(T value)
        : m_value(std::move(value))
    { }
    Result(Problem problem)
        : m_problem(std::move(problem))
    {
        Q_ASSERT(m_problem);
    }

    explicit operator bool() const { return m_value.has_value(); }
    const T &operator*() const & { return *m_value; }
    T &operator*() & { return *m_value; }
    T &&operator*() && { return *std::move(m_value); }
    const T *operator->() const { return &*m_value; }
    T *operator->() { return &*m_value; }

    const Problem &problem() const { return m_problem; }

private:
    std::optional<T> m_value;
    Problem m_problem;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_PROBLEM_H
