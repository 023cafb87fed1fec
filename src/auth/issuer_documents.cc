#include "auth/issuer_documents.h"

#include <curl/curl.h>

#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "auth/error_codes.h"
#include "auth/issuer_address.h"

namespace lakegate::auth {
namespace {

constexpr size_t waiting_max = 1024;  // several for each issuer that there can be

struct Fetch {
  std::string url;
  size_t bytes_max = 0;
  IssuerDocuments::Done done;
  std::string body;
  bool too_large = false;
  char reason[CURL_ERROR_SIZE] = {};
};

size_t take_body(char* data, size_t size, size_t count, void* user) {
  auto& fetch = *static_cast<Fetch*>(user);
  fetch.too_large = fetch.body.size() + size * count > fetch.bytes_max;
  if (fetch.too_large) return 0;
  fetch.body.append(data, size * count);
  return size * count;
}

Result<std::string> outcome(CURL* handle, CURLcode code, Fetch& fetch) {
  if (fetch.too_large) return fail(codes::issuer_unreachable, "{} has more than {} bytes.", fetch.url, fetch.bytes_max);
  if (code != CURLE_OK)
    return fail(codes::issuer_unreachable, "No answer from {}: {}.", fetch.url,
                fetch.reason[0] != '\0' ? fetch.reason : curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) {
    return fail(codes::issuer_unreachable, "{} answered {}{}; expected 200.", fetch.url, status,
                status >= 300 && status < 400 ? ", a redirect, which is not followed" : "");
  }
  return std::move(fetch.body);
}

class CurlDocuments final : public IssuerDocuments {
 public:
  explicit CurlDocuments(IssuerDocumentSettings settings)
      : settings_(std::move(settings)), thread_([this] { run(); }) {}
  ~CurlDocuments() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    for (const auto& [handle, fetch] : running_) end(handle);
    curl_multi_cleanup(multi_);
    curl_slist_free_all(headers_);
  }
  CurlDocuments(const CurlDocuments&) = delete;
  CurlDocuments& operator=(const CurlDocuments&) = delete;

  void get(const std::string& url, size_t bytes_max, Done done) override {
    std::unique_lock lock(mutex_);
    if (waiting_.size() >= waiting_max) {
      lock.unlock();
      return done(fail(codes::issuer_unreachable, "{} fetches wait already.", waiting_max));
    }
    Fetch& fetch = *waiting_.emplace_back(std::make_unique<Fetch>());
    fetch.url = url;
    fetch.bytes_max = bytes_max;
    fetch.done = std::move(done);
    lock.unlock();
    curl_multi_wakeup(multi_);
  }

 private:
  void run() {
    while (take_waiting()) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      finish();
      curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
  }

  // False: it is to end.
  bool take_waiting() {
    std::vector<std::unique_ptr<Fetch>> taken;
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return false;
      taken.swap(waiting_);
    }
    for (auto& fetch : taken) begin(std::move(fetch));
    return true;
  }

  void begin(std::unique_ptr<Fetch> fetch) {
    CURL* handle = curl_easy_init();
    if (handle == nullptr) return fetch->done(fail(codes::issuer_unreachable, "libcurl does not start."));
    set(handle, *fetch);
    running_.emplace(handle, std::move(fetch));
    curl_multi_add_handle(multi_, handle);
  }

  void set(CURL* handle, Fetch& fetch) const {
    curl_easy_setopt(handle, CURLOPT_URL, fetch.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");  // which of them was decided with the address
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "lakegate/" LAKEGATE_VERSION);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_time.count()));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(settings_.time.count()));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &fetch);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, fetch.reason);
    if (!settings_.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, settings_.ca_file.c_str());
    const auto address = read_jwks_address(fetch.url);
    if (address && address->loopback) curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
  }

  void finish() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* handle = message->easy_handle;
      const CURLcode code = message->data.result;
      const auto found = running_.find(handle);
      const std::unique_ptr<Fetch> fetch = std::move(found->second);
      running_.erase(found);
      Result<std::string> result = outcome(handle, code, *fetch);
      end(handle);
      fetch->done(std::move(result));
    }
  }

  void end(CURL* handle) {
    curl_multi_remove_handle(multi_, handle);
    curl_easy_cleanup(handle);
  }

  const IssuerDocumentSettings settings_;
  CURLM* const multi_ = curl_multi_init();
  curl_slist* const headers_ = curl_slist_append(nullptr, "Accept: application/json, application/jwk-set+json");
  std::map<CURL*, std::unique_ptr<Fetch>> running_;  // the thread's own while it runs

  std::mutex mutex_;
  std::vector<std::unique_ptr<Fetch>> waiting_;  // guarded by mutex_
  bool ending_ = false;                          // guarded by mutex_

  std::thread thread_;  // last: it uses all of them
};

}  // namespace

std::unique_ptr<IssuerDocuments> curl_issuer_documents(IssuerDocumentSettings settings) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)started;
  return std::make_unique<CurlDocuments>(std::move(settings));
}

}  // namespace lakegate::auth
