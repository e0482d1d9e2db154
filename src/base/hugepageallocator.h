// SPDX-FileCopyrightText: 2026 The QZap Authors
// SPDX-License-Identifier: MIT

#ifndef QZAP_BASE_HUGEPAGEALLOCATOR_H
#define QZAP_BASE_HUGEPAGEALLOCATOR_H

#include <QtCore/qglobal.h>

#include <cstddef>
#include <limits>
#include <new>
#include <vector>

#ifdef Q_OS_LINUX
#    include <sys/mman.h>
#endif

namespace QZap::Internal {

// Allocates large blocks in huge pages if the system supports them: otherwise, random reads in many
// megabytes would miss the TLB as often as the cache.
template <typename T>
class HugePageAllocator
{
public:
    using value_type = T;

    HugePageAllocator() = default;
    template <typename U>
    HugePageAllocator(const HugePageAllocator<U> & /*other*/) noexcept
    { }

    [[nodiscard]] T *allocate(std::size_t count)
    {
        if (count > std::numeric_limits<std::size_t>::max() / sizeof(T))
            throw std::bad_alloc();
        const std::size_t size = count * sizeof(T);
        if (!isLarge(size))
            return static_cast<T *>(allocateSmall(size));
        void *const block = ::operator new(size, Alignment);
#ifdef Q_OS_LINUX
        // A failure has no effect. The end of the block is excluded, since it may share a page with
        // other data.
        ::madvise(block, size / HugePage * HugePage, MADV_HUGEPAGE);
#endif
        return static_cast<T *>(block);
    }
    void deallocate(T *block, std::size_t count) noexcept
    {
        if (isLarge(count * sizeof(T)))
            ::operator delete(block, Alignment);
        else if constexpr (IsOverAligned)
            ::operator delete(block, SmallAlignment);
        else
            ::operator delete(block);
    }

    friend bool operator==(const HugePageAllocator & /*lhs*/, const HugePageAllocator & /*rhs*/)
    {
        return true;
    }
    friend bool operator!=(const HugePageAllocator & /*lhs*/, const HugePageAllocator & /*rhs*/)
    {
        return false;
    }

private:
    static constexpr std::size_t HugePage = std::size_t{2} * 1024 * 1024; // of x86-64 and ARM
    static constexpr std::align_val_t Alignment{HugePage};
    static constexpr std::align_val_t SmallAlignment{alignof(T)};
    static constexpr bool IsOverAligned = alignof(T) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;

    static void *allocateSmall(std::size_t size)
    {
        if constexpr (IsOverAligned)
            return ::operator new(size, SmallAlignment);
        else
            return ::operator new(size);
    }

    static bool isLarge(std::size_t size)
    {
        return size >= HugePage;
    }
};

template <typename T>
using HugePageBlock = std::vector<T, HugePageAllocator<T>>;

// Frees unused memory of a block, unless that is little: shrinking copies the contents.
template <typename T>
void shrink(HugePageBlock<T> *block)
{
    if (block->capacity() - block->size() > block->size() / 16)
        block->shrink_to_fit();
}

} // namespace QZap::Internal

#endif // QZAP_BASE_HUGEPAGEALLOCATOR_H
