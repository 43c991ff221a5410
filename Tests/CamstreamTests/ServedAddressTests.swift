import Testing

@testable import camstream

struct ServedAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "http://127.0.0.1:8090/"), ("::1", "http://[::1]:8090/"),
        ("camera.local", "http://camera.local:8090/"),
        ("0.0.0.0", "http://127.0.0.1:8090/ (from other machines: http://192.0.2.7:8090/)"),
        ("::", "http://[::1]:8090/ (from other machines: http://192.0.2.7:8090/)"),
    ])
    func theAddressCanBeOpened(host: String, text: String) {
        #expect(ServedAddress("http", host: host, port: 8090).text(others: ["192.0.2.7", "198.51.100.1"]) == text)
    }

    @Test func whereThereIsNoNetworkOnlyThisMachineIsNamed() {
        #expect(ServedAddress("https", host: "0.0.0.0", port: 1).text(others: []) == "https://127.0.0.1:1/")
    }

    @Test func noAddressOfThisMachineIsTheLoopback() {
        #expect(!ServedAddress("http", host: "0.0.0.0", port: 1).text().contains("machines: http://127."))
    }
}
