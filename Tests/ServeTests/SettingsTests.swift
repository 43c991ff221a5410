import Foundation
import Pipeline
import Synchronization
import Testing

@testable import Serve

@Suite(.timeLimit(.minutes(30))) struct SettingsTests {
    @Test func settingsAreDescribedWithWhatTheyMayBe() async throws {
        try await withServer { server in
            let list = try await server.get("/api/settings").json["settings"] as? [[String: Any]] ?? []
            #expect(list.map { $0["key"] as? String } == TestProgram.settings.map(\.key))
            let opacity = list.first { $0["key"] as? String == "overlay.opacity" } ?? [:]
            #expect(opacity["type"] as? String == "number")
            #expect(opacity["maximum"] as? Double == 1)
            #expect(opacity["value"] as? Double == 0.6)
            let classes = list.first { $0["key"] as? String == "infer.class" } ?? [:]
            let choices = classes["choices"] as? [[String: String]]
            #expect(choices?.count == 100 && classes["choice_count"] as? Int == 1001)
            #expect(choices?[3] == ["value": "2", "title": "class 1 (2)"])
        }
    }

    @Test func whatHoldsIsAmongTheChoicesThatAreSent() async throws {
        try await withServer { server in
            _ = try await server.patch(#"{"infer.class": "285"}"#)
            let list = try await server.get("/api/settings").json["settings"] as? [[String: Any]] ?? []
            let choices = list.first { $0["key"] as? String == "infer.class" }?["choices"] as? [[String: String]]
            #expect(choices?.last == ["value": "285", "title": "Egyptian cat"] && choices?.count == 101)
        }
    }

    @Test func choicesAreFoundByWhatTheyHaveInTheirTitles() async throws {
        try await withServer { server in
            func find(_ query: String) async throws -> (count: Int?, values: [String?]) {
                let json = try await server.get("/api/choices?key=infer.class&\(query)").json
                return (json["count"] as? Int, (json["choices"] as? [[String: String]] ?? []).map { $0["value"] })
            }
            let cat = try await find("matching=CAT")
            #expect(cat.count == 1 && cat.values == ["285"])
            // A value first, then titles that begin so.
            let number = try await find("matching=12")
            #expect(number.values.first == "12" && (number.count ?? 0) > 2)
            let all = try await find("")
            #expect(all.count == 1001 && all.values.count == 100)
            let last = try await find("from=1000")
            #expect(last.values == ["999"])
            let wrong = [
                try await server.get("/api/choices?key=overlay.box"),
                try await server.get("/api/choices?key=infer.class&from=-1"),
            ]
            #expect(wrong.map(\.status) == [404, 400])
        }
    }

    @Test func changesReachTheProgramTogether() async throws {
        try await withServer { server in
            let answer = try await server.patch(
                #"{"overlay": {"opacity": 0.25, "box": true}, "infer.class": "egyptian CAT"}"#)
            #expect(answer.status == 200)
            let values = answer.json["settings"] as? [String: Any]
            #expect(values?["overlay.opacity"] as? Double == 0.25)
            #expect(values?["overlay.box"] as? Bool == true)
            #expect(values?["infer.class"] as? String == "285")
            let changes = server.program.content.withLock { $0.changes }
            #expect(
                changes == [
                    [
                        SettingChange(key: "infer.class", value: "285"),
                        SettingChange(key: "overlay.box", value: .flag(true)),
                        SettingChange(key: "overlay.opacity", value: .number(0.25)),
                    ]
                ])
        }
    }

    @Test(arguments: [
        (#"{"overlay.opacity": 1.5}"#, "overlay.opacity cannot be '1.5'; allowed: 0 to 1"),
        (#"{"overlay.opacity": "much"}"#, "overlay.opacity cannot be 'much'; allowed: 0 to 1"),
        (#"{"overlay.opacity": true}"#, "overlay.opacity cannot be 'true'; allowed: 0 to 1"),
        (#"{"overlay.opacity": null}"#, "overlay.opacity cannot be 'null'; allowed: 0 to 1"),
        (#"{"infer.smoothing": -1}"#, "infer.smoothing cannot be '-1'; allowed: 0 to 60 seconds"),
        (#"{"overlay.box": 1}"#, "overlay.box cannot be '1'; allowed: true or false"),
        (#"{"overlay.colormap": "Jet2"}"#, "overlay.colormap cannot be 'Jet2'; allowed: turbo, jet, viridis"),
        (
            #"{"infer.class": "class 3"}"#,
            "infer.class cannot be 'class 3'; allowed: one of 1001, such as auto, 0 (class 0), 1 (class 0); "
                + "GET api/choices?key=infer.class&matching=… finds them"
        ),
        (
            #"{"overlay.alhpa": 1}"#,
            "overlay.alhpa cannot be '1'; allowed: the settings infer.class, infer.smoothing, overlay.box, "
                + "overlay.colormap, overlay.opacity"
        ),
    ])
    func aWrongValueIsRefusedWithKeyValueAndWhatIsAllowed(_ body: String, _ message: String) async throws {
        try await withServer { server in
            let answer = try await server.patch(body)
            #expect(answer.status == 422)
            #expect(answer.json["error"] as? String == message)
            #expect((answer.json["key"] as? String).map { body.contains($0) } == true)
            #expect(answer.json["value"] != nil && answer.json["allowed"] is String)
            #expect(server.program.content.withLock { $0.changes.isEmpty })
        }
    }

    @Test func oneWrongValueAmongRightOnesChangesNothing() async throws {
        try await withServer { server async throws in
            #expect(try await server.patch(#"{"overlay.box": true, "overlay.opacity": 7}"#).status == 422)
            #expect(server.program.content.withLock { $0.changes.isEmpty })
        }
    }

    @Test func beforeTheProgramIsReadyThereIsNothingToChange() async throws {
        try await withServer { server in
            server.program.content.withLock { $0.settings = [] }
            let answer = try await server.patch(#"{"overlay.box": true}"#)
            #expect(answer.status == 422)
            #expect(answer.json["allowed"] as? String == "none until the program is ready")
        }
    }

    @Test func theProgramItselfMayRefuse() async throws {
        try await withServer { server in
            let refusal = SettingRefusal(key: "overlay.box", value: .flag(true), allowed: "false with this layout")
            server.program.content.withLock { $0.refusal = refusal }
            let answer = try await server.patch(#"{"overlay.box": true}"#)
            #expect(answer.status == 422)
            #expect(answer.json["allowed"] as? String == "false with this layout")
        }
    }

    @Test(arguments: ["", "{", "[1]", "null", "nonsense", #"{"a":1}x"#, "\u{0}"])
    func whatIsNoJSONObjectIsRefused(_ body: String) async throws {
        try await withServer { server async throws in #expect(try await server.patch(body).status == 400) }
    }

    @Test func aBodyThatIsTooLargeIsRefused() async throws {
        try await withServer { server async throws in
            let body = #"{"overlay.colormap": ""# + String(repeating: "x", count: 70_000) + #""}"#
            #expect(try await server.patch(body).status == 413)
        }
    }

    @Test func onlyJSONIsTaken() async throws {
        try await withServer { server async throws in
            #expect(try await server.patch("{}", headers: []).status == 415)
            #expect(try await server.patch("{}", headers: ["Content-Type: text/plain"]).status == 415)
            #expect(
                try await server.patch("{}", headers: ["Content-Type: application/json; charset=utf-8"]).status == 200)
        }
    }

    @Test func aReadOnlyServerChangesNothingAndSaysSo() async throws {
        var config = ServeConfig()
        config.readOnly = true
        try await withServer(config) { server in
            #expect(try await server.patch(#"{"overlay.box": true}"#).status == 403)
            #expect(server.program.content.withLock { $0.changes.isEmpty })
            let state = try await server.get("/api/state").json["server"] as? [String: Any]
            #expect(state?["is_read_only"] as? Bool == true)
        }
    }

    @Test func theStateTellsTheProgramTheSettingsAndTheServer() async throws {
        try await withServer { server in
            let state = try await server.get("/api/state").json
            let live = state["live"] as? [String: Any]
            #expect(live?["source"] as? String == "clip.mp4")
            #expect(live?["frames_per_second"] as? Double == 25)
            #expect((live?["frames"] as? [String: Any])?["dropped"] as? [String: Int] == ["late": 2])
            #expect((live?["signal"] as? [String: Any])?["is_present"] as? Bool == true)
            #expect((state["settings"] as? [String: Any])?["overlay.opacity"] as? Double == 0.6)
            #expect((state["server"] as? [String: Any])?["maximum_clients"] as? Int == 128)
        }
    }

    @Test func theOpenAPIDocumentTellsEveryRouteAndSetting() async throws {
        try await withServer { server in
            let document = try await server.get("/api/openapi.json").json
            #expect(document["openapi"] as? String == "3.1.0")
            let paths = document["paths"] as? [String: [String: Any]] ?? [:]
            #expect(
                paths.keys.sorted() == [
                    "/", "/api/choices", "/api/events", "/api/openapi.json", "/api/settings", "/api/state",
                    "/api/teach", "/api/teach/classes", "/api/teach/clear", "/api/teach/examples", "/api/teach/model",
                    "/api/teach/model.onnx", "/api/teach/report.html", "/api/teach/report.json",
                    "/api/teach/thumbnail.jpg", "/api/teach/undo", "/healthz", "/hls/index.m3u8",
                    "/hls/init.mp4", "/hls/segment.m4s", "/metrics", "/readyz", "/snapshot.jpg",
                    "/stream",
                ])
            #expect(paths["/api/settings"]?.keys.sorted() == ["get", "patch"])
            let schemas = (document["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]]
            let properties = schemas?["Settings"]?["properties"] as? [String: [String: Any]]
            #expect(properties?["overlay.opacity"]?["maximum"] as? Double == 1)
            #expect(properties?["overlay.colormap"]?["enum"] as? [String] == ["turbo", "jet", "viridis"])
        }
    }
}
