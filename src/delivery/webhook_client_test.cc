// Against a socket of the test: names mean what `resolved` says, and the address is judged when it is connected to.
#include "delivery/webhook_client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/file_descriptor.h"

namespace lakegate::delivery {
namespace {

using testing::HasSubstr;

// Takes one connection after the other and gives each the same answer.
class Listener {
 public:
  explicit Listener(std::string answer) : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(socket_.get(), 16), 0);
    socklen_t length = sizeof address;
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Listener() {
    ::shutdown(socket_.get(), SHUT_RDWR);
    thread_.join();
  }

  int port() const { return port_; }
  int accepted() const { return accepted_; }

 private:
  void run() {
    while (true) {
      const FileDescriptor one(::accept(socket_.get(), nullptr, nullptr));
      if (one.get() < 0) return;
      ++accepted_;
      char room[4096];
      if (::read(one.get(), room, sizeof room) <= 0) continue;
      size_t sent = 0;
      while (sent < answer_.size()) {
        const ssize_t wrote = ::send(one.get(), answer_.data() + sent, answer_.size() - sent, MSG_NOSIGNAL);
        if (wrote <= 0) break;
        sent += static_cast<size_t>(wrote);
      }
      if (answer_.empty()) (void)!::read(one.get(), room, sizeof room);  // until the other side hangs up
    }
  }

  const std::string answer_;
  const FileDescriptor socket_;
  int port_ = 0;
  std::atomic<int> accepted_{0};
  std::thread thread_;
};

WebhookAnswer ask(WebhookClient& client, const std::string& url) {
  std::promise<WebhookAnswer> answered;
  client.send(client.new_owner(), {.url = url, .headers = {"Content-Type: text/plain"}, .body = "hello"},
              [&](WebhookAnswer answer) { answered.set_value(std::move(answer)); });
  return answered.get_future().get();
}

constexpr const char* fine = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";

TEST(WebhookClient, APublicNameWithAPrivateAddressIsNotConnectedTo) {
  Listener listener(fine);
  const std::string url = fmt::format("http://hooks.example.com:{}/", listener.port());
  WebhookClientSettings settings{.resolved = {fmt::format("hooks.example.com:{}:127.0.0.1", listener.port())}};
  WebhookClient strict(settings);
  const WebhookAnswer refused = ask(strict, url);
  EXPECT_EQ(refused.status, 0);
  EXPECT_THAT(refused.failure, HasSubstr("delivery.private_addresses"));
  EXPECT_THAT(refused.failure, testing::Not(HasSubstr("127.0.0.1")));
  EXPECT_EQ(listener.accepted(), 0);

  settings.addresses = AddressRules::parse("127.0.0.1").value();
  WebhookClient lenient(settings);
  EXPECT_EQ(ask(lenient, url).status, 204);
  EXPECT_EQ(listener.accepted(), 1);
}

WebhookClientSettings local() { return {.addresses = AddressRules::parse("127.0.0.1").value()}; }
std::string url_of(const Listener& listener) { return fmt::format("http://127.0.0.1:{}/", listener.port()); }

TEST(WebhookClient, ARedirectIsAnAnswer) {
  Listener elsewhere(fine);
  Listener listener(fmt::format("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", url_of(elsewhere)));
  WebhookClient client(local());
  EXPECT_EQ(ask(client, url_of(listener)).status, 302);
  EXPECT_EQ(elsewhere.accepted(), 0);
}

TEST(WebhookClient, RetryAfterIsRead) {
  Listener listener("HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n");
  WebhookClient client(local());
  const WebhookAnswer answer = ask(client, url_of(listener));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.retry_after, 120'000);
}

TEST(WebhookClient, ABodyIsCutOffAndItsStatusCounts) {
  Listener listener("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(10 << 20, 'x'));
  WebhookClient client(local());
  EXPECT_EQ(ask(client, url_of(listener)).status, 200);
}

TEST(WebhookClient, SilenceEndsInTime) {
  Listener listener("");
  WebhookClientSettings settings = local();
  settings.timeout = 200;
  WebhookClient client(settings);
  const WebhookAnswer answer = ask(client, url_of(listener));
  EXPECT_EQ(answer.status, 0);
  EXPECT_THAT(answer.failure, HasSubstr("200 ms"));
}

TEST(WebhookClient, WhatIsNoHttpIsAFailure) {
  Listener listener("SSH-2.0-OpenSSH_9.2\r\n");
  WebhookClient client(local());
  const WebhookAnswer answer = ask(client, url_of(listener));
  EXPECT_EQ(answer.status, 0);
  EXPECT_FALSE(answer.failure.empty());
}

TEST(WebhookClient, AnOwnersRequestsEndWithIt) {
  Listener listener("");
  WebhookClient client(local());
  const WebhookClient::Owner owner = client.new_owner();
  std::atomic<int> ended{0};
  for (int i = 0; i < 5; ++i) {
    client.send(owner, {.url = url_of(listener), .body = "x"}, [&](const WebhookAnswer& answer) {
      EXPECT_EQ(answer.status, 0);
      ++ended;
    });
  }
  client.end(owner);
  EXPECT_EQ(ended, 5);
}

TEST(WebhookClient, ItsEndEndsAll) {
  Listener listener("");
  std::atomic<int> ended{0};
  {
    WebhookClient client(local());
    client.send(client.new_owner(), {.url = url_of(listener), .body = "x"}, [&](const WebhookAnswer&) { ++ended; });
  }
  EXPECT_EQ(ended, 1);
}

}  // namespace
}  // namespace lakegate::delivery
