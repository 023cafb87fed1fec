#include "delivery/webhook_client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/bell.h"

namespace lakegate::delivery {
namespace {

constexpr int poll_ms = 60'000;  // a request that comes, and one that ends, wake it before
constexpr int64_t retry_after_seconds_max = 365LL * 24 * 3600;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using TextList = std::unique_ptr<curl_slist, FreeList>;

TextList text_list(const std::vector<std::string>& texts) {
  TextList list;
  for (const std::string& text : texts) list.reset(curl_slist_append(list.release(), text.c_str()));
  return list;
}

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

// One request on its way. Its place in memory is known to libcurl.
struct Transfer {
  WebhookClient::Owner owner = 0;
  WebhookRequest request;
  WebhookClient::Done done;
  const WebhookClientSettings& settings;
  TextList headers = {};
  std::unique_ptr<CURL, FreeHandle> handle{curl_easy_init()};
  size_t answer_bytes = 0;
  bool address_refused = false;
  char reason[CURL_ERROR_SIZE] = {};
};

size_t drop_body(char*, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.answer_bytes += size * count;
  return transfer.answer_bytes > transfer.settings.answer_bytes_max ? 0 : size * count;
}

// The address is what the name meant at last: nothing comes between this look and the connection.
curl_socket_t open_socket(void* user, curlsocktype purpose, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (purpose != CURLSOCKTYPE_IPCXN || !transfer.settings.addresses.allows(address->addr)) {
    transfer.address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

void set_up(Transfer& transfer, curl_slist* resolved) {
  CURL* curl = transfer.handle.get();
  const WebhookClientSettings& settings = transfer.settings;
  transfer.headers = text_list(transfer.request.headers);
  curl_easy_setopt(curl, CURLOPT_URL, transfer.request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, transfer.request.body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.request.body.size()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transfer.headers.get());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "lakegate/" LAKEGATE_VERSION);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);  // else who ends waits for a name server that is silent
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!settings.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer.reason);
  curl_easy_setopt(curl, CURLOPT_PRIVATE, &transfer);
  if (resolved != nullptr) curl_easy_setopt(curl, CURLOPT_RESOLVE, resolved);
}

// libcurl's own words name addresses, which are nobody's business.
std::string failure_text(const Transfer& transfer, CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST: return "The host's name could not be resolved.";
    case CURLE_COULDNT_CONNECT: return "The connection was refused, or no answer came to it.";
    case CURLE_OPERATION_TIMEDOUT: return fmt::format("No complete answer within {} ms.", transfer.settings.timeout);
    case CURLE_GOT_NOTHING: return "The connection was closed without an answer.";
    default: return fmt::format("{}.", transfer.reason[0] != '\0' ? transfer.reason : curl_easy_strerror(code));
  }
}

WebhookAnswer answer_of(const Transfer& transfer, CURLcode code) {
  CURL* curl = transfer.handle.get();
  if (transfer.address_refused && code != CURLE_OK) {
    return {.failure =
                "The host has an address that this server does not send to (setting delivery.private_addresses)."};
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  // A body that was cut off does not change what the status says.
  if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && status != 0)) return {.failure = failure_text(transfer, code)};
  WebhookAnswer answer{.status = static_cast<int>(status)};
  curl_off_t seconds = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
  if (seconds > 0) answer.retry_after = std::min<int64_t>(seconds, retry_after_seconds_max) * 1'000;
  return answer;
}

}  // namespace

struct WebhookClient::State {
  explicit State(WebhookClientSettings given) : settings(std::move(given)), resolved(text_list(settings.resolved)) {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)once;
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(settings.kept_connections_max));
    thread = std::thread([this] { run(); });
  }
  ~State() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    curl_multi_wakeup(multi);
    thread.join();
    curl_multi_cleanup(multi);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  struct Ending {
    Owner owner;
    Bell* ended;
  };

  void run() {
    while (true) {
      std::vector<std::unique_ptr<Transfer>> begun;
      std::vector<Ending> over;
      bool last = false;
      {
        const std::lock_guard lock(mutex);
        begun.swap(waiting);
        over.swap(endings);
        last = stopping;
      }
      for (auto& transfer : begun) begin(std::move(transfer));
      for (const Ending& ending : over) {
        end_all([&](const Transfer& transfer) { return transfer.owner == ending.owner; });
        ending.ended->ring();
      }
      if (last) return end_all([](const Transfer&) { return true; });
      int active = 0;
      curl_multi_perform(multi, &active);
      collect();
      curl_multi_poll(multi, nullptr, 0, poll_ms, nullptr);
    }
  }

  void begin(std::unique_ptr<Transfer> transfer) {
    CURL* handle = transfer->handle.get();
    if (handle == nullptr) return transfer->done({.failure = "libcurl does not start."});
    set_up(*transfer, resolved.get());
    if (curl_multi_add_handle(multi, handle) != CURLM_OK) return transfer->done({.failure = "libcurl does not start."});
    running.emplace(handle, std::move(transfer));
  }

  void collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      const auto transfer = take(message->easy_handle);
      transfer->done(answer_of(*transfer, code));
    }
  }

  template <class Which>
  void end_all(Which which) {
    std::vector<CURL*> ended;
    for (const auto& [handle, transfer] : running) {
      if (which(*transfer)) ended.push_back(handle);
    }
    for (CURL* handle : ended) take(handle)->done({.failure = "The request was ended before its answer came."});
  }

  std::unique_ptr<Transfer> take(CURL* handle) {
    curl_multi_remove_handle(multi, handle);
    auto taken = std::move(running.extract(handle).mapped());
    return taken;
  }

  const WebhookClientSettings settings;
  const TextList resolved;
  CURLM* multi = nullptr;
  std::atomic<Owner> owners{0};

  // The thread's own
  std::map<CURL*, std::unique_ptr<Transfer>> running;

  std::mutex mutex;
  std::vector<std::unique_ptr<Transfer>> waiting;  // guarded by mutex
  std::vector<Ending> endings;                     // guarded by mutex
  bool stopping = false;                           // guarded by mutex

  std::thread thread;
};

WebhookClient::WebhookClient(WebhookClientSettings settings) : state_(std::make_unique<State>(std::move(settings))) {}
WebhookClient::~WebhookClient() = default;

WebhookClient::Owner WebhookClient::new_owner() { return ++state_->owners; }

void WebhookClient::send(Owner owner, WebhookRequest request, Done done) {
  auto transfer = std::unique_ptr<Transfer>(new Transfer{
      .owner = owner, .request = std::move(request), .done = std::move(done), .settings = state_->settings});
  {
    const std::lock_guard lock(state_->mutex);
    state_->waiting.push_back(std::move(transfer));
  }
  curl_multi_wakeup(state_->multi);
}

void WebhookClient::end(Owner owner) {
  Bell ended;
  {
    const std::lock_guard lock(state_->mutex);
    state_->endings.push_back({owner, &ended});
  }
  curl_multi_wakeup(state_->multi);
  ended.wait();
}

}  // namespace lakegate::delivery
