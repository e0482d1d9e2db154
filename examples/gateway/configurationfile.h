// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef CONFIGURATIONFILE_H
#define CONFIGURATIONFILE_H

#include "failure.h"
#include "gatewayoptions.h"

#include <QtCore/qdir.h>
#include <QtCore/qhash.h>
#include <QtCore/qvariant.h>

#include <optional>

// Reads and checks the INI file. Each problem names the file, the section and the key.
class ConfigurationFile
{
public:
    explicit ConfigurationFile(const QString &fileName);

    // Fails with all problems, one per line, if there are any.
    [[nodiscard]] std::optional<Failure> read();
    const GatewayOptions &options() const { return m_options; }

private:
    [[nodiscard]] bool load();
    void readGateway();
    void readCredentials();
    void readSqlCredentials();
    void readRequests();
    void readPublications();
    void readObservers();
    void readFront(const QString &section, GatewayOptions::Front *front);
    void checkEndpoint(const QString &key);
    void checkBackend(const QString &section);
    void checkKeys();

    // The values of "section/key". Each is checked for what such values have in common.
    bool isSet(const QString &key) const { return m_values.contains(key); }
    QString text(const QString &key);
    QString required(const QString &key);
    QStringList texts(const QString &key);
    QString path(const QString &key);
    QString existingFile(const QString &key);
    int number(const QString &key, int defaultValue, int minimum, int maximum);
    std::chrono::milliseconds time(const QString &key, std::chrono::milliseconds defaultValue,
                                   int minimum);
    bool flag(const QString &key);
    void report(const QString &key, const QString &what);

    const QString m_fileName;
    const QDir m_directory;
    QHash<QString, QVariant> m_values;
    QStringList m_known;
    QStringList m_problems;
    GatewayOptions m_options;
};

#endif // CONFIGURATIONFILE_H
