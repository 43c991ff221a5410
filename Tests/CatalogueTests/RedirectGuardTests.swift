import Testing

@testable import Catalogue

struct RedirectGuardTests {
    private func names(_ name: String) -> [String] {
        ["mirror.example": ["192.0.2.1"], "inside.example": ["10.0.0.1"], "both.example": ["192.0.2.2", "fd00::1"]][
            name]
            ?? []
    }

    private func refused(_ location: String, from address: String) -> String? {
        var redirects = RedirectGuard(address: address, numbers: names)
        return redirects.refusedHost(of: location)
    }

    @Test(arguments: [
        ("http://10.1.2.3/x", "10.1.2.3"), ("http://[::1]:80/x", "[::1]"), ("//inside.example/x", "inside.example"),
        ("https://user@both.example/", "both.example"), ("HTTP://169.254.169.254", "169.254.169.254"),
        // What libcurl takes, and other readers of addresses do not.
        ("http:/10.1.2.3/x", "10.1.2.3"), ("http:///10.1.2.3/x", "10.1.2.3"), ("http://10.1.2.3/a b|c", "10.1.2.3"),
    ])
    func aServerOutsideSendsNobodyInside(_ location: String, _ host: String) {
        #expect(refused(location, from: "https://mirror.example/m.onnx") == host)
        #expect(refused(location, from: "http://192.0.2.1:8000/m.onnx") == host)
        // It is not known here: a proxy has it.
        #expect(refused(location, from: "http://unknown.example/m.onnx") == host)
    }

    @Test(arguments: ["https://cdn.example/x", "/elsewhere", "x", "//192.0.2.7/x", "https://mirror.example/10.0.0.1"])
    func anotherServerOutsideIsFollowed(_ location: String) {
        #expect(refused(location, from: "https://mirror.example/m.onnx") == nil)
    }

    @Test func whoNamesAServerInsideMeansIt() {
        #expect(refused("http://10.0.0.2/x", from: "http://inside.example/m.onnx") == nil)
        #expect(refused("http://127.0.0.1/x", from: "http://[fd00::1]/m.onnx") == nil)
    }

    @Test func aNameThatLeadsInsideWhenItIsConnectedToIsStopped() {
        var redirects = RedirectGuard(address: "https://mirror.example/", numbers: names)
        let first = redirects.mayConnect(to: "192.0.2.1", isRedirected: false)
        let outside = redirects.mayConnect(to: "192.0.2.9", isRedirected: true)
        let inside = redirects.mayConnect(to: "127.0.0.1", isRedirected: true)
        #expect(first && outside && !inside)
    }

    @Test func aServerThatIsOutsideAndInsideOpensNoWay() {
        var redirects = RedirectGuard(address: "https://both.example/", numbers: names)
        let first = ["192.0.2.2", "fd00::1"].map { redirects.mayConnect(to: $0, isRedirected: false) }
        let inside = redirects.mayConnect(to: "10.0.0.1", isRedirected: true)
        #expect(first == [true, true] && !inside)
        #expect(refused("http://10.0.0.1/", from: "https://both.example/") == "10.0.0.1")
    }

    @Test func numbersInAnyFormAreLookedUp() {
        #expect(RedirectGuard.lookUp("0x7f.1") == ["127.0.0.1"])
        #expect(RedirectGuard.lookUp("2130706433") == ["127.0.0.1"])
    }
}
