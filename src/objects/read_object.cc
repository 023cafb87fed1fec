#include "objects/read_object.h"

#include "base/error_codes.h"
#include "objects/file_io.h"

namespace lakegate {

Result<std::string> read_object(ObjectStore& objects, const ObjectKey& key, int64_t size_bytes) {
  LG_ASSIGN(const OpenObject object, objects.open(key));
  if (object.size_bytes != size_bytes) {
    return fail(codes::corrupt, "Object {} has {} bytes where {} were written", key, object.size_bytes, size_bytes);
  }
  LG_ASSIGN(const std::vector<std::byte> bytes, objects::read_up_to(object.fd.get(), 0, size_bytes, key.text()));
  if (static_cast<int64_t>(bytes.size()) != size_bytes) {
    return fail(codes::corrupt, "Object {} ends at byte {} of {}", key, bytes.size(), size_bytes);
  }
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace lakegate
