#pragma once
// Memory that begins at a cache line, for tables so large that each look at them goes to far memory. Of a large one
// Linux is asked for huge pages, where it gives them to who asks: finding where a line stands costs as much as the line
// does if each is in a small page of its own.
#include <cstddef>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace sagewatch {

inline constexpr std::size_t line_bytes = 64;
inline constexpr std::size_t huge_page = std::size_t{2} << 20;

// A page is huge only as a whole: what nearly fills its last one gets all of it, and nothing else takes more than it
// asks.
constexpr std::size_t bytes_taken(std::size_t bytes) {
  const std::size_t missing = (huge_page - bytes % huge_page) % huge_page;
  return missing <= huge_page / 16 ? bytes + missing : bytes;
}

template <class T>
struct LineAllocator {
  using value_type = T;
  LineAllocator() = default;
  template <class U>
  explicit LineAllocator(const LineAllocator<U>& /*other*/) {}
  T* allocate(std::size_t count) {
    const std::size_t bytes = bytes_taken(count * sizeof(T));
    void* at = ::operator new(bytes, alignment(bytes));
#if defined(__linux__)
    if (bytes >= huge_page) madvise(at, bytes, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(at);
  }
  void deallocate(T* at, std::size_t count) { ::operator delete(at, alignment(bytes_taken(count * sizeof(T)))); }
  bool operator==(const LineAllocator& /*other*/) const { return true; }

 private:
  static std::align_val_t alignment(std::size_t bytes) {
    return std::align_val_t{bytes >= huge_page ? huge_page : line_bytes};
  }
};

}  // namespace sagewatch
