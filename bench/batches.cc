// batches: each client makes batch after batch of one file and waits for each until it is active.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

#include "connection.h"
#include "tools.h"

namespace lakegate::bench {
namespace {

constexpr std::string_view json_type = "Content-Type: application/json\r\n";
// COMPLETE is answered when the batch has ended, with the batch.
constexpr std::string_view until_active = "Prefer: wait=60\r\nAccept: application/json\r\n";

struct Lives {
  std::vector<int64_t> upload_us;   // create and PUT
  std::vector<int64_t> visible_us;  // COMPLETE sent → answered that it is active
  std::vector<int64_t> total_us;    // create sent → the same
  std::string failure;
};

std::string member(std::string_view json, std::string_view name) {
  const size_t at = json.find(fmt::format("\"{}\":\"", name));
  if (at == std::string_view::npos) return {};
  const size_t begin = at + name.size() + 4;
  return std::string(json.substr(begin, json.find('"', begin) - begin));
}

std::string checked(const Answer& answer, std::string_view what) {
  if (answer.status / 100 != 2) throw std::runtime_error(fmt::format("{}: {} {}", what, answer.status, answer.body));
  return answer.body;
}

void live(Connection& connection, const std::string& dataset, const FilePart& file, Lives& lives) {
  const auto us = [](int64_t from, int64_t to) { return (to - from) / 1000; };
  const int64_t began = now_ns();
  const std::string order = fmt::format(R"({{"datasetId":"{}","inputFormat":{{"format":"parquet"}}}})", dataset);
  const Answer created = connection.send("POST", "/data/foundation/import/batches", json_type, order);
  const std::string batch = member(checked(created, "create"), "id");
  const std::string path = fmt::format("/data/foundation/import/batches/{}", batch);
  checked(connection.send("PUT", fmt::format("{}/datasets/{}/files/part.parquet", path, dataset), "", file), "PUT");
  const int64_t uploaded = now_ns();
  const std::string state =
      member(checked(connection.send("POST", path + "?action=COMPLETE", until_active, ""), "COMPLETE"), "status");
  const int64_t visible = now_ns();
  if (state != "active") throw std::runtime_error(fmt::format("batch {} is {}", batch, state));
  lives.upload_us.push_back(us(began, uploaded));
  lives.visible_us.push_back(us(uploaded, visible));
  lives.total_us.push_back(us(began, visible));
}

void append(std::vector<int64_t>& all, const std::vector<int64_t>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

int run_batches(const Options& options) {
  const Address address = parse_address(options.text("url"));
  const std::string headers = read_file(options.text("headers"));
  const std::string dataset = options.text("dataset");
  const std::string path = options.text("file");
  const FilePart file{.path = path, .offset = 0, .length = static_cast<int64_t>(read_file(path).size())};
  const auto clients = static_cast<size_t>(options.number("clients"));
  std::atomic<int64_t> left = options.number("batches");
  std::vector<Lives> lives(clients);
  std::vector<std::unique_ptr<Connection>> connections;
  for (size_t i = 0; i < clients; ++i) connections.push_back(std::make_unique<Connection>(address, headers));
  std::vector<std::jthread> threads;
  std::barrier start(static_cast<ptrdiff_t>(clients) + 1);
  for (size_t i = 0; i < clients; ++i) {
    threads.emplace_back([&, &connection = *connections[i], &own = lives[i]] {
      start.arrive_and_wait();
      try {
        while (left-- > 0) live(connection, dataset, file, own);
      } catch (const std::exception& error) {
        own.failure = error.what();
      }
    });
  }
  start.arrive_and_wait();
  const int64_t began = now_ns();
  threads.clear();  // joins
  const double seconds = static_cast<double>(now_ns() - began) * 1e-9;
  Lives all;
  for (const Lives& own : lives) {
    append(all.upload_us, own.upload_us);
    append(all.visible_us, own.visible_us);
    append(all.total_us, own.total_us);
    if (all.failure.empty()) all.failure = own.failure;
  }
  fmt::print(
      "{{\"seconds\":{:.6f},\"cpu_seconds\":{:.6f},\"failure\":{},\"upload_us\":{},"
      "\"visible_us\":{},\"total_us\":{}}}\n",
      seconds, cpu_seconds(), json_text(all.failure), json_array(all.upload_us), json_array(all.visible_us),
      json_array(all.total_us));
  return all.failure.empty() ? 0 : 1;
}

}  // namespace lakegate::bench
