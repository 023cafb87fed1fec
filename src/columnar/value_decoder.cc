#include "columnar/value_decoder.h"

#include <fmt/core.h>
#include <parquet/encoding.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "columnar/arrow_guard.h"
#include "columnar/scan.h"

namespace lakegate::columnar {
namespace {

const uint8_t* unsigned_bytes(std::span<const char> bytes) { return reinterpret_cast<const uint8_t*>(bytes.data()); }

bool is_dictionary_encoding(Encoding encoding) {
  return encoding == Encoding::plain_dictionary || encoding == Encoding::rle_dictionary;
}

bool is_allowed(Encoding encoding, PhysicalType type) {
  const bool integer = type == PhysicalType::int32 || type == PhysicalType::int64;
  const bool number = integer || type == PhysicalType::float32 || type == PhysicalType::float64;
  switch (encoding) {
    case Encoding::plain: return true;
    case Encoding::rle: return type == PhysicalType::boolean;
    case Encoding::delta_binary_packed: return integer;
    case Encoding::byte_stream_split: return number;
    case Encoding::delta_length_byte_array:
    case Encoding::delta_byte_array: return type == PhysicalType::byte_array;
    case Encoding::plain_dictionary:
    case Encoding::rle_dictionary: return type != PhysicalType::boolean;
    case Encoding::bit_packed: return false;
  }
  return false;
}

// DType: Parquet's description of a physical type. T: what we answer with.
template <class DType, class T>
class TypedValueDecoder final : public ValueDecoder {
 public:
  TypedValueDecoder(const std::string& path, MemoryBudget& budget)
      : path_(path),
        pool_(budget),
        index_decoder_(parquet::MakeDictDecoder<parquet::Int32Type>(nullptr, &pool_)),
        batch_(batch_values_max),
        dictionary_bytes_(budget),
        dictionary_(budget) {}

  Check set_dictionary(std::span<const char> body, int32_t count) override {
    const auto size = static_cast<size_t>(count);
    const size_t entry_bytes_min = is_text ? sizeof(uint32_t) : sizeof(T);
    if (count < 0 || size > body.size() / entry_bytes_min) {
      return corrupt(fmt::format("a dictionary of {} entries in {} bytes", count, body.size()), "a whole dictionary");
    }
    if (!dictionary_bytes_.reserve(body.size()) || !dictionary_.reserve(size)) throw std::bad_alloc();
    if (!body.empty()) std::memcpy(dictionary_bytes_.data(), body.data(), body.size());
    rest_ = {dictionary_bytes_.data(), body.size()};
    LG_TRY(plain(dictionary_.data(), size));
    dictionary_size_ = size;
    return plain_end("dictionary");
  }

  Values dictionary() const override { return std::span<const T>(dictionary_.data(), dictionary_size_); }

  Check begin(Encoding encoding, std::span<const char> body, int32_t entries) override {
    if (!is_allowed(encoding, static_cast<PhysicalType>(DType::type_num))) {
      return corrupt(fmt::format("values of encoding {}", static_cast<int32_t>(encoding)), "an encoding for this type");
    }
    encoding_ = encoding;
    holds_indices = is_dictionary_encoding(encoding);
    rest_ = body;
    bits_taken_ = 0;
    if (encoding == Encoding::plain) return {};
    const auto size = static_cast<int>(body.size());
    return guarded(path_, [&] {
      if (holds_indices) return index_decoder_->SetData(entries, unsigned_bytes(body), size);
      auto& decoder = decoders_[static_cast<size_t>(encoding)];
      if (decoder == nullptr) {
        decoder = parquet::MakeTypedDecoder<DType>(static_cast<parquet::Encoding::type>(encoding), nullptr, &pool_);
      }
      decoder->SetData(entries, unsigned_bytes(body), size);
    });
  }

  Checked<Values> values(int32_t count) override {
    assert(!holds_indices && static_cast<size_t>(count) <= batch_values_max);
    const auto size = static_cast<size_t>(count);
    if (encoding_ == Encoding::plain) {
      LG_TRY(plain(batch_.data(), size));
    } else {
      LG_TRY(decode(size));
    }
    return Values(std::span<const T>(batch_.data(), size));
  }

  Checked<std::span<const int32_t>> indices(int32_t count) override {
    int decoded = 0;
    LG_TRY(guarded(path_, [&] { decoded = index_decoder_->DecodeIndices(count, indices_.data()); }));
    if (decoded != count) return too_few();
    const std::span<const int32_t> found(indices_.data(), static_cast<size_t>(count));
    const uint32_t largest = largest_index(found);
    if (count > 0 && largest >= dictionary_size_) {
      return corrupt(fmt::format("dictionary index {}", largest), fmt::format("indices below {}", dictionary_size_));
    }
    return found;
  }

  Check end() override { return encoding_ == Encoding::plain ? plain_end("page") : Check{}; }

 private:
  static constexpr size_t batch_values_max = 4096;
  static constexpr bool is_text = std::is_same_v<T, std::string_view>;
  static constexpr bool is_boolean = std::is_same_v<T, uint8_t>;

  std::unexpected<Violation> corrupt(std::string found, std::string expected) const {
    return refuse(violations::corrupt, path_, std::move(found), std::move(expected));
  }
  std::unexpected<Violation> too_few() const {
    return refuse(violations::counts_mismatch, path_, "a page with fewer values than entries that are not null",
                  "a value for each of them");
  }
  std::unexpected<Violation> too_long(size_t bytes) const {
    return refuse(violations::over_limit, path_, fmt::format("a value of {} bytes", bytes),
                  fmt::format("at most {} bytes", value_bytes_max), "Shorten the value.");
  }

  // Takes `count` plain values from the front of rest_.
  Check plain(T* into, size_t count) {
    if constexpr (is_boolean) {
      if ((bits_taken_ + count + 7) / 8 > rest_.size()) return too_few();
      for (size_t i = 0; i < count; ++i, ++bits_taken_) {
        into[i] = static_cast<uint8_t>(rest_[bits_taken_ / 8]) >> (bits_taken_ % 8) & 1;
      }
    } else if constexpr (is_text) {
      const char* position = rest_.data();
      const char* const end = position + rest_.size();
      for (size_t i = 0; i < count; ++i) {
        uint32_t length = 0;
        if (end - position < static_cast<ptrdiff_t>(sizeof(length))) return too_few();
        std::memcpy(&length, position, sizeof(length));
        position += sizeof(length);
        if (length > end - position) return too_few();
        if (length > value_bytes_max) return too_long(length);
        into[i] = {position, length};
        position += length;
      }
      rest_ = {position, end};
    } else {
      if (count > rest_.size() / sizeof(T)) return too_few();
      if (count != 0) std::memcpy(into, rest_.data(), count * sizeof(T));
      rest_ = rest_.subspan(count * sizeof(T));
    }
    return {};
  }

  // Writers may pad the bits of booleans.
  Check plain_end(std::string_view what) const {
    if (is_boolean || rest_.empty()) return {};
    return refuse(violations::counts_mismatch, path_,
                  fmt::format("{} bytes behind the last value of a {}", rest_.size(), what), "none");
  }

  Check decode(size_t count) {
    auto* const decoder = decoders_[static_cast<size_t>(encoding_)].get();
    int decoded = 0;
    const auto wanted = static_cast<int>(count);
    if constexpr (is_text) {
      texts_.resize(batch_values_max);
      LG_TRY(guarded(path_, [&] { decoded = decoder->Decode(texts_.data(), wanted); }));
      for (size_t i = 0; i < static_cast<size_t>(decoded); ++i) {
        if (texts_[i].len > value_bytes_max) return too_long(texts_[i].len);
        batch_[i] = {reinterpret_cast<const char*>(texts_[i].ptr), texts_[i].len};
      }
    } else if constexpr (is_boolean) {
      LG_TRY(guarded(path_, [&] { decoded = decoder->Decode(booleans_.data(), wanted); }));
      std::copy_n(booleans_.data(), static_cast<size_t>(decoded), batch_.data());
    } else {
      LG_TRY(guarded(path_, [&] { decoded = decoder->Decode(batch_.data(), wanted); }));
    }
    if (decoded != wanted) return too_few();
    return {};
  }

  const std::string& path_;
  BudgetedPool pool_;
  std::unique_ptr<parquet::DictDecoder<parquet::Int32Type>> index_decoder_;
  std::array<std::unique_ptr<typename parquet::EncodingTraits<DType>::Decoder>, 10> decoders_;  // by encoding

  Encoding encoding_ = Encoding::plain;
  std::span<const char> rest_;  // plain: what is not taken yet; of booleans: all
  size_t bits_taken_ = 0;       // plain booleans
  std::vector<T> batch_;
  std::array<int32_t, batch_values_max> indices_;
  std::vector<parquet::ByteArray> texts_;
  std::array<bool, is_boolean ? batch_values_max : 1> booleans_;
  BudgetedBuffer<char> dictionary_bytes_;
  BudgetedBuffer<T> dictionary_;
  size_t dictionary_size_ = 0;
};

}  // namespace

std::unique_ptr<ValueDecoder> ValueDecoder::make(PhysicalType type, const std::string& path, MemoryBudget& budget) {
  switch (type) {
    case PhysicalType::boolean: return std::make_unique<TypedValueDecoder<parquet::BooleanType, uint8_t>>(path, budget);
    case PhysicalType::int32: return std::make_unique<TypedValueDecoder<parquet::Int32Type, int32_t>>(path, budget);
    case PhysicalType::int64: return std::make_unique<TypedValueDecoder<parquet::Int64Type, int64_t>>(path, budget);
    case PhysicalType::float32: return std::make_unique<TypedValueDecoder<parquet::FloatType, float>>(path, budget);
    case PhysicalType::float64: return std::make_unique<TypedValueDecoder<parquet::DoubleType, double>>(path, budget);
    case PhysicalType::byte_array:
      return std::make_unique<TypedValueDecoder<parquet::ByteArrayType, std::string_view>>(path, budget);
    case PhysicalType::int96:
    case PhysicalType::fixed_byte_array: break;
  }
  assert(false);
  return nullptr;
}

}  // namespace lakegate::columnar
