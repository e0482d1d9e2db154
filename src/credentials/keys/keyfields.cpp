// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#include "credentials/keys/keyfields.h"

#include "base/sortedset.h"
#include "base/text.h"
#include "credentials/certificates/certificatefield.h"
#include "protocol/metadata.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace QZap::Internal {

namespace {

constexpr QLatin1StringView RequestFields[] = {MechanismField, DomainField};

// Returns why no certificate or key list can contain such a field.
Problem fileNameProblem(const QString &name)
{
    return fieldNameProblem(name.toUtf8()).within(u"the field %1: "_s.arg(quoted(name)));
}

Problem publishedNameProblem(const QString &name)
{
    if (isRequestField(name))
        return {};
    for (const QLatin1StringView field : RequestFields) {
        // The field would look like that of the request, but come from the file.
        if (name.compare(field, Qt::CaseInsensitive) == 0)
            return u"the field %1 is written %2"_s.arg(quoted(name), field);
    }
    const Problem problem = metadataNameProblem(name);
    return problem ? problem : fileNameProblem(name);
}

} // namespace

bool isRequestField(QStringView name)
{
    return std::find(std::begin(RequestFields), std::end(RequestFields), name)
           != std::end(RequestFields);
}

Problem fieldNamesProblem(const KeyFields &fields)
{
    if (fields.publishedFields.size() > MaximumPublishedFields) {
        return u"%1 fields are listed, and at most %2 can be published"_s
            .arg(fields.publishedFields.size())
            .arg(MaximumPublishedFields);
    }
    SortedSet<QString> seen;
    for (const QString &name : fields.publishedFields) {
        if (Problem problem = publishedNameProblem(name))
            return problem;
        // Readers of metadata may ignore case.
        const QString folded = name.toLower();
        if (seen.contains(folded))
            return u"the field %1 is listed twice; case is ignored"_s.arg(quoted(name));
        seen.insert(folded);
    }
    return fields.userIdField.isEmpty() ? Problem() : fileNameProblem(fields.userIdField);
}

} // namespace QZap::Internal
