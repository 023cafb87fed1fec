// Uploader: the files of a push go into one batch, several at the same time.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/api_client.h"
#include "cli/progress.h"
#include "cli/push_plan.h"

namespace lakegate::cli {

struct UploadOptions {
  std::string batch;
  std::string dataset;
  int64_t part_bytes = 0;  // files over it go up in parts of it; fixed for a batch
  int parallel = 1;
  std::chrono::seconds patience = usual_patience;
  bool resumed = false;  // an earlier push may have sent some: ask before sending
};

class Uploader {
 public:
  // References outlive it.
  Uploader(std::shared_ptr<TokenHolder> holder, const std::vector<PushFile>& files, UploadOptions options,
           Progress& progress);
  ~Uploader();

  // Every file complete on the server when this returns; the batch is still loading. The first error stops all; what
  // was sent stays there for a later push. A file that changed its size meanwhile is `local_file`.
  Status run();

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace lakegate::cli
