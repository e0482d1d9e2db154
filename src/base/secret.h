// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_SECRET_H
#define QZAP_BASE_SECRET_H

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace QZap::Internal {

// Returns whether libsodium can be used. Random bytes, keys and hashes need this; wiping does not.
inline bool initializeSodium()
{
    static const bool initialized = sodium_init() >= 0;
    return initialized;
}

inline void wipe(void *bytes, std::size_t size)
{
    sodium_memzero(bytes, size);
}

// Wipes a byte array unless it is shared: its other owners still need it.
inline void wipe(QByteArray &bytes)
{
    if (bytes.isDetached())
        sodium_memzero(bytes.data(), static_cast<std::size_t>(bytes.size()));
    bytes.clear();
}

// Compares in constant time for a given length; lengths are not secret.
inline bool equalSecrets(QByteArrayView lhs, QByteArrayView rhs)
{
    return lhs.size() == rhs.size()
           && sodium_memcmp(lhs.data(), rhs.data(), static_cast<std::size_t>(lhs.size())) == 0;
}

// A fixed number of secret bytes, initially zero and wiped on destruction.
template <std::size_t Size>
class SecretArray
{
public:
    SecretArray() = default;
    SecretArray(const SecretArray &) = default;
    SecretArray &operator=(const SecretArray &) = default;
    SecretArray(SecretArray &&other) noexcept
        : m_bytes(other.m_bytes)
    {
        other.clear();
    }
    SecretArray &operator=(SecretArray &&other) noexcept
    {
        if (this != &other) {
            m_bytes = other.m_bytes;
            other.clear();
        }
        return *this;
    }
    ~SecretArray() { clear(); }

    uchar *data() { return m_bytes.data(); }
    const uchar *data() const { return m_bytes.data(); }
    static constexpr qsizetype size() { return static_cast<qsizetype>(Size); }
    QByteArrayView view() const { return {m_bytes.data(), size()}; }

    void clear() { wipe(m_bytes.data(), Size); }

private:
    std::array<uchar, Size> m_bytes{};
};

// Bytes that may be secret, in memory that is wiped before it is freed. Move-only, so that copies
// are explicit.
class SecretBytes
{
public:
    SecretBytes() = default;
    explicit SecretBytes(QByteArrayView bytes)
    {
        reserve(bytes.size());
        append(bytes);
    }
    SecretBytes(const SecretBytes &) = delete;
    SecretBytes &operator=(const SecretBytes &) = delete;
    SecretBytes(SecretBytes &&other) noexcept { swap(other); }
    SecretBytes &operator=(SecretBytes &&other) noexcept
    {
        SecretBytes moved(std::move(other));
        swap(moved);
        return *this;
    }
    ~SecretBytes() { clear(); }

    void swap(SecretBytes &other) noexcept
    {
        m_bytes.swap(other.m_bytes);
        std::swap(m_size, other.m_size);
        std::swap(m_capacity, other.m_capacity);
    }

    char *data() { return m_bytes.get(); }
    const char *data() const { return m_bytes.get(); }
    qsizetype size() const { return m_size; }
    qsizetype capacity() const { return m_capacity; }
    bool isEmpty() const { return m_size == 0; }
    QByteArrayView view() const { return {m_bytes.get(), m_size}; }

    // Keeps the contents; the old memory is wiped.
    void reserve(qsizetype capacity)
    {
        if (capacity <= m_capacity)
            return;
        // Not initialized: it is written before it is read, so clearing 64 KiB would be a waste.
        std::unique_ptr<char[]> bytes(new char[static_cast<std::size_t>(capacity)]);
        std::copy_n(m_bytes.get(), m_size, bytes.get());
        wipeAll();
        m_bytes = std::move(bytes);
        m_capacity = capacity;
    }
    // Resizes up to the capacity. Added bytes are uninitialized, removed bytes are wiped.
    void resize(qsizetype size)
    {
        reserve(size);
        if (size < m_size)
            wipe(m_bytes.get() + size, static_cast<std::size_t>(m_size - size));
        m_size = size;
    }
    void append(QByteArrayView bytes)
    {
        if (bytes.isEmpty())
            return;
        if (bytes.size() > m_capacity - m_size)
            reserve(std::max(m_size + bytes.size(), 2 * m_capacity));
        std::copy_n(bytes.data(), bytes.size(), m_bytes.get() + m_size);
        m_size += bytes.size();
    }
    // Wipes and frees the memory.
    void clear()
    {
        wipeAll();
        m_bytes.reset();
        m_size = 0;
        m_capacity = 0;
    }

private:
    void wipeAll()
    {
        if (m_bytes)
            wipe(m_bytes.get(), static_cast<std::size_t>(m_capacity));
    }

    std::unique_ptr<char[]> m_bytes;
    qsizetype m_size = 0;
    qsizetype m_capacity = 0;
};

} // namespace QZap::Internal

#endif // QZAP_BASE_SECRET_H
