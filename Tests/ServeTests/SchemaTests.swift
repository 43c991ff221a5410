import Foundation
import Pipeline
import Testing

@testable import Serve

/// The OpenAPI document against what the server really answers. `make test-api` does the same with schemathesis.
@Suite(.timeLimit(.minutes(30))) struct SchemaTests {
    private static let recording = LiveState.Recording(
        isActive: true, file: "a.mp4", seconds: 1.5, bytes: 10, problem: "the disk is full")
    private static let top = [ClassScore(id: 3, label: "tiger", probability: 0.5)]
    /// With every member that may be there.
    private static let taught = TeachState(
        name: "things", backbone: "imagenet", classes: [.init(id: 0, name: "none", examples: 3)],
        maximumExamples: 20_000, fewestExamples: 5, undoes: "3 examples of none",
        head: .init(number: 1, isFitting: true, milliseconds: 180, problem: "the classes are the same"),
        model: .init(isBeingMade: true, step: "features", madeAt: 1, accuracy: 0.9, problem: "the disk is full"),
        problem: "the disk is full")
    private static let bare = LiveState(program: "p", source: "s", signal: .init(isPresent: false, since: 1))
    private static let sent = LiveState(
        program: "p", source: "s", signal: .init(isPresent: true, since: 1),
        pushes: [
            .init(target: "rtsp://host/cam", isConnected: true, since: 1, dropped: ["full": 2]),
            .init(target: "srt://host:9", isConnected: false, since: 2, problem: "Connection refused"),
        ])

    @Test func stateAndSettingsFitTheirSchemas() async throws {
        try await withServer { server in
            let document = try await server.get("/api/openapi.json").json
            for path in ["/api/state", "/api/settings"] {
                let answer = try await server.get(path).json
                #expect(problems(answer, Self.schema(path, "get", document), document).isEmpty)
            }
            let changed = try await server.patch(#"{"overlay.opacity": 0.25}"#).json
            #expect(problems(changed, Self.schema("/api/settings", "patch", document), document).isEmpty)
        }
    }

    @Test(
        arguments: [
            .state(TestProgram().state), .state(bare), .state(sent), .dropped(count: 2, reason: "late"),
            .lost(since: 1.5), .found,
            .frame(.init(sequence: 1, time: 0.5, framesPerSecond: 25, latencyMs: 3, mapAgeMs: 1, top: top)),
            .settings([SettingChange(key: "overlay.box", value: .flag(true))]), .recording(recording),
            .recording(.init(isActive: false)), .teach(taught), .happening(happening),
            .happening(CameraEvent(.signalLost, camera: "", time: 1)),
            .teach(
                TeachState(name: "t", backbone: "imagenet", classes: [], maximumExamples: 9, fewestExamples: 5)),
        ] as [LiveEvent])
    func eventsFitTheirSchemas(_ event: LiveEvent) async throws {
        let document = try await Self.document()
        let events = try #require(document(["components", "schemas", "Events", "properties"]) as? [String: Any])
        let data = try JSONSerialization.jsonObject(with: Data(event.data.utf8))
        let schema = try #require(events[event.name] as? [String: Any])
        #expect(problems(data, schema, document).isEmpty)
    }

    private static let happening = CameraEvent(
        .gone, camera: "door", time: 1.5, label: "dog", classId: 1, probability: 0.5, previous: "cat", seconds: 2,
        track: 3, box: [1, 2, 3, 4])

    @Test func everyMemberOfAnEventIsInItsSchema() async throws {
        let document = try await Self.document()
        let members = try JSONSerialization.jsonObject(with: Data(Self.happening.json.utf8)) as? [String: Any] ?? [:]
        let schema = document(["components", "schemas", "Event", "properties"]) as? [String: Any] ?? [:]
        #expect(members.keys.sorted() == schema.keys.sorted())
    }

    /// Every member that may be there is, so that none is forgotten.
    @Test func everyMemberIsInTheSchemaAndNoneElse() async throws {
        let document = try await Self.document()
        var state = TestProgram().state
        state.recording = Self.recording
        state.outlets = [.init(name: "mqtt", isConnected: false, problem: "the broker does not answer")]
        let members = try JSONSerialization.jsonObject(with: JSON.bytes(state)) as? [String: Any] ?? [:]
        let schema = document(["components", "schemas", "Live", "properties"]) as? [String: Any] ?? [:]
        #expect(members.keys.sorted() == schema.keys.sorted())
        let recording = members["recording"] as? [String: Any] ?? [:]
        let known = document(["components", "schemas", "Recording", "properties"]) as? [String: Any] ?? [:]
        #expect(recording.keys.sorted() == known.keys.sorted())
    }

    @Test func everyMemberOfWhatIsTaughtIsInTheSchema() async throws {
        let document = try await Self.document()
        let members = try JSONSerialization.jsonObject(with: JSON.bytes(Self.taught)) as? [String: Any] ?? [:]
        for (value, name) in [
            (members, "TeachState"), (members["head"], "TaughtHead"), (members["model"], "TaughtModel"),
        ] {
            let schema = document(["components", "schemas", name, "properties"]) as? [String: Any] ?? [:]
            #expect((value as? [String: Any])?.keys.sorted() == schema.keys.sorted())
        }
    }

    @Test func aMemberThatIsUnknownMissingOrOfAnotherTypeIsFound() async throws {
        let document = try await Self.document()
        let schema = ["$ref": "#/components/schemas/ClassScore"]
        #expect(problems(["id": 1, "label": "a", "probability": 0.5, "x": 1], schema, document) == ["$.x: unknown"])
        #expect(problems(["id": 1, "label": "a"], schema, document) == ["$.probability: missing"])
        #expect(problems(["id": "1", "label": "a", "probability": 1], schema, document) == ["$.id: no integer"])
    }

    @Test func everyRefusalOfARouteIsInTheDocument() async throws {
        let document = try await Self.document(asksWhoComes: true)
        func statuses(_ path: String, _ method: String) -> [String] {
            (document(["paths", path, method, "responses"]) as? [String: Any] ?? [:]).keys.sorted()
        }
        let all = ["200", "400", "414", "417", "421", "431", "500"]
        let page = document(["paths", "/", "get", "responses", "200", "content"]) as? [String: Any] ?? [:]
        #expect(page.keys.sorted() == ["image/jpeg", "multipart/x-mixed-replace", "text/html"])
        #expect(statuses("/healthz", "get") == all)
        #expect(statuses("/api/state", "get") == (all + ["401", "429", "503"]).sorted())
        #expect(statuses("/", "get") == (all + ["303", "401", "404", "429", "503"]).sorted())
        #expect(statuses("/snapshot.jpg", "get") == (all + ["401", "429", "503"]).sorted())
        #expect(
            statuses("/api/settings", "patch")
                == (all + ["401", "403", "413", "415", "422", "429", "503"]).sorted())
        #expect(statuses("/api/teach", "get") == (all + ["401", "404", "429", "503"]).sorted())
        #expect(
            statuses("/api/teach/examples", "post")
                == (all + ["401", "403", "404", "409", "413", "415", "429", "503", "507"]).sorted())
        #expect(
            statuses("/api/teach/examples", "delete")
                == (all + ["401", "403", "404", "409", "429", "503", "507"]).sorted())
    }

    @Test func theRoutesOfCamerasWithNamesAreInTheDocument() async throws {
        let document = try await Self.document(names: ["front", "garden"])
        let paths = document(["paths"]) as? [String: Any] ?? [:]
        let camera = [
            "", "api/choices", "api/events", "api/settings", "api/state", "api/teach", "api/teach/classes",
            "api/teach/clear", "api/teach/examples", "api/teach/model", "api/teach/model.onnx",
            "api/teach/report.html", "api/teach/report.json", "api/teach/thumbnail.jpg", "api/teach/undo",
            "hls/index.m3u8", "hls/init.mp4", "hls/segment.m4s", "snapshot.jpg", "stream",
        ].map { "/cameras/{camera}/\($0)" }
        let own = ["/", "/api/cameras", "/api/openapi.json", "/healthz", "/metrics", "/readyz"]
        #expect(paths.keys.sorted() == (camera + own).sorted())
        let parameters = document(["paths", camera[0], "parameters"]) as? [[String: Any]]
        let schema = parameters?.first?["schema"] as? [String: Any]
        #expect(schema?["enum"] as? [String] == ["front", "garden"])
        #expect(document(["paths", "/cameras/{camera}/stream", "get", "responses", "404"]) != nil)
        try await withServer(names: ["front", "garden"]) { server in
            try server.feed.publish(1)
            let document = try await server.get("/api/openapi.json").json
            let answer = try await server.get("/api/cameras").json
            #expect(problems(answer, Self.schema("/api/cameras", "get", document), document).isEmpty)
        }
    }

    private static func document(asksWhoComes: Bool = false, names: [String] = [""]) async throws -> [String: Any] {
        let cameras = ServedCameras(names.map { .test($0) })
        let routes = Routes(
            pictures: PictureRoutes(staleAfter: .seconds(5)), segments: SegmentRoutes(time: .system),
            program: ProgramRoutes(bodySize: 1, isReadOnly: false),
            health: HealthRoutes(cameras: cameras, metrics: Metrics(), staleAfter: .seconds(5)) { nil },
            overview: OverviewRoutes(cameras: cameras, staleAfter: .seconds(5)), teach: TeachRoutes(bodySize: 1),
            asksWhoComes: asksWhoComes)
        let document = await OpenAPI.document(
            routes, cameras.all, cookieName: asksWhoComes ? "camstream-1" : nil)
        return try #require(JSONSerialization.jsonObject(with: JSON.bytes(document)) as? [String: Any])
    }

    private static func schema(_ path: String, _ method: String, _ document: [String: Any]) -> [String: Any] {
        document(["paths", path, method, "responses", "200", "content", "application/json", "schema"])
            as? [String: Any] ?? [:]
    }
}

extension [String: Any] {
    fileprivate func callAsFunction(_ path: [String]) -> Any? {
        path.reduce(self as Any?) { ($0 as? [String: Any])?[$1] }
    }
}

/// As much of JSON schema as ours use.
private func problems(_ value: Any, _ schema: [String: Any], _ document: [String: Any], at path: String = "$")
    -> [String]
{
    if let reference = schema["$ref"] as? String {
        let target = document(reference.dropFirst(2).split(separator: "/").map(String.init)) as? [String: Any]
        return target.map { problems(value, $0, document, at: path) } ?? ["\(path): no \(reference)"]
    }
    let types = (schema["type"] as? String).map { [$0] } ?? schema["type"] as? [String] ?? []
    if !types.isEmpty, !types.contains(where: { isA($0, value) }) {
        return ["\(path): no \(types.joined(separator: ", "))"]
    }
    if let list = value as? [Any] {
        let items = schema["items"] as? [String: Any] ?? [:]
        return list.enumerated().flatMap { problems($0.element, items, document, at: "\(path)[\($0.offset)]") }
    }
    guard let object = value as? [String: Any] else { return [] }
    let known = schema["properties"] as? [String: [String: Any]] ?? [:]
    let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map { "\(path).\($0): missing" }
    return missing
        + object.sorted { $0.key < $1.key }.flatMap { key, member -> [String] in
            if let schema = known[key] { return problems(member, schema, document, at: "\(path).\(key)") }
            guard let others = schema["additionalProperties"] as? [String: Any] else {
                return ["\(path).\(key): unknown"]
            }
            return problems(member, others, document, at: "\(path).\(key)")
        }
}

private func isA(_ type: String, _ value: Any) -> Bool {
    let isFlag = (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? (value is Bool)
    return switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": isFlag
    case "integer": !isFlag && (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
    case "number": !isFlag && value is NSNumber
    default: false
    }
}
