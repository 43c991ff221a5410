import CCurl
import Pipeline

/// One HTTP request for what is missing of a file. Owns its `CURL` handle.
final class Transfer {
    enum Outcome: Equatable {
        case complete
        /// The server may do better the next time.
        case passing(reason: String, retryAfter: Duration)
        /// There is no way to the server.
        case unreachable(reason: String)
        case interrupted
    }

    /// Bytes that this request has brought.
    private(set) var received = 0

    private let handle: UnsafeMutableRawPointer
    private let headers: UnsafeMutablePointer<curl_slist>?
    private let message: UnsafeMutablePointer<CChar>
    private let source: CatalogueError.Source
    private let expected: Int
    private let file: StagedFile
    private let validator: Validator
    private let offset: Int
    private let isInterrupted: () -> Bool
    private let report: (Download.Event) -> Void
    private var response = Response()
    private var hasBegun = false
    private var failure: CatalogueError?
    private var redirects: RedirectGuard

    private static let isReady: Bool = curl_global_init(shim_curl_global_default) == CURLE_OK

    init(
        _ source: CatalogueError.Source, expected: Int, file: StagedFile, validator: Validator,
        settings: Download.Settings, isInterrupted: @escaping () -> Bool,
        report: @escaping (Download.Event) -> Void
    ) throws(CatalogueError) {
        guard Self.isReady, let handle = curl_easy_init() else {
            throw .unreachable(source, reason: "libcurl cannot start")
        }
        self.handle = handle
        self.source = source
        self.expected = expected
        self.file = file
        self.validator = validator
        self.isInterrupted = isInterrupted
        self.report = report
        redirects = RedirectGuard(address: source.address)
        offset = file.size
        // A part of a file that has changed meanwhile is not continued: the server then sends all of it.
        headers = offset > 0 ? validator.value.map { curl_slist_append(nil, "If-Range: \($0)") } ?? nil : nil
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setOptions(settings)
        setCallbacks()
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
        message.deallocate()
    }

    /// What an address, and every redirect from it, may use: never less than the address itself does.
    static func protocols(for address: String) -> String {
        address.lowercased().hasPrefix("https:") ? "https" : "http,https"
    }

    /// Sends the request and takes the answer.
    func perform() throws(CatalogueError) -> Outcome {
        let code = curl_easy_perform(handle)
        if let failure { throw failure }
        switch code {
        case CURLE_OK:
            // A server that says how much comes is told by CURLE_PARTIAL_FILE; this one has ended of itself.
            guard file.size == expected else { throw try sizeDiffers(file.size) }
            return .complete
        case CURLE_ABORTED_BY_CALLBACK: return .interrupted
        case CURLE_HTTP_RETURNED_ERROR: return try refusal()
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            return .passing(reason: reason(code), retryAfter: .zero)
        case CURLE_OPERATION_TIMEDOUT where response.status != 0:
            return .passing(reason: reason(code), retryAfter: .zero)
        case CURLE_OPERATION_TIMEDOUT, CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            return .unreachable(reason: reason(code))
        default: throw .unreachable(source, reason: reason(code))
        }
    }

    private func refusal() throws(CatalogueError) -> Outcome {
        switch response.status {
        case 416:  // there is less at the server than has come: it is another file
            try file.clear()
            return .passing(reason: "the server's file has changed", retryAfter: .zero)
        case 408, 429, 500, 502, 503, 504:
            return .passing(
                reason: "the server answers with HTTP status \(response.status)",
                retryAfter: .seconds(shim_curl_retry_after(handle)))
        default: throw .refused(source, status: response.status)
        }
    }

    private func sizeDiffers(_ bytes: Int) throws(CatalogueError) -> CatalogueError {
        try file.clear()
        return .sizeDiffers(source, bytes: bytes, expected: expected)
    }

    /// libcurl's own words, in one line. Of an address with secrets those that name no part of it: a password with an
    /// unescaped "#" is a host to libcurl.
    private func reason(_ code: CURLcode) -> String {
        let words = redacted(source.address) == source.address ? String(cString: message) : ""
        let text = words.isEmpty ? String(cString: curl_easy_strerror(code)) : words
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    // MARK: - Setting up

    private func setOptions(_ settings: Download.Settings) {
        func set(_ option: CURLoption, _ value: Int) { shim_curl_set_number(handle, option, value) }
        func set(_ option: CURLoption, _ value: String) { shim_curl_set_text(handle, option, value) }
        func seconds(_ duration: Duration) -> Int { Int(duration.components.seconds) }
        set(CURLOPT_URL, source.address)
        set(CURLOPT_USERAGENT, settings.userAgent)
        set(CURLOPT_PROTOCOLS_STR, Self.protocols(for: source.address))
        set(CURLOPT_REDIR_PROTOCOLS_STR, Self.protocols(for: source.address))
        set(CURLOPT_FOLLOWLOCATION, 1)
        set(CURLOPT_MAXREDIRS, 10)
        set(CURLOPT_FAILONERROR, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(settings.connectTimeout / .milliseconds(1)))
        set(CURLOPT_LOW_SPEED_LIMIT, 64)  // bytes a second
        set(CURLOPT_LOW_SPEED_TIME, max(1, seconds(settings.stallTimeout)))
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_QUICK_EXIT, 1)  // an interrupted search for the server's number is not waited for
        if offset > 0 { set(CURLOPT_RANGE, "\(offset)-") }
        shim_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers)
        shim_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, message)
    }

    private func setCallbacks() {
        let itself = Unmanaged.passUnretained(self).toOpaque()
        shim_curl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, transfer in
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            let mayGoOn = Unmanaged<Transfer>.fromOpaque(transfer!).takeUnretainedValue()
                .mayFollow(String(decoding: line, as: UTF8.self))
            return mayGoOn ? size * count : 0
        }
        shim_curl_set_pointer(handle, CURLOPT_HEADERDATA, itself)
        shim_curl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, transfer in
            let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
            let isTaken = Unmanaged<Transfer>.fromOpaque(transfer!).takeUnretainedValue().take(piece)
            return isTaken ? size * count : Int(CURL_WRITEFUNC_ERROR)
        }
        shim_curl_set_pointer(handle, CURLOPT_WRITEDATA, itself)
        shim_curl_set_progress(handle) { transfer, _, _, _, _ in
            Unmanaged<Transfer>.fromOpaque(transfer!).takeUnretainedValue().isInterrupted() ? 1 : 0
        }
        shim_curl_set_pointer(handle, CURLOPT_XFERINFODATA, itself)
        shim_curl_set_opener(handle) { transfer, _, address in
            let mayConnect = Unmanaged<Transfer>.fromOpaque(transfer!).takeUnretainedValue()
                .mayConnect(to: PrivateNetwork.text(of: shim_curl_address(address)!))
            return mayConnect ? shim_curl_open(address) : shim_curl_no_socket
        }
        shim_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, itself)
        shim_curl_set_number(handle, CURLOPT_NOPROGRESS, 0)
    }

    /// Takes a line of the answer's head.
    ///
    /// - Returns: false to end the transfer, with `failure` set.
    private func mayFollow(_ line: String) -> Bool {
        response.take(line)
        guard let location = response.location, let host = redirects.refusedHost(of: location) else { return true }
        return refuse(host)
    }

    /// The name of a host may lead elsewhere when it is connected to.
    private func mayConnect(to address: String) -> Bool {
        let isRedirected = shim_curl_redirects(handle) > 0
        return redirects.mayConnect(to: address, isRedirected: isRedirected) || refuse(address)
    }

    private func refuse(_ place: String) -> Bool {
        failure = .unreachable(
            source, reason: "the server redirects to \(place), in a private network, which is not followed")
        return false
    }

    // MARK: - Taking the answer

    /// - Returns: false to end the transfer, with `failure` set.
    private func take(_ piece: UnsafeRawBufferPointer) -> Bool {
        do throws(CatalogueError) {
            if !hasBegun { try begin() }
            guard file.size + piece.count <= expected else { throw try sizeDiffers(file.size + piece.count) }
            try file.append(piece)
            received += piece.count
            report(.progress(bytes: file.size))
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// Looks at the head of the answer before the first byte is taken.
    private func begin() throws(CatalogueError) {
        hasBegun = true
        guard response.status == 200 || response.status == 206 else { throw .refused(source, status: response.status) }
        if let total = response.total, total != expected { throw try sizeDiffers(total) }
        let isWhole = response.status == 200
        if isWhole, file.size > 0 {
            try file.clear()
            report(.startsAgain)
        }
        if !isWhole, response.start != offset {
            throw .unreachable(source, reason: "the server sends another part of the file than was asked for")
        }
        try validator.remember(response.validator)
    }
}
