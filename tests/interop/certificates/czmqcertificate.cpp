// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

// Writes or reads a certificate with czmq.
//
// save FILE [NAME=VALUE]...   writes FILE and FILE_secret
// public FILE [NAME=VALUE]... writes FILE only
// load FILE                   prints the public key, the secret key, and a line NAME=VALUE for each
// field; czmq prefers FILE_secret if that exists

#include <czmq.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace {

int save(int argc, char **argv, bool withSecret)
{
    zcert_t *certificate = zcert_new();
    if (!certificate)
        return 1;
    for (int i = 3; i < argc; ++i) {
        const char *separator = std::strchr(argv[i], '=');
        if (!separator)
            return 2;
        const std::string name(argv[i], static_cast<std::size_t>(separator - argv[i]));
        zcert_set_meta(certificate, name.c_str(), "%s", separator + 1);
    }
    const int result =
        withSecret ? zcert_save(certificate, argv[2]) : zcert_save_public(certificate, argv[2]);
    zcert_destroy(&certificate);
    return result == 0 ? 0 : 1;
}

int load(const char *file)
{
    zcert_t *certificate = zcert_load(file);
    if (!certificate)
        return 1;
    std::puts(zcert_public_txt(certificate));
    std::puts(zcert_secret_txt(certificate));
    zlist_t *names = zcert_meta_keys(certificate);
    for (const void *name = zlist_first(names); name; name = zlist_next(names)) {
        const auto *text = static_cast<const char *>(name);
        std::printf("%s=%s\n", text, zcert_meta(certificate, text));
    }
    zlist_destroy(&names);
    zcert_destroy(&certificate);
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    const std::string command = argv[1];
    if (command == "save" || command == "public")
        return save(argc, argv, command == "save");
    return command == "load" ? load(argv[2]) : 2;
}
