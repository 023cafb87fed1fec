// ApiClient: calls of Lakegate's API as a credentials file allows them, with one token for the whole process.
#pragma once

#include <boost/json.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "cli/http_client.h"
#include "cli/target.h"

namespace lakegate::cli {

inline constexpr std::string_view import_root = "/data/foundation/import";
inline constexpr std::string_view catalog_root = "/data/foundation/catalog";
inline constexpr std::chrono::seconds usual_patience{10};
inline constexpr std::string_view registry_root = "/data/foundation/schemaregistry";

// The process's access token, fetched when first needed and once more when the server refuses it. Thread-safe.
class TokenHolder {
 public:
  explicit TokenHolder(Target target) : target_(std::move(target)) {}

  const Target& target() const { return target_; }
  Result<std::string> token(HttpClient& http);
  // Drops `used`, unless another thread replaced it already.
  void forget(const std::string& used);
  // Whether the server ever answered this process: if not, an unreachable one is no passing trouble.
  bool reached() const { return reached_; }
  void set_reached() { reached_ = true; }
  // What the token route answered, for `lakegate token --json`.
  static Result<boost::json::object> fetch(HttpClient& http, const Target& target);

 private:
  const Target target_;
  std::atomic<bool> reached_{false};
  std::mutex mutex_;
  std::string token_;  // guarded by mutex_
};

struct ApiCall {
  std::string method = "GET";
  std::string path = {};                  // from the root, encoded, with query
  std::vector<std::string> headers = {};  // beside the usual ones
  std::variant<std::monostate, std::string, FileBytes> body = {};
  std::function<void(int64_t)> on_sent = {};
  std::function<void(std::string_view)> on_received = {};  // as of HttpRequest
  std::function<bool()> stops = {};
};

// One thread at a time; make one for each thread, sharing the holder.
class ApiClient {
 public:
  explicit ApiClient(std::shared_ptr<TokenHolder> holder, std::chrono::seconds patience = usual_patience)
      : holder_(std::move(holder)), patience_(patience), http_(holder_->target().ca_file) {}

  const std::shared_ptr<TokenHolder>& holder() const { return holder_; }
  const Target& target() const { return holder_->target(); }
  void set_patience(std::chrono::seconds patience) { patience_ = patience; }

  // A 2xx answer. Other answers are errors whose message is the server's own, with its code. Retries what is safe to
  // repeat (in this API everything, where POSTs that create carry an Idempotency-Key) while server or network are
  // unavailable, with growing pauses until the patience is over.
  Result<HttpAnswer> send(const ApiCall& call);

  // The same with JSON in and out; an empty answer is null.
  Result<boost::json::value> get(std::string path, std::string_view accept = "application/json");
  Result<boost::json::value> post(std::string path, const boost::json::value& body);
  Result<boost::json::value> post_empty(std::string path);
  // With an Idempotency-Key of its own, for what must not happen twice.
  Result<boost::json::value> post_once(std::string path, const boost::json::value& body);
  Result<boost::json::value> patch(std::string path, const boost::json::value& body);
  Result<boost::json::value> remove(std::string path);
  // Any other method, with JSON.
  Result<boost::json::value> exchange(std::string method, std::string path, const boost::json::value& body);

 private:
  Result<HttpAnswer> send_once(const ApiCall& call);
  Result<boost::json::value> send_json(const ApiCall& call);

  std::shared_ptr<TokenHolder> holder_;
  std::chrono::seconds patience_;
  HttpClient http_;
};

// "LG-1100-404: No batch …" out of any of the server's error forms. Kind by HTTP status.
Error error_of(const HttpAnswer& answer);

}  // namespace lakegate::cli
