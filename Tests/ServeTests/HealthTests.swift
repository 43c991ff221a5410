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
            #expect(late.text == "the newest frame is 6.0 s old\n")
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

    @Test func aViewAddsItsLabelsAndIsTakenOutAsAWhole() {
        let metrics = Metrics()
        metrics.counter("frames_total", "Frames.", labels: [("camera", "garden")]).add()
        let view = metrics.labelled([("camera", "front")])
        view.counter("frames_total", "Frames.").add(2)
        view.gauge("queue", "Waiting.", labels: [("stage", "infer")]) { 3 }
        _ = view.histogram("seconds", "Times.", buckets: [1])
        view.group([.init("in_total", "In.")]) { [.init("in_total", labels: [("kind", "a")], 4)] }
        metrics.labelled([("camera", "garden")]).group([.init("in_total", "In.")]) { [.init("in_total", 5)] }
        let garden = "# HELP frames_total Frames.\n# TYPE frames_total counter\nframes_total{camera=\"garden\"} 1\n"
        #expect(
            metrics.text
                == garden + "frames_total{camera=\"front\"} 2\n"
                + "# HELP queue Waiting.\n# TYPE queue gauge\nqueue{camera=\"front\",stage=\"infer\"} 3\n"
                + "# HELP seconds Times.\n# TYPE seconds histogram\nseconds_bucket{camera=\"front\",le=\"1\"} 0\n"
                + "seconds_bucket{camera=\"front\",le=\"+Inf\"} 0\nseconds_sum{camera=\"front\"} 0\n"
                + "seconds_count{camera=\"front\"} 0\n"
                + "# HELP in_total In.\n# TYPE in_total counter\nin_total{camera=\"front\",kind=\"a\"} 4\n"
                + "in_total{camera=\"garden\"} 5\n")
        view.remove()
        // What a removed one still registers is nobody's.
        view.counter("late_total", "Late.").add()
        view.gauge("late", "Late.") { 1 }
        #expect(
            metrics.text
                == garden + "# HELP in_total In.\n# TYPE in_total counter\nin_total{camera=\"garden\"} 5\n")
    }

    @Test func aCameraThatComesBackHasMeasurementsOfItsOwn() {
        let metrics = Metrics()
        let (old, new) = (metrics.labelled([("camera", "front")]), metrics.labelled([("camera", "front")]))
        for view in [old, new] {
            view.counter("a_total", "A.").add()
            view.group([.init("b", "B.", isCounter: false)]) { [.init("b", 1)] }
        }
        // The new one is there before the old one is taken out.
        old.remove()
        #expect(
            metrics.text
                == "# HELP a_total A.\n# TYPE a_total counter\na_total{camera=\"front\"} 1\n"
                + "# HELP b B.\n# TYPE b gauge\nb{camera=\"front\"} 1\n")
    }
}
