import CCurl
import COpenSSL
import Pipeline
import Synchronization

/// One POST of an event by libcurl. Redirects are not followed: the address is what the settings say.
struct Webhook {
    enum Outcome: Equatable {
        case taken
        /// It may go well another time.
        case passing(String)
        case refused(String)
    }

    private static let isReady: Bool = curl_global_init(shim_curl_global_default) == CURLE_OK
    static let connectTimeout = 5
    static let timeout = 10

    let address: String
    /// Signs what is sent; nil: nothing is signed.
    let key: String?
    let program: String
    /// Ends the transfer.
    let isOver: RaisedFlag

    func post(_ body: String) -> Outcome {
        guard Self.isReady, let handle = curl_easy_init() else { return .passing("libcurl cannot start") }
        defer { curl_easy_cleanup(handle) }
        var headers = curl_slist_append(nil, "Content-Type: application/json")
        if let key {
            headers = curl_slist_append(headers, "X-Camstream-Signature: sha256=\(Self.signature(body, key))")
        }
        defer { curl_slist_free_all(headers) }
        shim_curl_set_text(handle, CURLOPT_URL, address)
        shim_curl_set_text(handle, CURLOPT_USERAGENT, program)
        shim_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        shim_curl_set_text(handle, CURLOPT_COPYPOSTFIELDS, body)
        shim_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
        shim_curl_set_number(handle, CURLOPT_CONNECTTIMEOUT, Self.connectTimeout)
        shim_curl_set_number(handle, CURLOPT_TIMEOUT, Self.timeout)
        shim_curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        shim_curl_set_number(handle, CURLOPT_QUICK_EXIT, 1)
        shim_curl_set_number(handle, CURLOPT_NOPROGRESS, 0)
        // What it answers is of no use.
        shim_curl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
        shim_curl_set_pointer(handle, CURLOPT_XFERINFODATA, Unmanaged.passUnretained(isOver).toOpaque())
        shim_curl_set_progress(handle) { isOver, _, _, _, _ in
            Unmanaged<RaisedFlag>.fromOpaque(isOver!).takeUnretainedValue().isSet ? 1 : 0
        }
        let code = curl_easy_perform(handle)
        guard code == CURLE_OK else { return .passing(String(cString: curl_easy_strerror(code))) }
        let status = shim_curl_status(handle)
        return switch status {
        case 200..<300: .taken
        case 408, 425, 429, 500...599: .passing("HTTP status \(status)")
        default: .refused("HTTP status \(status)")
        }
    }

    /// HMAC-SHA256 of what is sent, in hexadecimal digits (RFC 2104).
    static func signature(_ body: String, _ key: String) -> String {
        let (body, key) = (Array(body.utf8), Array(key.utf8))
        var code = [UInt8](repeating: 0, count: 32)
        precondition(HMAC(EVP_sha256(), key, CInt(key.count), body, body.count, &code, nil) != nil)
        return Checksum.hexText(code)
    }
}

/// Whether something is over, for many threads, and for C.
final class RaisedFlag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
