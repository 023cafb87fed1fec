#include "ledger/regular_expressions.h"

#include <re2/re2.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <memory>
#include <string>

#include "base/error_codes.h"
#include "model/error_codes.h"

namespace lakegate::ledger {
namespace {

using namespace sqlite_api;  // SOCI keeps SQLite's names there

RE2::Options options() {
  RE2::Options made;
  made.set_log_errors(false);
  made.set_max_mem(1 << 20);
  return made;
}

re2::StringPiece text_of(sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return {text == nullptr ? "" : text, static_cast<size_t>(sqlite3_value_bytes(value))};
}

void drop(void* expression) { delete static_cast<RE2*>(expression); }

// `b REGEXP a` is regexp(a, b). The compiled expression stays with the statement as long as its text does.
void regexp(sqlite3_context* context, int, sqlite3_value** values) {
  if (sqlite3_value_type(values[1]) == SQLITE_NULL) return sqlite3_result_null(context);
  auto* expression = static_cast<RE2*>(sqlite3_get_auxdata(context, 0));
  std::unique_ptr<RE2> made;
  if (expression == nullptr) {
    made = std::make_unique<RE2>(text_of(values[0]), options());
    expression = made.get();
  }
  const bool found = expression->ok() && RE2::PartialMatch(text_of(values[1]), *expression);
  sqlite3_result_int(context, found ? 1 : 0);
  // It may be dropped at once, so that this comes last.
  if (made) sqlite3_set_auxdata(context, 0, made.release(), drop);
}

}  // namespace

Status check_regular_expression(std::string_view expression) {
  if (expression.size() > regular_expression_bytes_max) {
    return fail(codes::list_parameter_invalid, "The regular expression has {} bytes; expected at most {}",
                expression.size(), regular_expression_bytes_max);
  }
  const RE2 compiled(re2::StringPiece(expression.data(), expression.size()), options());
  if (compiled.ok()) return {};
  return fail(codes::list_parameter_invalid,
              "The regular expression \"{}\" cannot be used: {}. Expressions are those of RE2, without look-around and "
              "back references",
              expression, compiled.error());
}

Status add_regular_expressions(soci::session& session) {
  auto* handle = static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
  const int code = sqlite3_create_function_v2(handle, "regexp", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, regexp,
                                              nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return fail(codes::internal, "SQLite takes no function (SQLite {})", code);
}

}  // namespace lakegate::ledger
