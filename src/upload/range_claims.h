// Range claims: which bytes of which object some running request is writing right now. In memory only: after a crash
// no request runs. What is durable is in the ledger; a claim covers the time before that.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "model/batch_file.h"
#include "model/ids.h"

namespace lakegate::upload {

// Thread-safe. Must outlive its claims.
class RangeClaims {
  struct Entry;

 public:
  // Owns a range until it goes. Movable.
  class Claim {
   public:
    Claim() = default;
    Claim(Claim&& other) noexcept : claims_(std::exchange(other.claims_, nullptr)), entry_(std::move(other.entry_)) {}
    Claim& operator=(Claim&& other) noexcept;
    ~Claim() { release(); }
    void release();

   private:
    friend class RangeClaims;
    Claim(RangeClaims* claims, std::shared_ptr<Entry> entry) : claims_(claims), entry_(std::move(entry)) {}
    RangeClaims* claims_ = nullptr;
    std::shared_ptr<Entry> entry_;
  };

  // Somebody else writes there now.
  struct Busy {
    ByteRange range;          // theirs
    bool same_range = false;  // the very same: they were asked to give up, ask again once they let go
  };

  // `give_up` asks the holder to end early: called at most once, from any thread, with no lock of ours held; it must
  // only post. The holder keeps the range until its Claim goes, since its last write may still be under way.
  std::variant<Claim, Busy> claim(const ObjectKey& object, ByteRange range, std::function<void()> give_up);

  // Calls `then` once no claim on exactly this range is left: at once, or from the thread that lets go. It must only
  // post.
  void when_free(const ObjectKey& object, ByteRange range, std::function<void()> then);

  // Claims now held, for tests and metrics.
  size_t count() const;

 private:
  struct Entry {
    ObjectKey object;
    ByteRange range;
    std::function<void()> give_up;  // empty once called
    std::vector<std::function<void()>> waiting;
  };

  std::shared_ptr<Entry> find(const ObjectKey& object, ByteRange range) const;

  mutable std::mutex mutex_;
  std::unordered_map<ObjectKey, std::vector<std::shared_ptr<Entry>>>
      by_object_;  // guarded by mutex_; so are the entries
};

}  // namespace lakegate::upload
