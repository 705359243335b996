/// The answers of one connection, sent in the order of their requests (RFC 9112 §9.3.2) whenever they become known.
struct AnswerQueue {
    private struct Place {
        let isHead: Bool
        let persistence: Response.Persistence
        var response: Response?
    }

    private var places: [Place] = []
    /// The number of the first of `places`.
    private var first = 0

    var isEmpty: Bool { places.isEmpty }
    var count: Int { places.count }

    /// Takes a place in the order, and returns its number.
    mutating func append(isHead: Bool, persistence: Response.Persistence) -> Int {
        places.append(Place(isHead: isHead, persistence: persistence))
        return first + places.count - 1
    }

    /// Nothing happens if the place was given up meanwhile.
    mutating func settle(_ number: Int, _ response: Response) {
        guard places.indices.contains(number - first) else { return }
        places[number - first].response = response
    }

    /// The octets that can go out now, and whether the connection ends with them. `closesWhenEmpty`: the last answer of all says
    /// goodbye.
    mutating func takeReady(closesWhenEmpty: Bool) -> (octets: [UInt8], closes: Bool) {
        var octets: [UInt8] = []
        var taken = 0
        var closes = false
        while !closes, taken < places.count, let response = places[taken].response {
            let place = places[taken]
            taken += 1
            closes = place.persistence == .close || closesWhenEmpty && taken == places.count
            let encoded = response.encoded(closes ? .close : place.persistence, isHead: place.isHead)
            if octets.isEmpty { octets = encoded } else { octets += encoded }
        }
        if taken == places.count { places.removeAll(keepingCapacity: true) } else { places.removeFirst(taken) }
        first += taken
        return (octets, closes)
    }
}
