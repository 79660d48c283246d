import WarehouseBasics
import WarehouseColumns

/// The constants of an IN list, ready for look-up by one physical type. NULLs are left out.
struct ConstantSet: Sendable {
    enum Members: Sendable {
        /// Sorted, distinct.
        case integers([Int128])
        /// `DoubleOrder` keys, sorted, distinct.
        case doubles([Int64])
        case strings([[UInt8]])
        /// Whether TRUE, FALSE are members.
        case booleans(true: Bool, false: Bool)
        case variants([[UInt8]])
    }
    let members: Members
    let physicalType: PhysicalType
    let isZoned: Bool

    /// Nil when the values are not of the operand's kind.
    init?(_ values: [ScalarValue], _ operand: CompiledNode, domain: ComparisonDomain) {
        physicalType = operand.physicalType
        let present = values.filter { $0 != .null }
        var isZoned = false
        switch domain {
        case .zoned: isZoned = true
        default: break
        }
        self.isZoned = isZoned
        switch operand.physicalType {
        case .int32, .int64, .int128:
            var found: Set<Int128> = []
            for case .integer(let value) in present { found.insert(isZoned ? value >> 16 : value) }
            members = .integers(found.sorted())
        case .double:
            var found: Set<Int64> = []
            for case .double(let value) in present { found.insert(DoubleOrder.key(value)) }
            members = .doubles(found.sorted())
        case .bool:
            members = .booleans(true: present.contains(.boolean(true)), false: present.contains(.boolean(false)))
        case .string:
            var found: [[UInt8]] = []
            for case .bytes(let bytes) in present { found.append(bytes) }
            if case .variant = domain { members = .variants(found) } else { members = .strings(found) }
        case .list: return nil
        }
    }
}

/// `value IN (constants)`.
final class InListKernel: ScalarKernel {
    private let set: ConstantSet
    private let hasNull: Bool
    private let negated: Bool
    private var table: StringTable?
    private var variants: [StringView] = []
    private let arena = ByteArena()
    /// For integers that lie close together: one flag for each from `bitmapLow` on.
    private var bitmap: [UInt8] = []
    private var bitmapLow: Int64 = 0
    private static let maximumBitmap = 1 << 16

    init(_ set: ConstantSet, hasNull: Bool, negated: Bool) {
        self.set = set
        self.hasNull = hasNull
        self.negated = negated
        super.init()
        prepare()
    }

    private func prepare() {
        switch set.members {
        case .strings(let texts):
            var table = StringTable(capacity: texts.count)
            var count: Int32 = 0
            for text in texts where table.insert(arena.copy(text), candidate: count) == count { count += 1 }
            self.table = table
        case .variants(let values): variants = values.map { arena.copy($0) }
        case .integers(let values):
            guard let low = values.first, let high = values.last, let narrow = Int64(exactly: low),
                  Int64(exactly: high) != nil, high - low < Int128(InListKernel.maximumBitmap) else { return }
            bitmapLow = narrow
            bitmap = Array(repeating: 0, count: Int(high - low) + 1)
            for value in values { bitmap[Int(value - low)] = 1 }
        default: break
        }
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let input = inputs[0], out = output.bools
        switch set.members {
        case .booleans(let hasTrue, let hasFalse):
            let yes: UInt8 = hasTrue ? 1 : 0, no: UInt8 = hasFalse ? 1 : 0
            let from = Argument<UInt8>(input)
            for row in 0..<count { out[row] = from[row] != 0 ? yes : no }
        case .integers(let values): findIntegers(values, input, out, count)
        case .doubles(let keys):
            let from = Argument<Double>(input)
            keys.withUnsafeBufferPointer { keys in
                for row in 0..<count { out[row] = InListKernel.contains(keys, DoubleOrder.key(from[row])) }
            }
        case .strings:
            let from = Argument<StringView>(input)
            guard let table else { return }
            for row in 0..<count { out[row] = table.find(from[row]) >= 0 ? 1 : 0 }
        case .variants:
            let from = Argument<StringView>(input)
            output.forEachValid(count) { row in
                out[row] = variants.contains { VariantOrder.compare($0, from[row]) == 0 } ? 1 : 0
            }
        }
        finish(output, count)
    }

    private func findIntegers(_ values: [Int128], _ input: Vector, _ out: UnsafeMutablePointer<UInt8>, _ count: Int) {
        switch set.physicalType {
        case .int32: findNarrow(values, Argument<Int32>(input), out, count)
        case .int64: findNarrow(values, Argument<Int64>(input), out, count)
        default:
            let from = Argument<Int128>(input), shift: Int128 = set.isZoned ? 16 : 0
            values.withUnsafeBufferPointer { values in
                for row in 0..<count { out[row] = InListKernel.contains(values, from[row] >> shift) }
            }
        }
    }

    private func findNarrow<T: FixedWidthInteger>(
        _ values: [Int128], _ from: Argument<T>, _ out: UnsafeMutablePointer<UInt8>, _ count: Int
    ) {
        if !bitmap.isEmpty {
            let low = bitmapLow, span = UInt64(bitmap.count)
            bitmap.withUnsafeBufferPointer { bitmap in
                for row in 0..<count {
                    let offset = UInt64(bitPattern: Int64(truncatingIfNeeded: from[row]) &- low)
                    out[row] = offset < span ? bitmap[Int(truncatingIfNeeded: offset)] : 0
                }
            }
            return
        }
        let narrow = values.compactMap { T(exactly: $0) }
        narrow.withUnsafeBufferPointer { values in
            for row in 0..<count { out[row] = InListKernel.contains(values, from[row]) }
        }
    }

    /// Binary search in a sorted list.
    @inline(__always)
    private static func contains<T: Comparable>(_ sorted: UnsafeBufferPointer<T>, _ value: T) -> UInt8 {
        var low = 0, high = sorted.count
        while low < high {
            let middle = (low &+ high) &>> 1
            if sorted[middle] < value { low = middle &+ 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] == value ? 1 : 0
    }

    /// A miss is NULL when the list holds NULL.
    private func finish(_ output: Vector, _ count: Int) {
        let out = output.bools
        if hasNull {
            for row in 0..<count where out[row] == 0 { output.setNull(row) }
        }
        if negated { for row in 0..<count { out[row] ^= 1 } }
    }
}
