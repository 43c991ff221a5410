import Testing

@testable import Catalogue

struct PrivateNetworkTests {
    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0",
        "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a9fe:a9fe",
    ])
    func addressesInsideAreKnown(_ address: String) {
        #expect(PrivateNetwork.contains(address))
    }

    @Test(arguments: [
        "192.0.2.1", "172.32.0.1", "11.0.0.1", "2001:db8::1", "::ffff:192.0.2.1", "64:ff9b::c000:201", "",
    ])
    func addressesOutsideAreToo(_ address: String) {
        #expect(!PrivateNetwork.contains(address))
    }
}
