#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <utility>

#include "http/test_client.h"
#include "http/test_server.h"

namespace lakegate::http {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

const std::string host = "Host: lake:1\r\n";

struct Expected {
  int status;
  std::string_view body;         // or its beginning
  std::string_view header = "";  // "name: value"
  bool keeps_connection = true;
};

void check(std::string_view request, const Expected& expected) {
  SCOPED_TRACE(request.substr(0, 120));
  static TestServer server;
  TestClient client(server.port());
  const Answer answer = client.ask(request);
  EXPECT_EQ(answer.status, expected.status);
  EXPECT_THAT(answer.body, StartsWith(std::string(expected.body)));
  EXPECT_THAT(std::string(answer.headers.find("x-request-id").value_or("")), MatchesRegex("[0-9A-HJKMNP-TV-Z]{26}"));
  EXPECT_TRUE(answer.headers.contains("date"));
  if (const size_t colon = expected.header.find(':'); colon != std::string_view::npos) {
    EXPECT_EQ(answer.headers.find(expected.header.substr(0, colon)), expected.header.substr(colon + 2));
  }
  EXPECT_EQ(answer.headers.find("connection"), expected.keeps_connection ? "keep-alive" : "close");
  if (expected.keeps_connection) {
    EXPECT_EQ(client.ask("GET /hello/again HTTP/1.1\r\n" + host + "\r\n").body, "hello again");
  } else {
    EXPECT_TRUE(client.at_end());
  }
}

TEST(Server, AnswersRequests) {
  check("GET /hello/you HTTP/1.1\r\n" + host + "\r\n", {200, "hello you", "content-length: 9"});
  check("\r\nGET /hello/a%2Fb%20c?q=1 HTTP/1.1\r\n" + host + "\r\n", {200, "hello a/b c"});
  check("GET /rest/a%2Fb/c HTTP/1.1\r\n" + host + "\r\n", {200, "a/b/c"});
  check("GET /hello/you/ HTTP/1.1\r\n" + host + "\r\n", {200, "hello you"});
  check("GET /origin HTTP/1.1\r\n" + host + "\r\n", {200, "http://lake:1"});
  check("GET http://other/origin HTTP/1.1\r\n" + host + "\r\n", {200, "http://other"});
  check("POST /echo HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello", {200, "hello"});
  check("POST /echo HTTP/1.1\r\n" + host + "\r\n", {200, "", "content-length: 0"});
  check("POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        {200, "hello"});
  check("POST /header/x-api-key HTTP/1.1\r\n" + host + "x-api-key : KEY\r\n\r\n", {200, "KEY"});
  check("POST /header/content-type HTTP/1.1\r\n" + host +
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n\r\n{}",
        {200, "application/x-www-form-urlencoded"});
  check("GET /empty HTTP/1.1\r\n" + host + "\r\n", {204, ""});
  check("GET /inject HTTP/1.1\r\n" + host + "\r\n", {200, "", "location: a  x-evil: b"});
  check("GET /inject HTTP/1.1\r\n" + host + "\r\n", {200, "", "content-length: 0"});
}

TEST(Server, EndsTheConnectionWhenAsked) {
  check("GET /hello/you HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n", {200, "hello you", "", false});
  check("GET /hello/you HTTP/1.0\r\n\r\n", {200, "hello you", "", false});
  check("GET /hello/you HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", {200, "hello you"});
  check("GET /close HTTP/1.1\r\n" + host + "\r\n", {200, "bye", "", false});
}

TEST(Server, SendsBodiesOfUnknownLength) {
  TestServer server;
  const auto ask = [&](const std::string& request) {
    TestClient client(server.port());
    client.send(request);
    client.finish_sending();
    return client.receive_rest();
  };
  const auto body_of = [](const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); };
  const std::string chunked = ask("GET /stream/3 HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_THAT(chunked, HasSubstr("transfer-encoding: chunked\r\n"));
  EXPECT_THAT(chunked, Not(HasSubstr("content-length")));
  EXPECT_EQ(body_of(chunked), "2\r\n0 \r\n2\r\n1 \r\n2\r\n2 \r\n0\r\n\r\n");
  const std::string plain = ask("GET /stream/3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(plain, AllOf(HasSubstr("connection: close"), Not(HasSubstr("chunked"))));
  EXPECT_EQ(body_of(plain), "0 1 2 ");
  EXPECT_EQ(body_of(ask("HEAD /stream/3 HTTP/1.1\r\n" + host + "\r\n")), "");
  // Without the last chunk: the client knows that it is not whole.
  EXPECT_EQ(body_of(ask("GET /stream/broken HTTP/1.1\r\n" + host + "\r\n")), "2\r\n0 \r\n2\r\n1 \r\n");
  // The connection goes on.
  const std::string get = "GET /stream/1 HTTP/1.1\r\n" + host + "\r\n";
  EXPECT_THAT(body_of(ask(get + get)), HasSubstr("HTTP/1.1 200"));
}

// Whoever does not read gets no more made than the system's buffers take.
TEST(Server, MakesNoMoreThanIsRead) {
  TestServer server;
  TestClient client(server.port());
  client.send("GET /stream/1000000 HTTP/1.1\r\n" + host + "\r\n");
  ASSERT_TRUE(eventually([&] { return server.pieces_made() > 10; }));
  int64_t made = 0;
  // It stands still sooner or later.
  ASSERT_TRUE(eventually([&] {
    const int64_t before = std::exchange(made, server.pieces_made());
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return before == server.pieces_made();
  }));
  EXPECT_LT(made, 1'000);
}

TEST(Server, RefusesWhatIsNotServed) {
  check("GET /nothing HTTP/1.1\r\n" + host + "\r\n", {404, "LG-1604-404"});
  check("OPTIONS /echo HTTP/1.1\r\n" + host + "\r\n", {405, "LG-1603-405", "allow: POST"});
  check("TRACE /hello/x HTTP/1.1\r\n" + host + "\r\n", {405, "LG-1603-405", "allow: GET, HEAD"});
  check("BREW /hello/x HTTP/1.1\r\n" + host + "\r\n", {405, "LG-1603-405", "allow: GET, HEAD"});
  check("OPTIONS * HTTP/1.1\r\n" + host + "\r\n", {405, "LG-1603-405", "allow: GET, HEAD, POST, PUT"});
  check("GET /hello/%2 HTTP/1.1\r\n" + host + "\r\n", {400, "LG-1600-400"});
  check("GET /hello/%00 HTTP/1.1\r\n" + host + "\r\n", {400, "LG-1600-400"});
  check("GET /throws HTTP/1.1\r\n" + host + "\r\n", {500, "LG-1006-500"});
}

TEST(Server, RefusesMalformedRequests) {
  check("nonsense\r\n\r\n", {400, "LG-1600-400", "", false});
  check("GET /hello/x HTTP/1.1\r\n\r\n", {400, "LG-1600-400 The Host header", "", false});
  check("GET /hello/x HTTP/1.1\n" + host + "\r\n", {400, "LG-1600-400 A line of the header ends with LF", "", false});
  check("GET /hello/x HTTP/1.1\r\n" + host + "Accept : x\r\n\r\n", {400, "LG-1600-400 The header 'Accept'", "", false});
  check("GET /hello/x HTTP/1.1\r\n" + host + host + "\r\n", {400, "LG-1600-400 The header 'host'", "", false});
  check("GET /" + std::string(2000, 'x') + " HTTP/1.1\r\n" + host + "\r\n", {414, "LG-1602-414", "", false});
  check("GET /" + std::string(20000, 'x') + " HTTP/1.1\r\n" + host + "\r\n", {414, "LG-1602-414", "", false});
  check("GET /hello/x HTTP/1.1\r\n" + host + "Long: " + std::string(17000, 'x') + "\r\n\r\n",
        {431, "LG-1601-431", "", false});
  check("GET /hello/x HTTP/1.1\r\n" + host + "Long: " + std::string(15000, 'x') + "\r\n\r\n", {200, "hello x"});
  check("POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nnonsense",
        {400, "LG-1600-400", "", false});
  check("POST /echo HTTP/1.1\r\n" + host + "Content-Length: 16777217\r\n\r\n", {413, "LG-1606-413", "", false});
}

TEST(Server, HeadHasNoBody) {
  TestServer server;
  TestClient client(server.port());
  const Answer head = client.ask("HEAD /hello/you HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.find("content-length"), "9");
  const Answer missing = client.ask("HEAD /nothing HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(client.ask("GET /hello/you HTTP/1.1\r\n" + host + "\r\n").body, "hello you");
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  TestServer server;
  TestClient client(server.port());
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += fmt::format("GET /hello/{} HTTP/1.1\r\n{}\r\n", i, host);
    all += fmt::format("POST /echo HTTP/1.1\r\n{}Content-Length: 4\r\n\r\nbody", host);
    all += fmt::format("PUT /upload/splice HTTP/1.1\r\n{}Content-Length: 6\r\n\r\nbytes{}", host, i % 10);
    all += fmt::format("POST /echo HTTP/1.1\r\n{}Transfer-Encoding: chunked\r\n\r\n3\r\nend\r\n0\r\n\r\n", host);
    all += fmt::format("PUT /refuse HTTP/1.1\r\n{}Content-Length: 7\r\n\r\nGET / x", host);
  }
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(client.receive().body, fmt::format("hello {}", i));
    EXPECT_EQ(client.receive().body, "body");
    EXPECT_EQ(client.receive().body, "6");
    EXPECT_EQ(client.receive().body, "end");
    EXPECT_EQ(client.receive().body, "not now");
  }
}

TEST(Server, RequestIdsAreItsOwnAndDiffer) {
  TestServer server;
  TestClient client(server.port());
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    const Answer answer = client.ask("GET /nothing HTTP/1.1\r\n" + host + "x-request-id: mine\r\n\r\n");
    EXPECT_EQ(answer.headers.find("instance"), answer.headers.find("x-request-id"));
    ids.emplace(answer.headers.find("x-request-id").value_or(""));
  }
  EXPECT_EQ(ids.size(), 20);
  EXPECT_FALSE(ids.contains("mine"));
}

TEST(Server, SendsFiles) {
  TestServer server;
  TestClient client(server.port());
  for (const int64_t bytes : {0, 1, 100, 70'000, 3'000'001}) {
    const Answer answer = client.ask(fmt::format("GET /file/{} HTTP/1.1\r\n{}\r\n", bytes, host));
    EXPECT_EQ(answer.status, 200);
    std::string expected;
    for (int64_t i = 0; i < bytes; ++i) expected += static_cast<char>('a' + i % 23);
    EXPECT_TRUE(answer.body == expected) << bytes;
  }
}

TEST(Server, FullPoolIsBusy) {
  TestServer server(test_settings(), 1, 1);
  TestClient first(server.port());
  TestClient second(server.port());
  TestClient third(server.port());
  const std::string wait = "POST /wait HTTP/1.1\r\n" + host + "\r\n";
  first.send(wait);
  ASSERT_TRUE(eventually([&] { return server.waiting() == 1; }));
  second.send("GET /hello/you HTTP/1.1\r\n" + host + "\r\n");
  ASSERT_TRUE(eventually([&] { return server.pool().full(); }));
  for (const std::string& request : {"GET /hello/you HTTP/1.1\r\n" + host + "\r\n",
                                     "PUT /upload/splice HTTP/1.1\r\n" + host + "Content-Length: 1\r\n\r\nx"}) {
    const Answer busy = third.ask(request);
    EXPECT_EQ(busy.status, 503);
    EXPECT_THAT(busy.body, StartsWith("LG-1608-503"));
    EXPECT_EQ(busy.headers.find("retry-after"), "1");
  }
  server.release();
  EXPECT_EQ(first.receive().body, "released");
  EXPECT_EQ(second.receive().body, "hello you");
  EXPECT_EQ(third.ask("GET /hello/again HTTP/1.1\r\n" + host + "\r\n").body, "hello again");
}

TEST(Server, TooManyConnectionsAreToldSo) {
  Settings settings = test_settings();
  settings.connections_max = 2;
  TestServer server(settings);
  const std::string hello = "GET /hello/you HTTP/1.1\r\n" + host + "\r\n";
  TestClient first(server.port());
  EXPECT_EQ(first.ask(hello).status, 200);
  {
    TestClient second(server.port());
    EXPECT_EQ(second.ask(hello).status, 200);
    TestClient third(server.port());
    const Answer answer = third.ask(hello);
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.headers.contains("retry-after"));
    EXPECT_TRUE(answer.headers.contains("x-request-id"));
    EXPECT_TRUE(third.at_end());
  }
  ASSERT_TRUE(eventually([&] { return server.server().connections() == 1; }));
  EXPECT_EQ(TestClient(server.port()).ask(hello).status, 200);
}

TEST(Server, BodiesInMemoryShareALimit) {
  Settings settings = test_settings();
  settings.bodies_bytes_max = 100'000;
  TestServer server(settings);
  const auto post = [](int64_t bytes) {
    return fmt::format("POST /echo HTTP/1.1\r\n{}Content-Length: {}\r\n\r\n", host, bytes);
  };
  TestClient holds(server.port());
  holds.send(post(90'000) + std::string(80'000, 'x'));
  TestClient other(server.port());
  const auto status = [&] {
    TestClient client(server.port());
    return client.ask(post(50'000) + std::string(50'000, 'y')).status;
  };
  EXPECT_TRUE(eventually([&] { return status() == 503; }));
  holds.send(std::string(10'000, 'x'));
  EXPECT_EQ(holds.receive().body.size(), 90'000);
  EXPECT_TRUE(eventually([&] { return status() == 200; }));
}

TEST(Server, TellsTheObserver) {
  TestServer server;
  TestClient client(server.port());
  client.ask("POST /echo HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello");
  client.ask("GET /nothing HTTP/1.1\r\n" + host + "\r\n");
  client.ask("GET /hello/you HTTP/1.1\r\n" + host + "\r\n");
  ASSERT_TRUE(eventually([&] { return server.finished().size() == 3; }));
  EXPECT_THAT(server.finished(),
              ElementsAre("POST /echo 200 in=5 out=5", HasSubstr("GET  404 in=0"), "GET /hello/{name} 200 in=0 out=9"));
}

// settings -> part of the refusal.
void check_start(Settings settings, std::string_view expected) {
  Router router;
  WorkerPool pool(1, 1);
  SystemClock clock;
  SystemRandom random;
  const RenderError render = [](const Error&, const Request&) { return Response::empty(500); };
  const auto started = Server::start(std::move(settings), {router, pool, clock, random, render});
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, &codes::invalid_argument);
  EXPECT_THAT(started.error().message, HasSubstr(std::string(expected)));
}

TEST(Server, ExplainsWhyItCannotStart) {
  TestServer running;
  Settings taken;
  taken.port = running.port();
  check_start(taken, fmt::format("Cannot listen on 127.0.0.1:{}", running.port()));
  Settings unknown;
  unknown.address = "no.such.host.invalid";
  check_start(unknown, "'no.such.host.invalid'");
  Settings half;
  half.tls_certificate_file = "certificate.pem";
  check_start(half, "TLS needs both files");
  Settings missing;
  missing.tls_certificate_file = missing.tls_key_file = "/no/such/file.pem";
  check_start(missing, "'/no/such/file.pem' cannot be used");
}

}  // namespace
}  // namespace lakegate::http
