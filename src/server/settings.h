// Settings: every knob of the server, its meaning and its default in one table (setting_table.h). File < environment <
// flags.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lakegate::server {

using Milliseconds = std::chrono::milliseconds;

// A member of this struct is a row of the table, and the value here is its default.
struct Settings {
  std::string data = "./lakegate-data";
  std::string listen = "127.0.0.1:8080";
  std::string base_url;  // empty: made of the address
  std::string tenant = "lakegate";
  std::string org;  // empty: a random one

  std::string log_level = "info";
  std::string log_format = "text";

  std::string metrics_access = "token";
  std::string metrics_listen;  // empty: none

  bool auth_enabled = true;
  std::string auth_issuer_ca_file;
  bool auth_issuer_http = false;
  Milliseconds auth_issuer_keys_age{10LL * 60 * 1000};
  Milliseconds auth_issuer_outage{60LL * 60 * 1000};
  Milliseconds auth_issuer_refetch_interval{30'000};

  std::string tls_certificate;
  std::string tls_key;

  int64_t http_network_threads = 2;
  int64_t http_pool_threads = 64;
  int64_t http_pool_queue_max = 1024;
  int64_t http_connections_max = 4096;
  int64_t http_header_bytes_max = 16 << 10;
  int64_t http_body_bytes_max = 16 << 20;
  Milliseconds http_idle_timeout{75'000};
  Milliseconds http_header_timeout{20'000};
  Milliseconds http_progress_interval{30'000};
  Milliseconds http_shutdown_grace{10'000};
  Milliseconds http_wait_max{60'000};
  int64_t http_waiting_max = 1024;
  int64_t http_requests_per_minute = 0;
  bool http_access_log = true;

  int64_t events_streams_max = 256;
  Milliseconds events_heartbeat{15'000};

  int64_t upload_whole_file_bytes_max = 256 << 20;
  int64_t upload_part_bytes_max = 512'000'000;
  int64_t upload_files_per_batch_max = 25'000;
  int64_t upload_batch_bytes_max = 1LL << 40;
  Milliseconds upload_abandon_after{24LL * 3600 * 1000};

  std::string catalog_active_status = "active";

  std::string delivery_retry_schedule = "5s 5m 30m 2h 5h 10h 14h 20h 24h";
  Milliseconds delivery_retry_after_max{24LL * 3600 * 1000};
  Milliseconds delivery_suspend_after{5LL * 24 * 3600 * 1000};
  Milliseconds delivery_connect_timeout{10'000};
  Milliseconds delivery_timeout{20'000};
  int64_t delivery_in_flight_max = 256;
  int64_t delivery_in_flight_per_subscription_max = 16;
  int64_t delivery_dead_letters_max = 1'000;
  int64_t delivery_subscriptions_per_sandbox_max = 100;
  Milliseconds delivery_secret_overlap{24LL * 3600 * 1000};
  std::string delivery_private_addresses;  // empty: none
  bool delivery_http_allowed = false;
  std::string delivery_ca_file;        // empty: the system's
  std::string delivery_kafka_brokers;  // empty: none

  int64_t validation_workers = 2;
  int64_t validation_columns_max = 10'000;
  int64_t storage_reserve_bytes = 256 << 20;
  Milliseconds storage_reader_grace{24LL * 3600 * 1000};
  Milliseconds storage_metadata_grace{10LL * 60 * 1000};
  Milliseconds storage_history_age{24LL * 3600 * 1000};
  Milliseconds storage_batch_time_to_live{0};
};

using NamedValue = std::pair<std::string, std::string>;

// Where settings come from, in rising order of weight.
struct SettingSources {
  std::string file = {};                     // path of a TOML file; empty: none
  std::vector<NamedValue> environment = {};  // all of it; LAKEGATE_… is looked at
  std::vector<NamedValue> flags = {};        // setting name and value
};

struct LoadedSettings {
  Settings values;
  std::map<std::string, std::string>
      origins;                        // of what is not the default: "file F", "LAKEGATE_LISTEN", "command line"
  std::vector<std::string> warnings;  // unknown settings, with the nearest known name
};

// `invalid_argument`: a file that cannot be read or is no TOML, a value of another type or out of bounds, an unknown
// flag.
Result<LoadedSettings> load_settings(const SettingSources& sources);

// One row for people and programs: `lakegate config show`.
struct ShownSetting {
  std::string name;
  std::string value;
  std::string default_value;
  std::string origin;  // "default" or as in LoadedSettings
  std::string type;
  std::string environment;
  std::string description;
};
std::vector<ShownSetting> show_settings(const LoadedSettings& loaded);

std::vector<NamedValue> process_environment();

}  // namespace lakegate::server
