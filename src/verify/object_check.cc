#include <fmt/format.h>

#include "base/error_codes.h"
#include "base/sha256.h"
#include "columnar/content_hash.h"
#include "columnar/footer.h"
#include "ledger/epochs.h"
#include "ledger/inspection.h"
#include "ledger/objects.h"
#include "model/validation_report_json.h"
#include "objects/file_io.h"
#include "verify/finding_kinds.h"
#include "verify/inspector.h"

namespace lakegate::verify {
namespace {

using ledger::InspectedObject;
using ledger::ObjectState;

constexpr int64_t page_objects = 1'000;
constexpr int64_t digest_piece_bytes = 1 << 20;

std::string name_of(const InspectedObject& row) {
  if (!row.is_file) return row.key.text();
  return fmt::format("{} (file {} of batch {})", row.key, row.path, row.batch_id);
}

std::string bytes_text(int64_t bytes) { return fmt::format("{} bytes", bytes); }

Result<std::string> sha256_of(int fd, int64_t size, std::string_view what) {
  Sha256 digest;
  for (int64_t offset = 0; offset < size; offset += digest_piece_bytes) {
    LG_ASSIGN(const auto piece, objects::read_up_to(fd, offset, std::min(digest_piece_bytes, size - offset), what));
    digest.update(piece);
  }
  return std::move(digest).hex();
}

// Looks at one live object's bytes.
class ObjectCheck {
 public:
  ObjectCheck(Inspector& inspector, const InspectedObject& row) : inspector_(inspector), row_(row) {}

  Status run() {
    const auto opened = inspector_.objects.open(row_.key);
    if (!opened && opened.error().kind() == ErrorKind::not_found) {
      inspector_.find(kinds::object_missing, name_of(row_), "no such object", bytes_text(row_.least_bytes()));
      return {};
    }
    if (!opened) return unreadable(opened.error().message);
    if (opened->size_bytes < row_.least_bytes()) {
      inspector_.find(kinds::object_short, name_of(row_), bytes_text(opened->size_bytes),
                      bytes_text(row_.least_bytes()));
      return {};
    }
    LG_TRY(check_tail(opened->size_bytes));
    if (inspector_.quick || !row_.is_file || !row_.complete) return {};
    try {
      LG_TRY(check_content(opened->fd.get()));
      check_footer(opened->fd.get());
    } catch (const columnar::ReadFailure& failure) {
      return unreadable(fmt::format("read error {} at byte {}", failure.error_number, failure.offset));
    }
    return {};
  }

 private:
  Status unreadable(std::string found) {
    inspector_.find(kinds::object_unreadable, name_of(row_), std::move(found), "bytes that can be read");
    return {};
  }

  // Parts behind those held are no garbage: the client's next try overwrites them.
  Status check_tail(int64_t size) {
    const bool has_end = row_.manifest_bytes || (row_.is_file && row_.complete);
    if (!has_end || size == row_.least_bytes()) return {};
    const bool repaired = inspector_.repair;
    if (repaired) LG_TRY(inspector_.objects.append_tail(row_.key, row_.least_bytes(), {}));
    inspector_.find(kinds::tail_unfinished, name_of(row_), bytes_text(size), bytes_text(row_.least_bytes()), repaired);
    return {};
  }

  Status check_content(int fd) {
    inspector_.checked.bytes_hashed += row_.sent_bytes;
    if (row_.report) {
      const auto report = validation_report_from_json(*row_.report);
      if (!report) {
        inspector_.find(kinds::report_unreadable, name_of(row_), report.error().message, "a report that can be read");
        return {};
      }
      const uint64_t hash = columnar::content_xxh3(fd, row_.sent_bytes);
      if (hash != report->content_xxh3) {
        inspector_.find(kinds::content_changed, name_of(row_), fmt::format("XXH3 {:016x}", hash),
                        fmt::format("{:016x}, as judged", report->content_xxh3));
      }
    }
    if (row_.sha256.empty()) return {};
    LG_ASSIGN(const std::string digest, sha256_of(fd, row_.sent_bytes, row_.key.text()));
    if (digest != row_.sha256) {
      inspector_.find(kinds::digest_changed, name_of(row_), "SHA-256 " + digest, row_.sha256 + ", as sent");
    }
    return {};
  }

  void check_footer(int fd) {
    if (!row_.table_bytes) return;
    const auto footer = columnar::read_footer(fd, *row_.table_bytes);
    if (!footer) {
      inspector_.find(kinds::footer_unreadable, name_of(row_), footer.error().found, footer.error().expected);
    } else if (footer->metadata.num_rows != *row_.record_count) {
      inspector_.find(kinds::footer_rows, name_of(row_), fmt::format("{} rows", footer->metadata.num_rows),
                      fmt::format("{} rows", *row_.record_count));
    }
  }

  Inspector& inspector_;
  const InspectedObject& row_;
};

// No server runs on the folder: what is being written will never be finished.
// A row without bytes is none: an object that was begun ahead of its use. The next start forgets it.
Status check_unfinished(Inspector& inspector, const InspectedObject& row) {
  const auto opened = inspector.objects.open(row.key);
  if (!opened && opened.error().kind() == ErrorKind::not_found) return {};
  if (inspector.repair) {
    LG_TRY(inspector.objects.remove(row.key));
    LG_TRY(inspector.ledger.write([&](Tx& tx) -> Status {
      LG_ASSIGN(const int64_t epoch, ledger::current_epoch(tx));
      return ledger::forget_object(tx, row.key, epoch + 1);
    }));
  }
  inspector.find(kinds::object_unfinished, row.key.text(),
                 (opened ? bytes_text(opened->size_bytes) : "bytes that cannot be read") +
                     ", of an upload or a round that was cut short",
                 "nothing", inspector.repair);
  return {};
}

Status check_object(Inspector& inspector, const InspectedObject& row) {
  switch (row.state) {
    case ObjectState::live: return ObjectCheck(inspector, row).run();
    case ObjectState::writing: return check_unfinished(inspector, row);
    case ObjectState::condemned: ++inspector.checked.condemned; return {};
  }
  return {};
}

}  // namespace

Status check_objects(Inspector& inspector) {
  LG_ASSIGN(const ledger::ObjectTotals totals,
            inspector.ledger.read([](ReadTx& tx) { return ledger::count_objects(tx); }));
  int64_t last = 0;
  while (true) {
    LG_ASSIGN(const std::vector<InspectedObject> page,
              inspector.ledger.read([&](ReadTx& tx) { return ledger::inspect_objects(tx, last, page_objects); }));
    for (const InspectedObject& row : page) {
      LG_TRY(check_object(inspector, row));
      ++inspector.checked.objects;
      if (inspector.quick) {
        inspector.progress("objects", inspector.checked.objects, totals.object_count);
      } else {
        inspector.progress("objects", inspector.checked.objects * 4096 + inspector.checked.bytes_hashed,
                           totals.object_count * 4096 + totals.sent_bytes);
      }
    }
    if (static_cast<int64_t>(page.size()) < page_objects) return {};
    last = page.back().number;
  }
}

}  // namespace lakegate::verify
