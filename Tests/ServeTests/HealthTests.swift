import Synchronization
import Testing

@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct HealthTests {
    @Test func readyMeansAModelAndAFreshPicture() async throws {
        let time = ManualTime()
        try await withServer(time: time.timekeeper) { server in
            server.program.content.withLock { $0.problems = ["the model is being loaded"] }
            let early = try await server.get("/readyz")
            #expect(early.status == 503)
            #expect(early.text == "the model is being loaded\nthere is no picture yet\n")
            server.program.content.withLock { $0.problems = [] }
            try server.feed.publish(1)
            let ready = try await server.get("/readyz")
            #expect(ready.status == 200)
            #expect(ready.text == "ready\n")
            time.advance(by: .seconds(6))
            // A slate does not make it ready.
            try server.feed.publish(2, isSlate: true)
            let late = try await server.get("/readyz")
            #expect(late.status == 503)
            #expect(late.text == "the newest picture is 6.0 s old\n")
            #expect(try await server.get("/healthz").text == "ok\n")
        }
    }

    @Test func measurementsAreInPrometheusTextFormat() async throws {
        try await withServer { server in
            server.metrics.counter("test_total", "With \\ and\nline.", labels: [("reason", "a \"b\"\n")]).add(3)
            let histogram = server.metrics.histogram("test_seconds", "Times.", buckets: [0.1, 1])
            for value in [0.05, 0.1, 0.5, 30] { histogram.observe(value) }
            let answer = try await server.get("/metrics")
            #expect(answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(
                answer.text.contains(
                    "# HELP test_total With \\\\ and\\nline.\n# TYPE test_total counter\n"
                        + "test_total{reason=\"a \\\"b\\\"\\n\"} 3\n"))
            #expect(
                answer.text.contains(
                    "# TYPE test_seconds histogram\ntest_seconds_bucket{le=\"0.1\"} 2\n"
                        + "test_seconds_bucket{le=\"1\"} 3\ntest_seconds_bucket{le=\"+Inf\"} 4\n"
                        + "test_seconds_sum 30.65\ntest_seconds_count 4\n"))
            #expect(answer.text.contains("\nprocess_resident_memory_bytes "))
            #expect(answer.text.contains("\ncamstream_stream_clients 0\n"))
            // Every line is a comment or a name, labels and a number.
            let line = #/(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[^}]*\})? [-+0-9.eInfNa]+)/#
            for text in answer.text.split(separator: "\n") { #expect(text.wholeMatch(of: line) != nil, "\(text)") }
        }
    }

    @Test func aNameStandsForOneMeasurement() {
        let metrics = Metrics()
        metrics.counter("a_total", "A.").add()
        metrics.counter("a_total", "A.").add()
        metrics.gauge("b", "B.") { 1 }
        metrics.gauge("b", "B.") { 2.5 }
        #expect(
            metrics.text == "# HELP a_total A.\n# TYPE a_total counter\na_total 2\n# HELP b B.\n# TYPE b gauge\nb 2.5\n"
        )
    }

    @Test func aGroupIsReadAtOneMoment() {
        let metrics = Metrics()
        let reads = Mutex(0)
        metrics.group([.init("in_total", "In."), .init("waiting", "Waiting.", isCounter: false)]) {
            let number = reads.withLock { reads in
                reads += 1
                return Double(reads)
            }
            return [.init("waiting", number), .init("in_total", labels: [("kind", "a")], number)]
        }
        #expect(
            metrics.text
                == "# HELP in_total In.\n# TYPE in_total counter\nin_total{kind=\"a\"} 1\n"
                + "# HELP waiting Waiting.\n# TYPE waiting gauge\nwaiting 1\n")
        #expect(reads.withLock { $0 } == 1)
    }
}
