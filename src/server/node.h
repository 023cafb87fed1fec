// Node: one running server, all parts of it. Members stand in the order in which they need each other; they end in the
// reverse one.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "access/previewer.h"
#include "api/gateway.h"
#include "auth/authenticator.h"
#include "auth/directory.h"
#include "auth/issuer_keys.h"
#include "auth/outside_tokens.h"
#include "auth/request_rate.h"
#include "auth/token_key.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "delivery/delivery.h"
#include "events/commit_watch.h"
#include "http/router.h"
#include "http/server.h"
#include "http/worker_pool.h"
#include "ledger/epochs.h"
#include "ledger/ledger.h"
#include "ledger/work_counts.h"
#include "metrics/batch_counts.h"
#include "metrics/request_counts.h"
#include "metrics/server_metrics.h"
#include "objects/data_folder.h"
#include "objects/object_store.h"
#include "objects/removal_gate.h"
#include "objects/space_reserve.h"
#include "pipeline/comparing.h"
#include "pipeline/pipeline.h"
#include "promotion/metadata_file_writer.h"
#include "promotion/promoter.h"
#include "registry/resolution_gate.h"
#include "server/listen_address.h"
#include "server/settings.h"
#include "upload/uploads.h"
#include "validation/validator.h"

namespace lakegate::server {

class Node {
 public:
  // Takes the folder, opens what is in it, listens, enrols the first org where there is none. When this returns the
  // node answers and can be used. Errors are for the operator: they name setting, file or address.
  static Result<std::unique_ptr<Node>> start(const Settings& settings);

  const std::string& base_url() const { return base_url_; }

  // All that is served. The list lives as long as the node.
  const std::vector<http::Router::Route>& routes() const { return router_.routes(); }

  // Lets running requests end, stops every thread, closes the epoch: an orderly stop. Not from a thread of the node's
  // own.
  void stop();

 private:
  struct Opened {
    DataFolder folder;
    std::unique_ptr<Ledger> ledger;
    std::unique_ptr<ObjectStore> objects;
    auth::TokenKey token_key;
    ledger::Epoch epoch;
    ledger::BatchCounts batches;  // at the start
    std::unique_ptr<validation::Validator> validator;
    delivery::DeliveryOptions delivery;
  };

  Node(Settings settings, Opened opened);
  static Result<Opened> open(const Settings& settings, const Clock& clock);
  Status relocate_tables();
  void finish_deletions();
  void listen_to_ledger();
  void add_routes();
  void add_metrics();
  Status listen_for_metrics();
  Status listen(const ListenAddress& address);
  Status begin(const ListenAddress& address);
  Status ready() const;

  const Settings settings_;
  SystemClock clock_;
  SystemRandom random_;
  const Opened opened_;
  auth::Directory directory_;
  auth::IssuerKeys issuer_keys_;
  auth::OutsideTokens outside_tokens_;
  auth::Authenticator authenticator_;
  http::WorkerPool pool_;
  SpaceReserve reserve_;
  auth::RequestRate rate_;
  api::Gateway gateway_;
  registry::ResolutionGate resolutions_;
  registry::ResolutionGate registry_changes_{
      {.running_max = 1, .waiting_max = 64, .wait_max = std::chrono::milliseconds(30'000)}};
  upload::Uploads uploads_;
  Promoter promoter_;
  MetadataFileWriter metadata_files_;
  RemovalGate removals_;
  pipeline::Pipeline pipeline_;
  pipeline::Comparing comparing_;
  access::Previewer previewer_;
  events::CommitWatch watch_;
  metrics::BatchCounts batch_counts_;
  const std::shared_ptr<std::atomic<int64_t>> event_streams_ = std::make_shared<std::atomic<int64_t>>(0);
  delivery::Delivery delivery_;
  http::Router router_;
  http::Router metrics_router_;  // of metrics.listen
  std::unique_ptr<metrics::RequestCounts> request_counts_;
  std::unique_ptr<metrics::ServerMetrics> metrics_;
  std::atomic<bool> open_for_requests_{false};
  std::string base_url_;
  std::unique_ptr<http::Server> server_;
  // Of its own: metrics are wanted most when all others are busy.
  http::WorkerPool metrics_pool_{1, 8};
  std::unique_ptr<http::Server> metrics_server_;
};

}  // namespace lakegate::server
