import WarehouseBasics

extension VariantView {
    /// Negative, zero or positive. Numbers compare by value whatever their kind, strings by bytes, arrays element by
    /// element, objects pair by pair; other values of different kinds by the order of the cases of `VariantKind`, but
    /// JSON null is greater than everything else, as in ORDER BY and ARRAY_MAX.
    public static func compare(_ a: VariantView, _ b: VariantView) -> Int { compare(a, b, depth: 0) }

    private static func compare(_ a: VariantView, _ b: VariantView, depth: Int) -> Int {
        let left = a.kind, right = b.kind
        if left.isNumber, right.isNumber { return compareNumbers(a, b) }
        guard left == right else { return rank(left) < rank(right) ? -1 : 1 }
        switch left {
        case .null, .undefined: return 0
        case .boolean: return Int(a.tag) - Int(b.tag)
        case .string, .binary: return StringView.compare(a.string, b.string)
        case .array, .object: return compareContainers(a, b, depth)
        case .timestampTZ:
            return compareTicks(ZonedTicks.ticks(a.unscaled), a.scale, ZonedTicks.ticks(b.unscaled), b.scale)
        default: return compareTicks(a.unscaled, a.scale, b.unscaled, b.scale)
        }
    }

    private static func rank(_ kind: VariantKind) -> Int {
        switch kind {
        case .null: 256
        case .undefined: 257
        default: Int(kind.rawValue)
        }
    }

    /// Whether two values are equal as `compare` has it.
    public static func == (a: VariantView, b: VariantView) -> Bool { compare(a, b) == 0 }

    /// Equal for values that compare as equal.
    public func hash(seed: UInt64 = 0) -> UInt64 { hash(seed, depth: 0) }

    private func hash(_ seed: UInt64, depth: Int) -> UInt64 {
        switch kind {
        case .null, .undefined, .boolean: return Hash64.combine(seed, UInt64(tag))
        case .integer, .decimal, .double: return Hash64.combine(seed, Hash64.mix(double))
        case .string, .binary: return Hash64.bytes(bytes + 1, count: max(0, count - 1), seed: seed)
        case .date: return Hash64.combine(seed, Hash64.mix(unscaled))
        case .time, .timestampNTZ, .timestampLTZ: return hashTicks(unscaled, seed)
        case .timestampTZ: return hashTicks(ZonedTicks.ticks(unscaled), seed)
        case .array, .object:
            var hash = Hash64.combine(seed, UInt64(tag))
            guard depth < VariantEncoding.maximumDepth else { return hash }
            for index in 0..<elementCount {
                if kind == .object {
                    let name = key(index)
                    hash = Hash64.combine(hash, Hash64.bytes(name.bytes, count: name.count))
                }
                hash = self[index].hash(hash, depth: depth + 1)
            }
            return hash
        }
    }

    private func hashTicks(_ ticks: Int128, _ seed: UInt64) -> UInt64 {
        // In nanoseconds, so that equal times of different scales have equal hashes.
        Hash64.combine(seed, Hash64.mix(ticks &* Int128(Ticks.perSecond(max(0, 9 - scale)))))
    }

    private static func sign<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }

    private static func compareTicks(_ a: Int128, _ aScale: Int, _ b: Int128, _ bScale: Int) -> Int {
        if aScale == bScale { return sign(a, b) }
        return sign(a &* Int128(Ticks.perSecond(max(0, 9 - aScale))), b &* Int128(Ticks.perSecond(max(0, 9 - bScale))))
    }

    /// Exact among integers and decimals; with a double, as doubles. NaN is the largest and equal to itself.
    private static func compareNumbers(_ a: VariantView, _ b: VariantView) -> Int {
        if a.kind == .double || b.kind == .double {
            let x = a.double, y = b.double
            if x.isNaN || y.isNaN { return sign(x.isNaN ? 1 : 0, y.isNaN ? 1 : 0) }
            return sign(x, y)
        }
        let x = a.unscaled, y = b.unscaled, xScale = a.scale, yScale = b.scale
        if xScale == yScale { return sign(x, y) }
        // Whole parts first: scaling the whole number up could leave 128 bits, a fraction's digits cannot.
        let (xWhole, xRest) = x.quotientAndRemainder(dividingBy: PowersOfTen.int128(xScale))
        let (yWhole, yRest) = y.quotientAndRemainder(dividingBy: PowersOfTen.int128(yScale))
        if xWhole != yWhole { return sign(xWhole, yWhole) }
        let scale = max(xScale, yScale)
        return sign(xRest &* PowersOfTen.int128(scale - xScale), yRest &* PowersOfTen.int128(scale - yScale))
    }

    private static func compareContainers(_ a: VariantView, _ b: VariantView, _ depth: Int) -> Int {
        // Only damaged bytes nest deeper; they must not use up the stack.
        guard depth < VariantEncoding.maximumDepth else { return 0 }
        let shared = min(a.elementCount, b.elementCount)
        for index in 0..<shared {
            if a.kind == .object {
                let order = StringView.compare(a.key(index), b.key(index))
                if order != 0 { return order }
            }
            let order = compare(a[index], b[index], depth: depth + 1)
            if order != 0 { return order }
        }
        return a.elementCount - b.elementCount
    }
}
