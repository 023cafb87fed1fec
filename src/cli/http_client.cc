#include "cli/http_client.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/ascii.h"
#include "cli/error_codes.h"

namespace lakegate::cli {
namespace {

constexpr size_t answer_bytes_max = 64 << 20;
constexpr long connect_seconds = 15;
constexpr long silence_seconds = 120;  // without a byte in either direction

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

// What the callbacks of one request share.
struct Exchange {
  const HttpRequest* request = nullptr;
  CURL* curl = nullptr;
  HttpAnswer answer;
  int64_t sent = 0;
  int read_error = 0;
};

size_t take_body(char* data, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  long status = 0;
  curl_easy_getinfo(exchange.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status == 200 && exchange.request->on_received) {
    exchange.request->on_received(std::string_view(data, size * count));
    return size * count;
  }
  if (exchange.answer.body.size() + size * count > answer_bytes_max) return 0;
  exchange.answer.body.append(data, size * count);
  return size * count;
}

size_t take_header(char* data, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::string_view line(data, size * count);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  const size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) exchange.answer.headers.clear();  // the final answer's, not 100 Continue's
  if (colon != std::string_view::npos) {
    exchange.answer.headers.insert_or_assign(ascii::lower(line.substr(0, colon)),
                                             std::string(ascii::trim(line.substr(colon + 1))));
  }
  return size * count;
}

size_t give_body(char* into, size_t size, size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const FileBytes& bytes = std::get<FileBytes>(exchange.request->body);
  const auto wanted =
      static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(size * count), bytes.length - exchange.sent));
  if (wanted == 0) return 0;
  const ssize_t got = ::pread(bytes.file, into, wanted, bytes.offset + exchange.sent);
  if (got <= 0) {
    exchange.read_error = got == 0 ? ENODATA : errno;
    return CURL_READFUNC_ABORT;
  }
  exchange.sent += got;
  if (exchange.request->on_sent) exchange.request->on_sent(exchange.sent);
  return static_cast<size_t>(got);
}

int ask_whether_to_stop(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(user)->request->stops() ? 1 : 0;
}

// curl starts over when a kept connection turns out dead before the server said anything.
int rewind_body(void* user, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Exchange*>(user)->sent = offset;
  return CURL_SEEKFUNC_OK;
}

HeaderList header_list(const HttpRequest& request) {
  HeaderList list;
  for (const std::string& header : request.headers) list.reset(curl_slist_append(list.release(), header.c_str()));
  // curl would wait a second for 100 Continue; the server refuses early anyway and curl then stops sending.
  list.reset(curl_slist_append(list.release(), "Expect:"));
  return list;
}

bool is_this_machine(std::string_view url) {
  const size_t start = url.find("://");
  const std::string_view host = start == std::string_view::npos ? url : url.substr(start + 3);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

void set_manners(CURL* curl, const std::string& url) {
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "lakegate/" LAKEGATE_VERSION);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, silence_seconds);
  if (is_this_machine(url)) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
}

void set_answer(CURL* curl, Exchange& exchange) {
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  if (!exchange.request->stops) return;
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, ask_whether_to_stop);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
}

void set_body(CURL* curl, Exchange& exchange) {
  const HttpRequest& request = *exchange.request;
  if (const auto* text = std::get_if<std::string>(&request.body)) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text->c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text->size()));
  } else if (const auto* bytes = std::get_if<FileBytes>(&request.body)) {
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes->length));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(curl, CURLOPT_READDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, rewind_body);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, &exchange);
  } else if (request.method == "POST") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
  }
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

// What to do about it, where there is something. Begins with a blank.
std::string_view advice(CURLcode code, std::string_view url) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
      return " Is the server running? `lakegate serve` starts one; --url or LAKEGATE_URL names another address.";
    case CURLE_SSL_CONNECT_ERROR:
      return " Does the server speak TLS there? Without it, its address begins with http://.";
    case CURLE_PEER_FAILED_VERIFICATION: return " --ca-file or LAKEGATE_CA_FILE names an authority to trust.";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return url.starts_with("https:") ? "" : " If the server speaks TLS there, its address begins with https://.";
    default: return "";
  }
}

}  // namespace

struct HttpClient::State {
  explicit State(std::string trusted) : ca_file(std::move(trusted)) {}
  ~State() { curl_easy_cleanup(handle); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  const std::string ca_file;
  CURL* const handle = curl_easy_init();
};

HttpClient::HttpClient(std::string ca_file) : state_(std::make_unique<State>(std::move(ca_file))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpAnswer> HttpClient::send(const HttpRequest& request) {
  CURL* curl = state_->handle;
  if (curl == nullptr) return fail(codes::server_unreachable, "libcurl does not start.");
  curl_easy_reset(curl);
  Exchange exchange{.request = &request, .curl = curl, .answer = {}};
  char reason[CURL_ERROR_SIZE] = {};
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
  if (!state_->ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, state_->ca_file.c_str());
  const HeaderList headers = header_list(request);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  set_manners(curl, request.url);
  set_answer(curl, exchange);
  set_body(curl, exchange);

  const CURLcode code = curl_easy_perform(curl);
  if (exchange.read_error != 0) {
    return fail(codes::local_file, "Cannot read the file any more: {}.",
                exchange.read_error == ENODATA ? "it became shorter" : std::strerror(exchange.read_error));
  }
  if (code != CURLE_OK) {
    return fail(codes::server_unreachable, "No answer from {}: {}.{}", request.url,
                reason[0] != '\0' ? reason : curl_easy_strerror(code), advice(code, request.url));
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  exchange.answer.status = static_cast<int>(status);
  return std::move(exchange.answer);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = ascii::is_digit(c) || (ascii::lower(c) >= 'a' && ascii::lower(c) <= 'z') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return encoded;
}

}  // namespace lakegate::cli
