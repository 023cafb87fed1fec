#include "server/node.h"

#include <algorithm>
#include <utility>

#include "api/admin.h"
#include "api/catalog.h"
#include "api/docs_page.h"
#include "api/error_pages.h"
#include "api/event_feed.h"
#include "api/export.h"
#include "api/iceberg_rest.h"
#include "api/import.h"
#include "api/issuers.h"
#include "api/metrics_route.h"
#include "api/openapi.h"
#include "api/preview.h"
#include "api/problem.h"
#include "api/public_keys.h"
#include "api/schema_import.h"
#include "api/schema_registry.h"
#include "api/subscriptions.h"
#include "api/system.h"
#include "api/token.h"
#include "base/error_codes.h"
#include "base/log.h"
#include "catalog/dataset_deletion.h"
#include "objects/local_store.h"
#include "promotion/relocation.h"
#include "server/first_start.h"
#include "validation/row_process.h"

namespace lakegate::server {
namespace {

http::Settings http_settings(const Settings& settings, const ListenAddress& address) {
  http::Settings made;
  made.address = address.host;
  made.port = address.port;
  made.network_threads = static_cast<size_t>(settings.http_network_threads);
  made.connections_max = static_cast<size_t>(settings.http_connections_max);
  made.tls_certificate_file = settings.tls_certificate;
  made.tls_key_file = settings.tls_key;
  made.header_bytes_max = static_cast<size_t>(settings.http_header_bytes_max);
  made.body_bytes_max = settings.http_body_bytes_max;
  made.idle_timeout = settings.http_idle_timeout;
  made.header_timeout = settings.http_header_timeout;
  made.progress_interval = settings.http_progress_interval;
  made.shutdown_grace = settings.http_shutdown_grace;
  made.access_log = settings.http_access_log;
  return made;
}

PromotionSettings promotion_settings(const Settings& settings) {
  PromotionSettings made;
  made.reader_grace = settings.storage_reader_grace.count();
  return made;
}

MetadataFileSettings metadata_settings(const Settings& settings) {
  MetadataFileSettings made;
  made.superseded_grace = settings.storage_metadata_grace.count();
  return made;
}

validation::ValidatorSettings validator_settings(const Settings& settings) {
  validation::ValidatorSettings made;
  made.workers = static_cast<size_t>(settings.validation_workers);
  made.columns_max = settings.validation_columns_max;
  return made;
}

auth::IssuerKeysSettings issuer_keys_settings(const Settings& settings) {
  auth::IssuerKeysSettings made;
  made.age_max = settings.auth_issuer_keys_age.count();
  made.outage_max = std::max(settings.auth_issuer_outage, settings.auth_issuer_keys_age).count();
  made.refetch_interval = settings.auth_issuer_refetch_interval.count();
  made.retry_interval = std::min(made.retry_interval, made.refetch_interval);
  made.http_allowed = settings.auth_issuer_http;
  made.waiting_max = static_cast<size_t>(std::max<int64_t>(settings.http_pool_threads / 8, 1));
  return made;
}

upload::Limits upload_limits(const Settings& settings) {
  upload::Limits made;
  made.whole_file_bytes_max = settings.upload_whole_file_bytes_max;
  made.part_bytes_max = settings.upload_part_bytes_max;
  made.files_per_batch_max = settings.upload_files_per_batch_max;
  made.batch_bytes_max = settings.upload_batch_bytes_max;
  return made;
}

pipeline::PipelineSettings pipeline_settings(const Settings& settings) {
  pipeline::PipelineSettings made;
  made.abandon_after = settings.upload_abandon_after.count();
  made.reader_grace = settings.storage_reader_grace.count();
  made.history_age_max = settings.storage_history_age.count();
  made.batch_time_to_live = settings.storage_batch_time_to_live.count();
  return made;
}

// `setting` for people.
template <class T>
Result<T> of_setting(std::string_view setting, Result<T> read) {
  if (read) return read;
  return fail(codes::invalid_argument, "Setting {}: {}", setting, read.error().message);
}

Result<delivery::DeliveryOptions> delivery_options(const Settings& settings) {
  delivery::DeliveryOptions made;
  LG_ASSIGN(
      made.engine.schedule,
      of_setting("delivery.retry_schedule", delivery::RetrySchedule::parse(settings.delivery_retry_schedule,
                                                                           settings.delivery_retry_after_max.count())));
  LG_ASSIGN(
      made.webhooks.client.addresses,
      of_setting("delivery.private_addresses", delivery::AddressRules::parse(settings.delivery_private_addresses)));
  LG_ASSIGN(made.kafka_brokers,
            of_setting("delivery.kafka_brokers", delivery::AllowedBrokers::parse(settings.delivery_kafka_brokers)));
  made.engine.suspend_after = settings.delivery_suspend_after.count();
  made.engine.in_flight_max = static_cast<size_t>(settings.delivery_in_flight_max);
  made.engine.in_flight_per_subscription_max = static_cast<size_t>(settings.delivery_in_flight_per_subscription_max);
  made.engine.dead_letters_max = settings.delivery_dead_letters_max;
  made.webhooks.http_allowed = settings.delivery_http_allowed;
  made.webhooks.client.connect_timeout = settings.delivery_connect_timeout.count();
  made.webhooks.client.timeout = settings.delivery_timeout.count();
  made.webhooks.client.ca_file = settings.delivery_ca_file;
  return made;
}

void warn_of_open_door(const Settings& settings, const ListenAddress& address) {
  if (settings.auth_enabled) return;
  log::warning("auth.enabled is false: every request acts for the first org, without token or key");
  if (!is_loopback(address))
    log::error("auth.enabled is false and other machines can reach the server", {{"listen", settings.listen}});
}

Status check_tls(const Settings& settings) {
  if (settings.tls_certificate.empty() == settings.tls_key.empty()) return {};
  return fail(codes::invalid_argument, "TLS needs both settings, tls.certificate and tls.key; only {} is there.",
              settings.tls_key.empty() ? "the first" : "the second");
}

}  // namespace

Result<std::unique_ptr<Node>> Node::start(const Settings& settings) {
  LG_ASSIGN(const ListenAddress address, parse_listen_address(settings.listen));
  LG_TRY(check_tls(settings));
  warn_of_open_door(settings, address);
  LG_ASSIGN(Opened opened, open(settings, SystemClock()));
  std::unique_ptr<Node> node(new Node(settings, std::move(opened)));
  if (Status begun = node->begin(address); !begun) {
    node->stop();
    return std::unexpected(std::move(begun).error());
  }
  node->open_for_requests_ = true;
  return node;
}

Status Node::begin(const ListenAddress& address) {
  listen_to_ledger();
  add_routes();
  add_metrics();
  LG_TRY(relocate_tables());
  LG_TRY(uploads_.quotas.reload(*opened_.ledger));
  finish_deletions();
  metadata_files_.start();
  pipeline_.start();
  delivery_.start();
  if (!opened_.epoch.earlier_stop_clean) comparing_.start();
  LG_TRY(listen_for_metrics());
  LG_TRY(listen(address));
  return enrol_first_org(opened_.folder.path(), base_url_, settings_, *opened_.ledger, clock_, random_);
}

Result<Node::Opened> Node::open(const Settings& settings, const Clock& clock) {
  LG_ASSIGN(delivery::DeliveryOptions delivery, delivery_options(settings));
  LG_ASSIGN(DataFolder folder, DataFolder::open(settings.data));
  LG_ASSIGN(auto ledger, Ledger::open(folder.ledger_file()));
  LG_ASSIGN(const ledger::BatchCounts batches,
            ledger->read([](ReadTx& tx) { return ledger::count_batches_by_status(tx); }));
  LG_ASSIGN(auto objects, open_local_store(folder.objects_folder()));
  LG_ASSIGN(auth::TokenKey token_key, auth::TokenKey::load_or_create(folder.path() / "token-key.pem"));
  LG_ASSIGN(auto validator, validation::Validator::start(validator_settings(settings)));
  // Last: what fails before it leaves no run that had no end.
  LG_ASSIGN(const ledger::Epoch epoch, ledger->write([&](Tx& tx) { return ledger::begin_epoch(tx, clock.now_ms()); }));
  if (!epoch.earlier_stop_clean)
    log::warning("The server was stopped without an orderly end before: going on from the ledger");
  return Opened{.folder = std::move(folder),
                .ledger = std::move(ledger),
                .objects = std::move(objects),
                .token_key = std::move(token_key),
                .epoch = epoch,
                .batches = batches,
                .validator = std::move(validator),
                .delivery = std::move(delivery)};
}

Node::Node(Settings settings, Opened opened)
    : settings_(std::move(settings)),
      opened_(std::move(opened)),
      directory_(*opened_.ledger),
      issuer_keys_(auth::curl_issuer_documents({.ca_file = settings_.auth_issuer_ca_file}), clock_,
                   issuer_keys_settings(settings_)),
      outside_tokens_(*opened_.ledger, directory_, issuer_keys_, clock_),
      authenticator_(directory_, opened_.token_key, clock_, random_, settings_.auth_enabled, &outside_tokens_),
      pool_(static_cast<size_t>(settings_.http_pool_threads), static_cast<size_t>(settings_.http_pool_queue_max)),
      reserve_(*opened_.objects, settings_.storage_reserve_bytes),
      rate_(clock_, settings_.http_requests_per_minute),
      gateway_(authenticator_, rate_, pool_, reserve_),
      uploads_{.ledger = *opened_.ledger,
               .objects = *opened_.objects,
               .reserve = reserve_,
               .pool = pool_,
               .clock = clock_,
               .random = random_,
               .epoch = opened_.epoch.number,
               .limits = upload_limits(settings_)},
      promoter_(*opened_.ledger, *opened_.objects, clock_, random_, opened_.epoch.number,
                promotion_settings(settings_)),
      metadata_files_(*opened_.ledger, *opened_.objects, clock_, random_, opened_.epoch.number,
                      metadata_settings(settings_)),
      removals_(opened_.folder.path()),
      pipeline_({.ledger = *opened_.ledger,
                 .objects = *opened_.objects,
                 .validator = *opened_.validator,
                 .promoter = promoter_,
                 .bodies = uploads_.flowing,
                 .clock = clock_,
                 .epoch = opened_.epoch.number,
                 .removals = &removals_},
                pipeline_settings(settings_)),
      comparing_(*opened_.ledger, *opened_.objects, opened_.epoch.number),
      previewer_(*opened_.ledger, *opened_.objects, [] { return validation::RowProcess::start(); }),
      watch_(static_cast<size_t>(settings_.http_waiting_max)),
      batch_counts_(opened_.batches),
      delivery_({.ledger = *opened_.ledger, .clock = clock_, .random = random_}, opened_.delivery) {}

// Where the folder was moved or restored: nobody may read or promote before tables name the present place.
Status Node::relocate_tables() {
  LG_ASSIGN(const int64_t count,
            Relocation(*opened_.ledger, *opened_.objects, clock_, random_, opened_.epoch.number).run());
  if (count > 0)
    log::info("Tables have their files written anew for the present place of the folder", {{"tables", count}});
  return {};
}

// Of datasets whose deletion a stop cut short. What fails now is done by the next start; nobody finds them meanwhile.
void Node::finish_deletions() {
  const auto finished = catalog::finish_deletions(
      {.ledger = *opened_.ledger, .clock = clock_, .reader_grace = settings_.storage_reader_grace.count()});
  if (!finished) log::warning("A dataset's deletion could not be finished", {{"cause", finished.error()}});
}

// Listeners run on the ledger's writer: they only wake others up.
void Node::listen_to_ledger() {
  opened_.ledger->add_listener([this](std::span<const Wake> wakes) {
    for (const Wake& wake : wakes) {
      if (wake.kind == Wake::Kind::table) metadata_files_.wake();
    }
    pipeline_.wake(wakes);
    delivery_.wake(wakes);
    watch_.wake(wakes);
    batch_counts_.wake(wakes);
  });
}

void Node::add_routes() {
  api::add_health_routes(router_, [this] { return ready(); });
  api::add_error_pages(router_);
  api::add_openapi_route(router_);
  api::add_docs_page(router_);
  api::add_token_routes(router_, authenticator_);
  const api::AdminRoutes admin{.gateway = gateway_,
                               .directory = directory_,
                               .ledger = *opened_.ledger,
                               .clock = clock_,
                               .random = random_,
                               .base_url = settings_.base_url,
                               .reader_grace = settings_.storage_reader_grace.count()};
  api::add_org_routes(router_, admin);
  api::add_sandbox_routes(router_, admin);
  api::add_sandbox_management_routes(router_, admin);
  api::add_api_key_routes(router_, admin);
  api::add_audit_routes(router_, admin);
  api::add_quota_routes(router_, {.admin = admin, .uploads = uploads_.quotas});
  api::add_public_key_routes(router_, {.gateway = gateway_, .ledger = *opened_.ledger, .clock = clock_});
  api::add_issuer_routes(router_, {.gateway = gateway_,
                                   .directory = directory_,
                                   .outside = outside_tokens_,
                                   .ledger = *opened_.ledger,
                                   .clock = clock_,
                                   .random = random_,
                                   .http_allowed = settings_.auth_issuer_http});
  const api::SchemaRegistryRoutes registry{.gateway = gateway_,
                                           .ledger = *opened_.ledger,
                                           .clock = clock_,
                                           .random = random_,
                                           .resolutions = resolutions_,
                                           .changes = registry_changes_};
  api::add_schema_registry_routes(router_, registry);
  api::add_schema_import_routes(router_, registry);
  const auto wait_max = std::chrono::duration_cast<std::chrono::seconds>(settings_.http_wait_max);
  api::add_catalog_routes(router_, {.gateway = gateway_,
                                    .ledger = *opened_.ledger,
                                    .objects = *opened_.objects,
                                    .clock = clock_,
                                    .random = random_,
                                    .resolutions = resolutions_,
                                    .promoter = promoter_,
                                    .pool = pool_,
                                    .watch = watch_,
                                    .wait_max = wait_max,
                                    .active_word = settings_.catalog_active_status,
                                    .reader_grace = settings_.storage_reader_grace.count(),
                                    .batch_time_to_live = settings_.storage_batch_time_to_live.count()});
  api::add_import_routes(router_, {.gateway = gateway_,
                                   .uploads = uploads_,
                                   .promoter = promoter_,
                                   .watch = watch_,
                                   .wait_max = wait_max,
                                   .active_word = settings_.catalog_active_status});
  api::add_event_routes(router_, {.gateway = gateway_,
                                  .ledger = *opened_.ledger,
                                  .pool = pool_,
                                  .watch = watch_,
                                  .wait_max = wait_max,
                                  .heartbeat = settings_.events_heartbeat,
                                  .streams_max = settings_.events_streams_max,
                                  .streams = event_streams_});
  api::add_subscription_routes(router_, {.gateway = gateway_,
                                         .ledger = *opened_.ledger,
                                         .clock = clock_,
                                         .random = random_,
                                         .kinds = delivery_.kinds(),
                                         .subscriptions_max = settings_.delivery_subscriptions_per_sandbox_max,
                                         .secret_overlap = settings_.delivery_secret_overlap.count()});
  api::add_export_routes(router_, {.gateway = gateway_, .ledger = *opened_.ledger, .objects = *opened_.objects});
  api::add_preview_routes(router_, {.gateway = gateway_, .previewer = previewer_});
  api::add_iceberg_routes(
      router_,
      {.gateway = gateway_, .ledger = *opened_.ledger, .objects = *opened_.objects, .metadata_files = metadata_files_});
}

// After all other routes: requests are counted by them.
void Node::add_metrics() {
  const api::Scrape scrape = [this] { return metrics_->scrape(); };
  if (settings_.metrics_access == "open") {
    api::add_open_metrics_route(router_, scrape);
  } else {
    api::add_metrics_route(router_, gateway_, scrape);
  }
  api::add_open_metrics_route(metrics_router_, scrape);
  request_counts_ = std::make_unique<metrics::RequestCounts>(router_);
  metrics_ = std::make_unique<metrics::ServerMetrics>(
      metrics::ServerParts{.ledger = *opened_.ledger,
                           .objects = *opened_.objects,
                           .pool = pool_,
                           .validator = *opened_.validator,
                           .promoter = promoter_,
                           .pipeline = pipeline_,
                           .bodies = uploads_.flowing,
                           .watch = watch_,
                           .clock = clock_,
                           .requests = *request_counts_,
                           .batches = batch_counts_,
                           .event_streams = [this] { return event_streams_->load(); },
                           .connections = [this] { return open_for_requests_ ? server_->connections() : 0; },
                           .limits = {.connections_max = settings_.http_connections_max,
                                      .pool_queue_max = settings_.http_pool_queue_max,
                                      .storage_reserve_bytes = settings_.storage_reserve_bytes},
                           .delivery = &delivery_.counts()});
}

Status Node::listen_for_metrics() {
  if (settings_.metrics_listen.empty()) return {};
  LG_ASSIGN(const ListenAddress address, parse_listen_address(settings_.metrics_listen));
  http::Settings wanted;
  wanted.address = address.host;
  wanted.port = address.port;
  wanted.network_threads = 1;
  wanted.connections_max = 32;
  wanted.access_log = false;
  LG_ASSIGN(metrics_server_, http::Server::start(wanted, {.router = metrics_router_,
                                                          .pool = metrics_pool_,
                                                          .clock = clock_,
                                                          .random = random_,
                                                          .render_error = api::problem}));
  log::info("Metrics are served apart", {{"url", metrics_server_->base_url() + "/metrics"}});
  return {};
}

Status Node::listen(const ListenAddress& address) {
  LG_ASSIGN(server_, http::Server::start(http_settings(settings_, address), {.router = router_,
                                                                             .pool = pool_,
                                                                             .clock = clock_,
                                                                             .random = random_,
                                                                             .render_error = api::problem,
                                                                             .observer = request_counts_.get()}));
  base_url_ = settings_.base_url.empty() ? server_->base_url() : settings_.base_url;
  return {};
}

Status Node::ready() const {
  if (!open_for_requests_) return fail(codes::unavailable, "The server is starting or stopping.");
  LG_TRY(opened_.ledger->read([](ReadTx& tx) { return ledger::current_epoch(tx); }));
  return {};
}

void Node::stop() {
  open_for_requests_ = false;
  watch_.end();
  if (server_) server_->shut_down();
  if (metrics_server_) metrics_server_->shut_down();
  comparing_.stop();
  pipeline_.stop();
  delivery_.stop();
  metadata_files_.stop();
  // The next start then compares in its place.
  if (!opened_.epoch.earlier_stop_clean && !comparing_.outcome()) {
    log::warning("Stopped before objects and ledger were compared: the next start does it");
    return;
  }
  const Status ended =
      opened_.ledger->write([&](Tx& tx) { return ledger::end_epoch(tx, opened_.epoch.number, clock_.now_ms()); });
  if (!ended) log::error("The end of the run could not be recorded", {{"cause", ended.error()}});
}

}  // namespace lakegate::server
