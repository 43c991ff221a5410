import Testing

@testable import Serve

/// What other sites' pages could try through the browser of somebody who may come in.
@Suite(.timeLimit(.minutes(30))) struct ForeignPageTests {
    @Test(arguments: [
        "localhost", "LOCALHOST:8090", "127.0.0.1", "127.0.0.1:1", "[::1]:8090", "localhost.", "cam.example",
    ])
    func ownNamesAreAnswered(_ host: String) async throws {
        var config = ServeConfig()
        config.allowedHosts = ["Cam.Example"]
        try await withServer(config) { server async throws in
            #expect(try await server.get("/healthz", headers: ["Host: \(host)"]).status == 200)
        }
    }

    @Test(arguments: [
        "evil.example", "localhost.evil.example", "192.0.2.1", "localhost:x", "[::1", "", "localhost@evil",
    ])
    func foreignNamesAreNot(_ host: String) async throws {
        try await withServer { server in
            let status = try await server.get("/", headers: ["Host: \(host)"]).status
            #expect(status == 421 || status == 400)
        }
    }

    /// As old tools ask, and nobody that was led here by a foreign name: a browser sends it.
    @Test func aRequestOfOldHTTPFromThisMachineNeedsNoHost() async throws {
        try await withServer { server async throws in
            for head in ["GET /api/state HTTP/1.0", "GET /healthz HTTP/1.0\r\nConnection: close"] {
                let answer = try await server.connected { client in
                    try await client.send(head + "\r\n\r\n")
                    return Answer(try await client.receiveToEnd())
                }
                #expect(answer.status == 200, "\(answer.text)")
            }
        }
    }

    @Test func aRefusedNameIsToldWhereNamesStand() async throws {
        try await withServer { server async throws in
            let answer = try await server.get("/", headers: ["Host: cam.example"])
            #expect(answer.status == 421)
            #expect(
                answer.json["error"] as? String
                    == "this server is not called 'cam.example'; if it should be, add the name to allowed-hosts under "
                    + "serve in the config file")
        }
    }

    @Test func aRequestWithoutHostIsRefused() async throws {
        try await withServer { server in
            let answer = try await server.connected { client in
                try await client.send("GET / HTTP/1.1\r\n\r\n")
                return Answer(try await client.receiveToEnd())
            }
            #expect(answer.status == 400)
        }
    }

    @Test func onAllInterfacesAnyAddressIsOursButNoForeignName() {
        let check = HostCheck(boundTo: "0.0.0.0", names: [])
        #expect(check.allows("192.168.1.20:8090") && check.allows("[fe80::1]:8090") && check.allows("localhost"))
        #expect(!check.allows("evil.example:8090"))
        let one = HostCheck(boundTo: "192.168.1.20", names: [])
        #expect(one.allows("192.168.1.20:8090") && !one.allows("192.168.1.21:8090"))
    }

    @Test(arguments: [
        ("Sec-Fetch-Site: same-origin", 200), ("Sec-Fetch-Site: none", 200), ("Sec-Fetch-Site: cross-site", 403),
        ("Sec-Fetch-Site: same-site", 403), ("Origin: http://localhost:8090", 200),
        ("Origin: http://localhost:3000", 403), ("Origin: http://evil.example", 403), ("Origin: null", 403),
        ("Origin: https://cam.example\r\nX-Forwarded-Host: cam.example", 200),
    ])
    func onlyOurOwnPageChangesSettings(_ header: String, _ status: Int) async throws {
        try await withServer { server in
            let answer = try await server.patch(
                #"{"overlay.box": true}"#,
                headers: ["Host: localhost:8090", "Content-Type: application/json", header])
            #expect(answer.status == status)
        }
    }

    @Test func noOtherSiteIsLetReadAnything() async throws {
        try await withServer { server in
            try server.feed.publish(1)
            for path in ["/", "/snapshot.jpg", "/api/state"] {
                let answer = try await server.get(path, headers: ["Origin: http://evil.example"])
                #expect(!answer.headerLines.contains { $0.lowercased().hasPrefix("access-control-") })
                #expect(answer["X-Content-Type-Options"] == "nosniff")
            }
            let asked = try await server.request(
                "OPTIONS", "/api/settings",
                headers: ["Origin: http://evil.example", "Access-Control-Request-Method: PATCH"])
            #expect(asked.status == 405)
            #expect(asked["Allow"] == "GET, PATCH, HEAD")
        }
    }
}
