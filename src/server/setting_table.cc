#include "server/setting_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/ascii.h"
#include "base/error_codes.h"

namespace lakegate::server {
namespace {

constexpr int64_t second = 1000;
constexpr int64_t hour = 3600 * second;
constexpr int64_t kib = 1024;
constexpr int64_t gib = kib * kib * kib;

using enum SettingType;

constexpr std::array table = {
    SettingRow{"data", &Settings::data, text, "Folder of the ledger and of all objects; one server at a time"},
    SettingRow{"listen", &Settings::listen, text, "HOST:PORT to listen on; port 0 takes any free one"},
    SettingRow{"base_url", &Settings::base_url, text,
               "How clients reach the server, for credentials.json; empty: made of `listen`"},
    SettingRow{"tenant", &Settings::tenant, text,
               "First start only: tenant namespace of the first org, without its underscore"},
    SettingRow{"org", &Settings::org, text,
               "First start only: id of the first org, \"…@AdobeOrg\"; empty: a random one"},

    SettingRow{"log.level", &Settings::log_level, choice, "What is written to standard error", 0, 0,
               "debug|info|warning|error"},
    SettingRow{"log.format", &Settings::log_format, choice,
               "text: `TIME LEVEL sentence name=value …`; json: one object a line", 0, 0, "text|json"},

    SettingRow{"metrics.access", &Settings::metrics_access, choice,
               "Who may read /metrics. token: an access token of the first org; open: everybody who reaches the server",
               0, 0, "token|open"},
    SettingRow{"metrics.listen", &Settings::metrics_listen, text,
               "HOST:PORT that answers /metrics alone, to everybody who reaches it, in plain HTTP; empty: none"},

    SettingRow{
        "auth.enabled", &Settings::auth_enabled, boolean,
        "false: every request acts for the first org, no token needed. Only for a machine that nobody else reaches"},

    SettingRow{"auth.issuer_ca_file", &Settings::auth_issuer_ca_file, text,
               "PEM file of authorities to trust for outside issuers; empty: the system's"},
    SettingRow{"auth.issuer_http", &Settings::auth_issuer_http, boolean,
               "true: outside issuers may have http addresses. Whoever is on the way to one can then forge its tokens"},
    SettingRow{"auth.issuer_keys_age", &Settings::auth_issuer_keys_age, duration,
               "How long an outside issuer's keys are used before they are read anew: a key that it withdrew ends then",
               second, 24 * hour},
    SettingRow{"auth.issuer_outage", &Settings::auth_issuer_outage, duration,
               "How old they may get while the issuer does not answer; then its tokens are answered 503", second,
               7 * 24 * hour},
    SettingRow{"auth.issuer_refetch_interval", &Settings::auth_issuer_refetch_interval, duration,
               "Least time between two questions to an issuer because of tokens with keys that are not known", second,
               hour},

    SettingRow{"tls.certificate", &Settings::tls_certificate, text,
               "PEM file: the server's certificate, then its chain; with tls.key the port speaks TLS only"},
    SettingRow{"tls.key", &Settings::tls_key, text, "PEM file: the certificate's private key"},

    SettingRow{"http.network_threads", &Settings::http_network_threads, integer, "Threads that move bytes", 1, 64},
    SettingRow{"http.pool_threads", &Settings::http_pool_threads, integer,
               "Threads for disk and ledger: requests at work at the same time", 2, 1024},
    SettingRow{"http.pool_queue_max", &Settings::http_pool_queue_max, integer,
               "Requests that may wait for a pool thread; more are answered 503", 1, 1'000'000},
    SettingRow{"http.connections_max", &Settings::http_connections_max, integer,
               "Open connections; more are answered 503", 1, 1'000'000},
    SettingRow{"http.header_bytes_max", &Settings::http_header_bytes_max, bytes, "Request line and header; more: 431",
               2 * kib, 1024 * kib},
    SettingRow{"http.body_bytes_max", &Settings::http_body_bytes_max, bytes, "Body of a JSON request; more: 413", kib,
               gib},
    SettingRow{"http.idle_timeout", &Settings::http_idle_timeout, duration,
               "Silence allowed between two requests of a connection", second, 24 * hour},
    SettingRow{"http.header_timeout", &Settings::http_header_timeout, duration, "Time for a request's header to arrive",
               100, hour},
    SettingRow{"http.progress_interval", &Settings::http_progress_interval, duration,
               "A body that stands still for so long is stalled: 408", 100, hour},
    SettingRow{"http.shutdown_grace", &Settings::http_shutdown_grace, duration,
               "Time for running requests when the server stops", 0, hour},
    SettingRow{"http.wait_max", &Settings::http_wait_max, duration,
               "Longest wait that a request may ask for with Prefer: wait=N; more is shortened", 0, hour},
    SettingRow{"http.waiting_max", &Settings::http_waiting_max, integer,
               "Requests that may wait so at a time; more are answered at once", 0, 1'000'000},
    SettingRow{
        "http.requests_per_minute", &Settings::http_requests_per_minute, integer,
        "Requests that a client may send a minute, a minute's worth at once; more are answered 429. 0: any number", 0,
        10'000'000},
    SettingRow{"http.access_log", &Settings::http_access_log, boolean, "One log line a request"},

    SettingRow{"events.streams_max", &Settings::events_streams_max, integer,
               "Streams of events (server-sent) that are open at a time; more are answered 503", 0, 1'000'000},
    SettingRow{"events.heartbeat", &Settings::events_heartbeat, duration,
               "A stream of events says something at least so often, and looks whether its client may still read", 100,
               60 * second},

    SettingRow{"upload.whole_file_bytes_max", &Settings::upload_whole_file_bytes_max, bytes,
               "Largest file in one PUT; larger ones go up in parts", 1, 1024 * gib},
    SettingRow{"upload.part_bytes_max", &Settings::upload_part_bytes_max, bytes, "Largest part of one PATCH", 1,
               1024 * gib},
    SettingRow{"upload.files_per_batch_max", &Settings::upload_files_per_batch_max, integer, "Files in one batch", 1,
               1'000'000},
    SettingRow{"upload.batch_bytes_max", &Settings::upload_batch_bytes_max, bytes,
               "Bytes of all files of one batch; COMPLETE of more is refused", 1, 1024 * 1024 * gib},
    SettingRow{"upload.abandon_after", &Settings::upload_abandon_after, duration,
               "A loading batch without any request for so long is abandoned", second, 365 * 24 * hour},

    SettingRow{"catalog.active_status", &Settings::catalog_active_status, choice,
               "Word that the Catalog shows for active batches", 0, 0, "active|success"},

    SettingRow{"delivery.retry_schedule", &Settings::delivery_retry_schedule, text,
               "Pauses after an event's first failed delivery, its second, …; after the last it is a dead letter"},
    SettingRow{"delivery.retry_after_max", &Settings::delivery_retry_after_max, duration,
               "Longest pause that a receiver may ask for with Retry-After; more is shortened", 0, 30 * 24 * hour},
    SettingRow{"delivery.suspend_after", &Settings::delivery_suspend_after, duration,
               "A subscription of which nothing could be delivered for so long is suspended", second, 365 * 24 * hour},
    SettingRow{"delivery.connect_timeout", &Settings::delivery_connect_timeout, duration,
               "Time for a connection to a receiver", 100, hour},
    SettingRow{"delivery.timeout", &Settings::delivery_timeout, duration,
               "Time for a receiver's answer, connecting included", 100, hour},
    SettingRow{"delivery.in_flight_max", &Settings::delivery_in_flight_max, integer,
               "Events on their way at a time; each subscription may always have one", 1, 10'000},
    SettingRow{"delivery.in_flight_per_subscription_max", &Settings::delivery_in_flight_per_subscription_max, integer,
               "The same of one subscription: of so many datasets at a time", 1, 1'000},
    SettingRow{"delivery.dead_letters_max", &Settings::delivery_dead_letters_max, integer,
               "Dead letters of a subscription; one more suspends it, so that none is lost", 1, 1'000'000},
    SettingRow{"delivery.subscriptions_per_sandbox_max", &Settings::delivery_subscriptions_per_sandbox_max, integer,
               "Subscriptions of a sandbox; more are answered 409", 0, 10'000},
    SettingRow{"delivery.secret_overlap", &Settings::delivery_secret_overlap, duration,
               "How long a webhook's former secret signs beside a new one, where the request says nothing", 0,
               30 * 24 * hour},
    SettingRow{"delivery.private_addresses", &Settings::delivery_private_addresses, text,
               "Networks that events may be sent to besides public addresses, e.g. \"10.1.0.0/16 127.0.0.1\", or any"},
    SettingRow{"delivery.http_allowed", &Settings::delivery_http_allowed, boolean,
               "Webhooks may have http:// addresses, too, where everybody on the way can read the events"},
    SettingRow{"delivery.ca_file", &Settings::delivery_ca_file, text,
               "PEM file of the authorities that receivers' certificates are verified by; empty: the system's"},
    SettingRow{"delivery.kafka_brokers", &Settings::delivery_kafka_brokers, text,
               "Brokers that events may be written to, HOST:PORT with blanks between, or * for all; empty: no Kafka"},

    SettingRow{"validation.workers", &Settings::validation_workers, integer, "Processes that judge files", 1, 256},
    SettingRow{"validation.columns_max", &Settings::validation_columns_max, integer,
               "Columns of one file, fields of structs counted one by one; a file with more is refused", 1, 100'000},
    SettingRow{"storage.reserve_bytes", &Settings::storage_reserve_bytes, bytes,
               "Room on the disk that uploads and creations may not use: with less they are answered 507", 0,
               1024 * gib},
    SettingRow{"storage.reader_grace", &Settings::storage_reader_grace, duration,
               "How long bytes stay after the last snapshot that names them is gone", 0, 365 * 24 * hour},
    SettingRow{"storage.metadata_grace", &Settings::storage_metadata_grace, duration,
               "The same for superseded table metadata files", 0, 365 * 24 * hour},
    SettingRow{"storage.history_age", &Settings::storage_history_age, duration,
               "How long a table's earlier snapshots still show rows that were reverted or expired", 0,
               365 * 24 * hour},
    SettingRow{"storage.batch_time_to_live", &Settings::storage_batch_time_to_live, duration,
               "Active batches older than that become inactive, their rows leave the table; 0: never", 0,
               100 * 365 * 24 * hour},
};

struct Unit {
  std::string_view name;
  int64_t factor;
};

constexpr std::array byte_units = {
    Unit{"KiB", kib}, Unit{"MiB", kib* kib}, Unit{"GiB", gib},          Unit{"TiB", gib* kib},
    Unit{"KB", 1000}, Unit{"MB", 1'000'000}, Unit{"GB", 1'000'000'000}, Unit{"TB", 1'000'000'000'000}};
constexpr std::array duration_units = {Unit{"ms", 1}, Unit{"s", second}, Unit{"m", 60 * second}, Unit{"h", hour},
                                       Unit{"d", 24 * hour}};

std::string_view expectation(SettingType type) {
  switch (type) {
    case boolean: return "true or false";
    case integer: return "a whole number";
    case bytes: return "a number of bytes, e.g. 268435456 or 256MiB";
    case duration: return "a time with its unit, e.g. 500ms, 30s, 10m, 24h or 7d";
    case text: return "a text";
    case choice: return "one of";
  }
  return "";
}

// Number and unit. `bare`: whether the unit may be missing.
std::optional<int64_t> parse_number(std::string_view found, std::span<const Unit> units, bool bare) {
  int64_t number = 0;
  const auto read = std::from_chars(found.data(), found.data() + found.size(), number);
  if (read.ec != std::errc{} || number < 0) return std::nullopt;
  const std::string_view unit(read.ptr, found.data() + found.size());
  if (unit.empty()) return bare || number == 0 ? std::optional(number) : std::nullopt;
  const auto known = std::ranges::find(units, unit, &Unit::name);
  int64_t product = 0;
  if (known == units.end() || __builtin_mul_overflow(number, known->factor, &product)) return std::nullopt;
  return product;
}

std::optional<int64_t> parse_number(const SettingRow& row, std::string_view found) {
  switch (row.type) {
    case bytes: return parse_number(found, byte_units, true);
    case duration: return parse_number(found, duration_units, false);
    default: return parse_number(found, {}, true);
  }
}

// The largest unit that divides it.
std::string duration_text(int64_t milliseconds) {
  for (auto unit = duration_units.rbegin(); unit != duration_units.rend(); ++unit) {
    if (milliseconds % unit->factor == 0) return fmt::format("{}{}", milliseconds / unit->factor, unit->name);
  }
  return "0ms";
}

std::string bound_text(const SettingRow& row, int64_t bound) {
  return row.type == duration ? duration_text(bound) : std::to_string(bound);
}

bool is_choice(const SettingRow& row, std::string_view found) {
  const std::string wrapped = fmt::format("|{}|", row.choices);
  return !found.empty() && found.find('|') == std::string_view::npos &&
         wrapped.find(fmt::format("|{}|", found)) != std::string::npos;
}

std::unexpected<Error> not_usable(const SettingRow& row, std::string_view found) {
  return fail(codes::invalid_argument, "Setting {}: found \"{}\", expected {}{}{}.", row.name, found,
              expectation(row.type), row.type == choice ? " " : "", row.choices);
}

}  // namespace

std::span<const SettingRow> setting_table() { return table; }

const SettingRow* find_setting(std::string_view name) {
  const auto row = std::ranges::find(table, name, &SettingRow::name);
  return row == table.end() ? nullptr : &*row;
}

std::string environment_name(std::string_view setting) {
  std::string name = "LAKEGATE_";
  for (const char c : setting) name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

std::string_view to_string(SettingType type) {
  switch (type) {
    case boolean: return "boolean";
    case integer: return "integer";
    case bytes: return "bytes";
    case duration: return "duration";
    case text: return "text";
    case choice: return "choice";
  }
  return "";
}

Status set_value(const SettingRow& row, std::string_view found, Settings& settings) {
  if (const auto* member = std::get_if<bool Settings::*>(&row.member)) {
    if (found != "true" && found != "false") return not_usable(row, found);
    settings.** member = found == "true";
    return {};
  }
  if (const auto* member = std::get_if<std::string Settings::*>(&row.member)) {
    if (row.type == choice && !is_choice(row, found)) return not_usable(row, found);
    settings.** member = std::string(found);
    return {};
  }
  const auto number = parse_number(row, found);
  if (!number) return not_usable(row, found);
  if (*number < row.minimum || *number > row.maximum) {
    return fail(codes::invalid_argument, "Setting {}: found {}, expected {} to {}.", row.name, found,
                bound_text(row, row.minimum), bound_text(row, row.maximum));
  }
  if (const auto* member = std::get_if<int64_t Settings::*>(&row.member)) settings.** member = *number;
  if (const auto* member = std::get_if<Milliseconds Settings::*>(&row.member))
    settings.** member = Milliseconds(*number);
  return {};
}

std::string value_text(const SettingRow& row, const Settings& settings) {
  if (const auto* member = std::get_if<bool Settings::*>(&row.member)) return settings.**member ? "true" : "false";
  if (const auto* member = std::get_if<std::string Settings::*>(&row.member)) return settings.**member;
  if (const auto* member = std::get_if<int64_t Settings::*>(&row.member)) return std::to_string(settings.**member);
  return duration_text((settings.*std::get<Milliseconds Settings::*>(row.member)).count());
}

}  // namespace lakegate::server
