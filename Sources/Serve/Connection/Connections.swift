import NIOCore
import Synchronization

/// The open connections, and who may have one: no address may keep others out, nor may anybody who says nothing.
///
/// Whoever comes gets a place at once. Where there is none left, the oldest silent connection gives way, one of whoever
/// has the most of them. Where nobody is silent there is a reserve, in which only signs of life are answered, and those
/// who are signed in.
final class Connections: Sendable {
    /// How many there may be, all together; below it for an address that is not signed in, and in the reserve.
    struct Capacity: Sendable, Equatable {
        let total: Int
        var general: Int { total - reserve }
        var perAddress: Int { max(1, total / 2) }
        var reserve: Int { max(2, min(32, total / 8)) }
        /// Of the reserve, what also those who are signed in leave free.
        var forHealth: Int { max(1, reserve / 4) }
    }

    private struct Place {
        let channel: any Channel
        /// nil: stands for many, such as a proxy.
        let address: String?
        /// Since when it has no request that is being answered, in a count of all that happened; nil: it has one.
        var silentSince: Int?
        var isSignedIn = false
        var isInReserve = false
    }

    private struct State {
        var places: [ObjectIdentifier: Place] = [:]
        var inReserve = 0
        /// Of each address, those that are not signed in.
        var strangers: [String: Int] = [:]
        var events = 0

        mutating func next() -> Int {
            events += 1
            return events
        }

        mutating func count(_ place: Place, _ change: Int) {
            if place.isInReserve { inReserve += change }
            guard let address = place.address, !place.isSignedIn else { return }
            let count = strangers[address, default: 0] + change
            strangers[address] = count > 0 ? count : nil
        }

        mutating func remove(_ id: ObjectIdentifier) -> Place? {
            guard let place = places.removeValue(forKey: id) else { return nil }
            count(place, -1)
            return place
        }

        /// Counts a place as what it has become.
        mutating func change(_ id: ObjectIdentifier, _ body: (inout Place) -> Void) {
            guard var place = places[id] else { return }
            count(place, -1)
            body(&place)
            count(place, 1)
            places[id] = place
        }

        /// Of the silent ones that may give way the oldest, among those whose address has the most.
        func leastWanted(_ mayGiveWay: (Place) -> Bool) -> ObjectIdentifier? {
            var found: (id: ObjectIdentifier, crowd: Int, since: Int)?
            for (id, place) in places where mayGiveWay(place) {
                guard let since = place.silentSince else { continue }
                let crowd = place.address.map { strangers[$0] ?? 0 } ?? 0
                if let found, (-found.crowd, found.since) <= (-crowd, since) { continue }
                found = (id, crowd, since)
            }
            return found?.id
        }
    }

    let capacity: Capacity
    private let givenUp: Counter?
    private let state = Mutex(State())

    /// - Parameter givenUp: counts connections that are closed for want of a place.
    init(_ capacity: Capacity, givenUp: Counter? = nil) {
        self.capacity = capacity
        self.givenUp = givenUp
    }

    var count: Int { state.withLock { $0.places.count } }

    /// Gives a new connection a place; an older one may have to go.
    ///
    /// - Parameter address: such as `IPAddress.block`.
    func enter(_ channel: any Channel, from address: String?) {
        let id = ObjectIdentifier(channel)
        let leaver: (any Channel)? = state.withLock { state in
            var place = Place(channel: channel, address: address, silentSince: state.next())
            var leaver: ObjectIdentifier?
            if let address, state.strangers[address] ?? 0 >= capacity.perAddress {
                leaver = state.leastWanted { $0.address == address && !$0.isInReserve && !$0.isSignedIn }
                place.isInReserve = leaver == nil
            } else if state.places.count - state.inReserve >= capacity.general {
                leaver = state.leastWanted { !$0.isInReserve && !$0.isSignedIn }
                place.isInReserve = leaver == nil
            }
            if place.isInReserve, state.inReserve >= capacity.reserve {
                leaver = state.leastWanted { $0.isInReserve && !$0.isSignedIn }
                if leaver == nil { return channel }
            }
            let left = leaver.flatMap { state.remove($0) }
            state.places[id] = place
            state.count(place, 1)
            return left?.channel
        }
        guard let leaver else { return }
        givenUp?.add()
        leaver.close(promise: nil)
    }

    func leave(_ channel: any Channel) { state.withLock { _ = $0.remove(ObjectIdentifier(channel)) } }

    /// A connection has sent a whole request, or has got the last answer that it was owed.
    func note(_ channel: any Channel, isSilent: Bool) {
        state.withLock { state in
            let now = state.next()
            state.change(ObjectIdentifier(channel)) { $0.silentSince = isSilent ? now : nil }
        }
    }

    /// Whether a request may be answered that the gatekeeper has let in.
    ///
    /// - Parameter isSignedIn: whether it was asked who comes.
    func mayStay(_ channel: any Channel, isSignedIn: Bool, isSignOfLife: Bool) -> Bool {
        let id = ObjectIdentifier(channel)
        return state.withLock { state in
            if isSignedIn { state.change(id) { $0.isSignedIn = true } }
            guard let place = state.places[id], place.isInReserve else { return true }
            let isCrowded = place.address.map { state.strangers[$0] ?? 0 > capacity.perAddress } ?? false
            if !isCrowded || place.isSignedIn, state.places.count - state.inReserve < capacity.general {
                state.change(id) { $0.isInReserve = false }
                return true
            }
            let signedIn = state.places.values.count { $0.isInReserve && $0.isSignedIn }
            return isSignOfLife || isSignedIn && signedIn <= capacity.reserve - capacity.forHealth
        }
    }

    func closeAll() {
        for channel in state.withLock({ $0.places.values.map(\.channel) }) { channel.close(promise: nil) }
    }
}
