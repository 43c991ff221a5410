import Foundation
import TeachMock
import Testing

@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct TeachTests {
    private func withTeaching(
        _ config: ServeConfig = ServeConfig(), maximumExamples: Int = 20_000, names: [String] = [""],
        _ body: @escaping @Sendable (RunningServer) async throws -> Void
    ) async throws {
        try await withServer(
            config, names: names,
            teaches: { events in
                TaughtInMemory(
                    named: "things", maximumExamples: maximumExamples, onChange: { events.publish(.teach($0)) })
            }, body)
    }

    private func classes(_ answer: Answer) -> [String] {
        (answer.json["classes"] as? [[String: Any]] ?? []).map { "\($0["id"]!) \($0["name"]!) \($0["examples"]!)" }
    }

    @Test func classesAndExamplesComeAndGo() async throws {
        try await withTeaching { server async throws in
            let added = try await server.post("/api/teach/classes", #"{"name": " cup "}"#)
            #expect(added.status == 200 && added.json["id"] as? Int == 1)
            for id in 1...3 {
                let taken = try await server.post("/api/teach/examples", #"{"class": 1}"#)
                #expect(taken.json["id"] as? Int == id && taken.json["is_new"] as? Bool == true)
            }
            server.taught.setSame(true)
            let same = try await server.post("/api/teach/examples", #"{"class": 1}"#)
            #expect(same.json["id"] as? Int == 3 && same.json["is_new"] as? Bool == false)
            let state = try await server.get("/api/teach")
            #expect(classes(state) == ["0 none 0", "1 cup 3"])
            #expect(state.json["undoes"] as? String == "3 examples of cup")
            func listed(_ query: String) async throws -> [Int]? {
                try await server.get("/api/teach/examples?\(query)").json["examples"] as? [Int]
            }
            #expect(try await listed("class=1") == [3, 2, 1])
            #expect(try await listed("class=1&from=1&count=1") == [2])
            let fewer = try await server.request("DELETE", "/api/teach/examples?id=2")
            #expect(classes(fewer) == ["0 none 0", "1 cup 2"])
            let renamed = try await server.request(
                "PATCH", "/api/teach/classes", headers: ["Content-Type: application/json"],
                body: #"{"id": 1, "name": "mug"}"#)
            #expect(classes(renamed) == ["0 none 0", "1 mug 2"])
            #expect(classes(try await server.post("/api/teach/undo", "{}")) == ["0 none 0", "1 cup 2"])
            // What says nothing need not be sent.
            #expect(classes(try await server.post("/api/teach/undo", "")) == ["0 none 0", "1 cup 3"])
            #expect(classes(try await server.request("DELETE", "/api/teach/classes?id=1")) == ["0 none 0"])
            #expect(try await server.post("/api/teach/undo", "{}").status == 200)
            #expect(classes(try await server.post("/api/teach/clear", "{}")) == ["0 none 0"])
        }
    }

    @Test(arguments: [
        ("POST", "/api/teach/classes", "{}", "the body has no 'name': a text"),
        ("POST", "/api/teach/classes", #"{"name": 7}"#, "name cannot be '7'; allowed: a text"),
        ("POST", "/api/teach/classes", #"{"name": "cup", "id": 1}"#, "the body has 'id'; allowed: name"),
        (
            "POST", "/api/teach/classes", #"{"name": "a\u001b[2Jb"}"#,
            #"a class's name cannot be 'a\u{1B}[2Jb'; allowed: 1 to 64 characters, none of which steers a terminal or begins a line"#
        ),
        (
            "POST", "/api/teach/classes", #"{"name": "   "}"#,
            "a class's name cannot be ''; allowed: 1 to 64 characters, none of which steers a terminal or begins a line"
        ),
        ("POST", "/api/teach/classes", "[1]", #"the body is no JSON object, such as {"name": "cup"}"#),
        ("PATCH", "/api/teach/classes", #"{"name": "cup"}"#, "the body has no 'id': a whole number from 0 on"),
        ("POST", "/api/teach/examples", #"{"class": 1.5}"#, "class cannot be '1.5'; allowed: a whole number from 0 on"),
        ("POST", "/api/teach/examples", #"{"class": -1}"#, "class cannot be '-1'; allowed: a whole number from 0 on"),
        (
            "POST", "/api/teach/examples", #"{"class": 1e300}"#,
            "class cannot be '1e+300'; allowed: a whole number from 0 on"
        ),
        (
            "POST", "/api/teach/examples", #"{"class": true}"#,
            "class cannot be 'true'; allowed: a whole number from 0 on"
        ),
        ("POST", "/api/teach/examples", #"{"class": "1"}"#, "class cannot be '1'; allowed: a whole number from 0 on"),
        ("POST", "/api/teach/undo", #"{"all": true}"#, "the body has 'all'; allowed: nothing"),
        ("POST", "/api/teach/clear", "nonsense", "the body is no JSON object, such as {}"),
        ("DELETE", "/api/teach/classes", "", "the address has no 'id', such as ?id=1"),
        ("DELETE", "/api/teach/classes?id=x", "", "id cannot be 'x'; allowed: a whole number from 0 on"),
        ("DELETE", "/api/teach/examples?id=-1", "", "id cannot be '-1'; allowed: a whole number from 0 on"),
        ("GET", "/api/teach/examples", "", "the address has no 'class', such as ?class=1"),
        ("GET", "/api/teach/examples?class=0&count=1000000000", "", "count cannot be '1000000000'; allowed: 1 to 200"),
        (
            "GET", "/api/teach/examples?class=0&from=9223372036854775807", "",
            "from cannot be '9223372036854775807'; allowed: 0 to 1000000000"
        ),
        (
            "GET", "/api/teach/thumbnail.jpg?id=99999999999999999999", "",
            "id cannot be '99999999999999999999'; allowed: a whole number from 0 on"
        ),
    ])
    func whatMakesNoSenseIsRefusedInOneLine(_ method: String, _ path: String, _ body: String, _ problem: String)
        async throws
    {
        try await withTeaching { server async throws in
            let answer = try await server.request(
                method, path, headers: ["Content-Type: application/json"], body: body)
            #expect(answer.status == 400)
            #expect(answer.json["error"] as? String == problem)
            #expect(classes(try await server.get("/api/teach")) == ["0 none 0"])
        }
    }

    @Test(arguments: [
        (TeachRefusal.invalid("no"), 400), (.missing("no"), 404), (.conflict("no"), 409), (.storage("no"), 507),
    ])
    func aRefusalHasItsStatus(_ refusal: TeachRefusal, _ status: Int) async throws {
        try await withTeaching { server async throws in
            server.taught.refuse(refusal)
            let answers = [
                try await server.post("/api/teach/classes", #"{"name": "cup"}"#),
                try await server.post("/api/teach/examples", #"{"class": 0}"#),
                try await server.post("/api/teach/undo", "{}"), try await server.post("/api/teach/model", "{}"),
                try await server.request("DELETE", "/api/teach/examples?id=1"),
            ]
            for answer in answers {
                #expect(answer.status == status && answer.json["error"] as? String == "no")
            }
        }
    }

    @Test func whatIsNotThereOrFullIsTold() async throws {
        try await withTeaching(maximumExamples: 1) { server async throws in
            #expect(try await server.post("/api/teach/examples", #"{"class": 7}"#).status == 404)
            #expect(try await server.get("/api/teach/thumbnail.jpg?id=1").status == 404)
            #expect(try await server.get("/api/teach/model.onnx").status == 404)
            #expect(try await server.post("/api/teach/undo", "{}").status == 409)
            #expect(try await server.post("/api/teach/model", "{}").status == 409)
            #expect(try await server.post("/api/teach/examples", #"{"class": 0}"#).status == 200)
            let full = try await server.post("/api/teach/examples", #"{"class": 0}"#)
            #expect(full.status == 409 && full.json["error"] as? String == "the set is full: it has 1 examples")
        }
    }

    @Test func whereNobodyTeachesThatIsSaid() async throws {
        try await withServer { server async throws in
            for path in ["/api/teach", "/api/teach/examples", "/api/teach/thumbnail.jpg", "/api/teach/model.onnx"] {
                let answer = try await server.get(path)
                #expect(answer.status == 404)
                #expect(answer.json["error"] as? String == "this camera is not taught; start it with --teach NAME")
            }
            #expect(try await server.post("/api/teach/undo", "{}").status == 404)
            #expect(try await server.request("DELETE", "/api/teach/classes?id=1").status == 404)
        }
    }

    @Test func aReadOnlyServerIsNotTaught() async throws {
        var config = ServeConfig()
        config.readOnly = true
        try await withTeaching(config) { server async throws in
            #expect(try await server.get("/api/teach").status == 200)
            for path in ["classes", "examples", "undo", "clear", "model"] {
                #expect(try await server.post("/api/teach/\(path)", "{}").status == 403)
            }
            #expect(try await server.request("DELETE", "/api/teach/classes?id=0").status == 403)
            #expect(classes(try await server.get("/api/teach")) == ["0 none 0"])
        }
    }

    @Test func pagesOfOtherSitesTeachNothing() async throws {
        try await withTeaching { server async throws in
            let foreign = "Sec-Fetch-Site: cross-site"
            #expect(
                try await server.request("DELETE", "/api/teach/classes?id=0", headers: [foreign]).status == 403)
            #expect(
                try await server.request(
                    "POST", "/api/teach/clear", headers: [foreign, "Content-Type: application/json"], body: "{}"
                ).status == 403)
            // What a form can send.
            #expect(
                try await server.request(
                    "POST", "/api/teach/clear", headers: ["Content-Type: text/plain"], body: "{}"
                ).status == 415)
            #expect(classes(try await server.get("/api/teach")) == ["0 none 0"])
        }
    }

    @Test func aBodyThatIsTooLargeIsRefused() async throws {
        try await withTeaching { server async throws in
            let name = String(repeating: "x", count: 70_000)
            #expect(try await server.post("/api/teach/classes", #"{"name": "\#(name)"}"#).status == 413)
        }
    }

    @Test func theStateIsToldAtOnceAndAfterEachChange() async throws {
        try await withTeaching { server async throws in
            try await server.connected { client async throws in
                try await client.send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                _ = try await client.receive(until: "\r\n\r\n")
                #expect(try await client.receive(until: "\n\n").contains("event: state\n"))
                let first = try await client.receive(until: "\n\n")
                #expect(first.hasPrefix("event: teach\ndata: {\"backbone\":\"imagenet\",\"classes\":[{\"examples\":0,"))
                _ = try await server.post("/api/teach/examples", #"{"class": 0}"#)
                let next = try await client.receive(until: "\n\n")
                #expect(next.hasPrefix("id: 1\nevent: teach\ndata: {") && next.contains("\"examples\":1"))
            }
        }
    }

    @Test func thumbnailsAreKeptByTheBrowserAlone() async throws {
        try await withTeaching { server async throws in
            _ = try await server.post("/api/teach/examples", #"{"class": 0}"#)
            let answer = try await server.get("/api/teach/thumbnail.jpg?id=1&set=things")
            #expect(answer.status == 200 && answer.text == "example 1")
            #expect(answer["Content-Type"] == "image/jpeg")
            #expect(answer["Cache-Control"] == "private, max-age=3600, immutable")
            #expect(answer["Cross-Origin-Resource-Policy"] == "same-origin")
        }
    }

    @Test func theModelAndItsReportAreSentAsTheyAre() async throws {
        try await withTeaching { server async throws in
            _ = try await server.post("/api/teach/classes", #"{"name": "cup"}"#)
            for id in [0, 1] {
                for _ in 0..<5 { _ = try await server.post("/api/teach/examples", #"{"class": \#(id)}"#) }
            }
            let state = try await server.post("/api/teach/model", "{}")
            #expect(state.status == 200)
            let model = try await server.get("/api/teach/model.onnx")
            #expect(model.status == 200 && model["Content-Type"] == "application/octet-stream")
            #expect(model["Content-Length"] == "450011" && model.body.count == 450_011)
            #expect(model.text.hasSuffix("a model, and its end"))
            #expect(
                model["Content-Disposition"]
                    == "attachment; filename=\"things.onnx\"; filename*=UTF-8''things.onnx")
            let head = try await server.request("HEAD", "/api/teach/model.onnx")
            #expect(head.status == 200 && head["Content-Length"] == "450011" && head.body.isEmpty)
            let report = try await server.get("/api/teach/report.html")
            #expect(report["Content-Type"] == "text/html; charset=utf-8")
            // In a browser it is a page of nobody, without scripts.
            #expect(report["Content-Security-Policy"]?.hasPrefix("sandbox; default-src 'none'; ") == true)
            #expect(report["Content-Disposition"]?.hasPrefix("inline; ") == true)
            let numbers = try await server.get("/api/teach/report.json")
            #expect(numbers["Content-Type"] == "application/json" && numbers.json["format"] as? Int == 1)
            // A file that is gone is no end of the server.
            let path = try #require(await server.taught.made(.model)?.path)
            try FileManager.default.removeItem(atPath: path)
            #expect(try await server.get("/api/teach/model.onnx").status == 500)
            #expect(server.log.text.contains("No such file"))
        }
    }

    @Test func whereManyWaitForAPictureOneMoreIsToldToComeAgain() async throws {
        let time = ManualTime()
        let timekeeper = time.timekeeper
        try await withServer(
            teaches: { _ in TaughtInMemory(named: "things", pause: { try? await timekeeper.sleep($0) }) },
            { server async throws in
                try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<32 {
                        group.addTask { try await server.post("/api/teach/examples", #"{"class": 0}"#).status }
                    }
                    await time.sleepers(32)
                    let more = try await server.post("/api/teach/examples", #"{"class": 0}"#)
                    #expect(more.status == 503 && more["Retry-After"] == "1")
                    time.advance(by: .milliseconds(40))
                    for try await status in group { #expect(status == 200) }
                }
                #expect(classes(try await server.get("/api/teach")) == ["0 none 32"])
            })
    }

    @Test func namedCamerasHaveTheirOwn() async throws {
        try await withTeaching(names: ["front", "yard"]) { server async throws in
            _ = try await server.post("/cameras/front/api/teach/classes", #"{"name": "cup"}"#)
            #expect(classes(try await server.get("/cameras/front/api/teach")) == ["0 none 0", "1 cup 0"])
            #expect(classes(try await server.get("/cameras/yard/api/teach")) == ["0 none 0"])
        }
    }

    @Test(arguments: [
        ("things.onnx", #"filename="things.onnx"; filename*=UTF-8''things.onnx"#),
        ("../a\"b\r\nX: y", #"filename=".._a_b_r_nX_ y"; filename*=UTF-8''.._a%22b_r_nX%3A%20y"#),
        ("Tässe.onnx", #"filename="T_sse.onnx"; filename*=UTF-8''T%C3%A4sse.onnx"#),
    ])
    func aNameStaysInItsHeader(_ name: String, _ header: String) {
        #expect(FileAnswer.disposition(name, isShown: false) == "attachment; " + header)
    }
}
