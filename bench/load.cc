// load: requests known beforehand. A plan's line: CLIENT METHOD PATH HEADER FILE OFFSET LENGTH, tabs between, "-" for
// no header or file.
#include <fmt/format.h>

#include <algorithm>
#include <barrier>
#include <cstdio>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "connection.h"
#include "tools.h"

namespace lakegate::bench {
namespace {

struct Request {
  std::string method;
  std::string path;
  std::string header;
  FilePart part;
};

struct Outcome {
  std::vector<int64_t> latencies_us;
  int64_t last_byte_at = 0;
  std::string failure;  // of the first that was refused
};

std::map<int, std::vector<Request>> read_plan(const std::string& path) {
  std::map<int, std::vector<Request>> plan;
  std::istringstream lines(read_file(path));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::vector<std::string> cells;
    for (std::string cell; std::getline(fields, cell, '\t');) cells.push_back(cell);
    if (cells.size() != 7) throw std::runtime_error("a plan's line needs 7 fields: " + line);
    Request request{
        .method = cells[1], .path = cells[2], .header = cells[3] == "-" ? "" : cells[3] + "\r\n", .part = {}};
    if (cells[4] != "-")
      request.part = {.path = cells[4], .offset = std::stoll(cells[5]), .length = std::stoll(cells[6])};
    plan[std::stoi(cells[0])].push_back(std::move(request));
  }
  return plan;
}

void work(const std::vector<Request>& requests, Connection& connection, Outcome& outcome) {
  for (const Request& request : requests) {
    const int64_t began = now_ns();
    const Answer answer = connection.send(request.method, request.path, request.header, request.part);
    outcome.latencies_us.push_back((answer.answered_at - began) / 1000);
    outcome.last_byte_at = std::max(outcome.last_byte_at, answer.last_byte_at);
    if (answer.status / 100 == 2) continue;
    outcome.failure = fmt::format("{} {}: {} {}", request.method, request.path, answer.status, answer.body);
    return;
  }
}

}  // namespace

int run_load(const Options& options) {
  const Address address = parse_address(options.text("url"));
  const std::string headers = read_file(options.text("headers"));
  const auto plan = read_plan(options.text("plan"));
  std::vector<Outcome> outcomes(plan.size());
  std::vector<std::unique_ptr<Connection>> connections;
  for (size_t i = 0; i < plan.size(); ++i) connections.push_back(std::make_unique<Connection>(address, headers));
  std::vector<std::jthread> clients;
  std::barrier start(static_cast<ptrdiff_t>(plan.size()) + 1);
  size_t next = 0;
  for (const auto& [client, requests] : plan) {
    clients.emplace_back([&start, &requests = requests, &connection = *connections[next], &outcome = outcomes[next]] {
      start.arrive_and_wait();
      try {
        work(requests, connection, outcome);
      } catch (const std::exception& error) {
        outcome.failure = error.what();
      }
    });
    ++next;
  }
  start.arrive_and_wait();
  const int64_t began = now_ns();
  clients.clear();  // joins
  const int64_t ended = now_ns();
  std::vector<int64_t> latencies;
  std::string failure;
  int64_t last_byte_at = 0;
  for (const Outcome& outcome : outcomes) {
    latencies.insert(latencies.end(), outcome.latencies_us.begin(), outcome.latencies_us.end());
    last_byte_at = std::max(last_byte_at, outcome.last_byte_at);
    if (failure.empty()) failure = outcome.failure;
  }
  fmt::print(
      "{{\"seconds\":{:.6f},\"cpu_seconds\":{:.6f},\"last_byte_at\":{:.6f},\"failure\":{},\"latencies_us\":{}}}\n",
      static_cast<double>(ended - began) * 1e-9, cpu_seconds(), static_cast<double>(last_byte_at) * 1e-9,
      json_text(failure), json_array(latencies));
  return failure.empty() ? 0 : 1;
}

}  // namespace lakegate::bench
