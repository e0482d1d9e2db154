// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_CREDENTIALS_KEYS_KEYLISTLINE_H
#define QZAP_CREDENTIALS_KEYS_KEYLISTLINE_H

#include "base/problem.h"
#include "credentials/stores/keystore.h"
#include "protocol/z85.h"

#include <QtCore/qbytearrayview.h>
#include <QtCore/qvarlengtharray.h>

namespace QZap::Internal {

// A line of a key list, "<40 Z85> [user id] [field=value ...]". The views are of the text that was
// parsed.
class KeyListLine
{
public:
    enum class Kind { Blank, Key, Bad };

    struct Field
    {
        QByteArrayView name;
        QByteArrayView value;
    };

    // Creates the text of the problem only if `explains` is true.
    Kind parse(QByteArrayView line, bool explains);

    // Returns the key, even that of a bad line, if it begins with one.
    const uchar *key() const { return m_key; }
    bool hasKey() const { return m_hasKey; }
    // Returns whether the line is bad and would restrict its key.
    bool isBadRestriction() const { return m_isBadRestriction; }
    QByteArrayView userId() const { return m_userId; }
    const QVarLengthArray<Field, 8> &fields() const { return m_fields; }
    qint64 notAfter() const { return m_notAfter; }
    const Problem &problem() const { return m_problem; }

private:
    bool parseKey(QByteArrayView word);
    bool parseUserId(QByteArrayView word);
    bool parseField(QByteArrayView word, qsizetype equals);
    bool parseNotAfter(const Field &field);
    template <typename MakeText>
    bool refuse(MakeText makeText)
    {
        if (m_explains)
            m_problem = makeText();
        return false;
    }

    uchar m_key[CurveKeySize] = {};
    QByteArrayView m_keyText;
    QByteArrayView m_userId;
    QVarLengthArray<Field, 8> m_fields;
    qint64 m_notAfter = KeyStore::Never;
    Problem m_problem;
    bool m_explains = false;
    bool m_isBadRestriction = false;
    bool m_hasKey = false;
};

} // namespace QZap::Internal

#endif // QZAP_CREDENTIALS_KEYS_KEYLISTLINE_H
