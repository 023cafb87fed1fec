// ReadBuffer: bytes that came in and were not used yet: a head, and what the client sent right behind it.
#pragma once

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace lakegate::http {

// Small at first, grows only while a long head comes in. One thread.
class ReadBuffer {
 public:
  static constexpr size_t bytes_at_first = 4 * 1024;

  std::span<char> bytes() { return {storage_.get() + begin_, end_ - begin_}; }
  std::string_view view() const { return {storage_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  void consume(size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  // Room for more, one byte at least; may move what is held. Then: added().
  boost::asio::mutable_buffer room() {
    compact();
    if (end_ == capacity_) resize(std::max(bytes_at_first, capacity_ * 2));
    return {storage_.get() + end_, capacity_ - end_};
  }
  void added(size_t count) { end_ += count; }

  // Back to the first size, if what is held allows it.
  void shrink() {
    compact();
    if (capacity_ > bytes_at_first && end_ <= bytes_at_first) resize(bytes_at_first);
  }

 private:
  void compact() {
    if (begin_ == 0) return;
    std::memmove(storage_.get(), storage_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }

  void resize(size_t capacity) {
    auto moved = std::make_unique_for_overwrite<char[]>(capacity);
    if (end_ > 0) std::memcpy(moved.get(), storage_.get(), end_);
    storage_ = std::move(moved);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> storage_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace lakegate::http
