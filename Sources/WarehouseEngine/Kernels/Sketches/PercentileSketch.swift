import WarehouseBasics
import WarehouseColumns

/// Values with their weights, for percentiles of what several states saw: exact up to so many distinct values, past
/// that neighbours are joined into their mean.
struct PercentileSketch {
    static let maximumCentroids = 4096
    private(set) var centroids: [(mean: Double, weight: Double)] = []

    init() {}

    /// Of values in any order.
    init(values: [Double]) {
        add(values.map { ($0, 1) })
    }

    mutating func add(_ more: [(mean: Double, weight: Double)]) {
        var joined: [(mean: Double, weight: Double)] = []
        for centroid in (centroids + more).sorted(by: { $0.mean < $1.mean }) {
            if let last = joined.last, last.mean == centroid.mean {
                joined[joined.count - 1].weight += centroid.weight
            } else {
                joined.append(centroid)
            }
        }
        while joined.count > Self.maximumCentroids {
            joined = stride(from: 0, to: joined.count, by: 2).map { place in
                guard place + 1 < joined.count else { return joined[place] }
                let (a, b) = (joined[place], joined[place + 1]), weight = a.weight + b.weight
                return (a.mean + (b.mean - a.mean) * (b.weight / weight), weight)
            }
        }
        centroids = joined
    }

    /// The value a share of the way through the ordered values; nil of none.
    func value(at share: Double) -> Double? {
        let total = centroids.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return nil }
        let place = share * (total - 1)
        var passed = 0.0
        for (index, centroid) in centroids.enumerated() {
            // Its values stand at the places passed … passed + weight - 1.
            let last = passed + centroid.weight - 1
            if place <= last || index + 1 == centroids.count { return centroid.mean }
            if place < last + 1 { return centroid.mean + (centroids[index + 1].mean - centroid.mean) * (place - last) }
            passed += centroid.weight
        }
        return nil
    }

    // MARK: As OBJECT

    func write(to builder: VariantBuilder) throws {
        try builder.beginObject()
        builder.key("state")
        try builder.beginArray()
        for centroid in centroids {
            builder.double(centroid.mean)
            builder.double(centroid.weight)
        }
        try builder.endArray()
        builder.key("type")
        builder.string("tdigest")
        builder.key("version")
        builder.integer(1)
        try builder.endObject()
    }

    /// Throws when the object is no such state.
    init(object: VariantView) throws {
        guard let state = object.find("state"), state.kind == .array, state.elementCount % 2 == 0 else {
            throw WarehouseError(.invalidValue, "The value is not a state of APPROX_PERCENTILE_ACCUMULATE.")
        }
        var found: [(Double, Double)] = []
        for index in stride(from: 0, to: state.elementCount, by: 2) {
            let (mean, weight) = (state[index], state[index + 1])
            guard mean.kind.isNumber, weight.kind.isNumber, Self.number(weight) > 0 else {
                throw WarehouseError(.invalidValue, "The value is not a state of APPROX_PERCENTILE_ACCUMULATE.")
            }
            found.append((Self.number(mean), Self.number(weight)))
        }
        add(found)
    }

    private static func number(_ view: VariantView) -> Double {
        view.kind == .double ? view.double : Double(view.unscaled) / Double(PowersOfTen.int128(min(38, view.scale)))
    }
}
