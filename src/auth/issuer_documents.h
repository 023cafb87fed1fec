// IssuerDocuments: what issuers publish, fetched over HTTPS. The only place here that speaks to other machines.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace lakegate::auth {

class IssuerDocuments {
 public:
  using Done = std::function<void(Result<std::string>)>;

  virtual ~IssuerDocuments() = default;  // no `done` is called any more once it returns

  // The document at `url`, at most `bytes_max` long. Never blocks. `done` is called once, on any thread, perhaps before
  // this returns. `issuer_unreachable`: no answer in time, another status than 200 (redirects are not followed), a
  // certificate that nobody trusted vouches for, too many bytes.
  virtual void get(const std::string& url, size_t bytes_max, Done done) = 0;
};

struct IssuerDocumentSettings {
  std::string ca_file;  // PEM of authorities to trust instead of the system's; empty: the system's
  std::chrono::milliseconds connect_time{3'000};
  std::chrono::milliseconds time{5'000};  // from the first byte sent to the last one read
};

// Over libcurl: one thread, all fetches at the same time, so that a slow issuer delays no other. A fetch that has not
// ended when this ends never calls `done`.
std::unique_ptr<IssuerDocuments> curl_issuer_documents(IssuerDocumentSettings settings);

}  // namespace lakegate::auth
