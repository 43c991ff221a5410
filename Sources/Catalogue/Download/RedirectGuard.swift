import CCurl
import Foundation
import Glibc

/// A server outside must not send us to one inside, which may trust this machine: tells which redirects do.
///
/// The address of a redirect is looked at before anything is asked for there; so it is where a proxy makes the connections. A
/// name that leads elsewhere a moment later is stopped when it is connected to, unless a proxy does that.
struct RedirectGuard {
    private let address: String
    private let numbers: (String) -> [String]
    /// Whether the user names a host in this machine's or a private network; nil: nothing asked yet.
    private var isNamedInside: Bool?
    /// Whether all that was connected to before the first redirect is there. A proxy may be, without the server being.
    private var isConnectedInside: Bool?

    /// - Parameter address: what the user asks for.
    /// - Parameter numbers: the addresses that a name stands for; none where it is not known here.
    init(address: String, numbers: @escaping (String) -> [String] = RedirectGuard.lookUp) {
        self.address = address
        self.numbers = numbers
    }

    /// - Parameter location: as a redirect names it.
    /// - Returns: its host, where it must not be followed.
    mutating func refusedHost(of location: String) -> String? {
        guard let host = host(location), places(of: host).contains(true) else { return nil }
        let isNamedInside = isNamedInside ?? self.host(nil).map { !places(of: $0).contains(false) } ?? false
        self.isNamedInside = isNamedInside
        return isNamedInside ? nil : host
    }

    /// - Parameter address: numbers, of the server or of a proxy.
    /// - Parameter isRedirected: whether a redirect led there.
    mutating func mayConnect(to address: String, isRedirected: Bool) -> Bool {
        let isInside = PrivateNetwork.contains(address)
        if isRedirected { return !isInside || isConnectedInside ?? false }
        isConnectedInside = (isConnectedInside ?? true) && isInside
        return true
    }

    /// - Parameter location: nil: the address that the user asks for.
    private func host(_ location: String?) -> String? {
        guard let host = shim_curl_host(address, location) else { return nil }
        defer { curl_free(host) }
        return String(cString: host)
    }

    /// Whether each of a host's addresses is inside; outside where it is not known here, since a proxy may have it.
    private func places(of host: String) -> [Bool] {
        let host = host.trimmingCharacters(in: ["[", "]"])
        if PrivateNetwork.contains(host) { return [true] }
        let found = numbers(host).map(PrivateNetwork.contains)
        return found.isEmpty ? [false] : found
    }

    /// As the system's resolver knows it, which takes numbers in any form, such as 0x7f.1.
    static func lookUp(_ host: String) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        return sequence(first: found) { $0?.pointee.ai_next }.prefix { $0 != nil }
            .map { PrivateNetwork.text(of: $0!.pointee.ai_addr) }
    }
}
