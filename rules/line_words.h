#pragma once
// Words in one stretch of memory that begins at a cache line, so that whoever fills it can tell by a place alone which
// line it is in. What the matcher visits once in a thousand events comes from far memory line by line.
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace sagewatch {

inline constexpr std::size_t line_bytes = 64;
inline constexpr std::size_t line_words = line_bytes / sizeof(std::uint32_t);

inline constexpr std::size_t huge_page = std::size_t{2} << 20;

// Of what is larger than a huge page, Linux is asked for huge ones, where it gives them to who asks: finding where a
// line stands costs as much as the line does if each is in a small page of its own.
template <class T>
struct LineAllocator {
  using value_type = T;
  LineAllocator() = default;
  template <class U>
  explicit LineAllocator(const LineAllocator<U>& /*other*/) {}
  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    void* at = ::operator new(bytes, alignment(bytes));
#if defined(__linux__)
    if (bytes >= huge_page) madvise(at, bytes, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(at);
  }
  void deallocate(T* at, std::size_t count) { ::operator delete(at, alignment(count * sizeof(T))); }
  static std::align_val_t alignment(std::size_t bytes) {
    return std::align_val_t{bytes >= huge_page ? huge_page : line_bytes};
  }
  bool operator==(const LineAllocator& /*other*/) const { return true; }
};

using LineWords = std::vector<std::uint32_t, LineAllocator<std::uint32_t>>;

// Lets what is added next, of that many words, not begin in one line and end in another if it fits into one.
inline void keep_in_line(LineWords& words, std::size_t size) {
  const std::size_t used = words.size() % line_words;
  if (used != 0 && size <= line_words && used + size > line_words) words.resize(words.size() + line_words - used);
}

}  // namespace sagewatch
