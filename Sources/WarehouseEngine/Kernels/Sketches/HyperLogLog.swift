#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseColumns

/// HyperLogLog with 4,096 registers: an estimate of distinct values some 1.6% off.
///
/// As BINARY: `"HLL"`, version 1, then three bytes for each register that is not 0, in order: its number in 16 bits,
/// the high byte first, and its value.
struct HyperLogLog {
    static let precision = 12
    static let registerCount = 1 << precision
    private static let head: [UInt8] = [0x48, 0x4C, 0x4C, 1]
    /// A hash of 64 bits without its register's bits has 52 zeros at most.
    private static let highest: UInt8 = 53

    private(set) var registers = [UInt8](repeating: 0, count: registerCount)

    init() {}

    /// Of a state as BINARY; throws when it is none.
    init(state: StringView) throws {
        let bytes = state.buffer
        guard bytes.count >= 4, bytes.prefix(4).elementsEqual(Self.head), (bytes.count - 4) % 3 == 0 else {
            throw Self.invalid()
        }
        for start in stride(from: 4, to: bytes.count, by: 3) {
            try set(Int(bytes[start]) << 8 | Int(bytes[start + 1]), bytes[start + 2])
        }
    }

    static func invalid() -> WarehouseError {
        WarehouseError(.invalidValue, "The value is not a HyperLogLog state.")
    }

    private mutating func set(_ index: Int, _ value: UInt8) throws {
        guard index < Self.registerCount, value <= Self.highest else { throw Self.invalid() }
        registers[index] = max(registers[index], value)
    }

    mutating func insert(hash: UInt64) {
        let index = Int(hash >> UInt64(64 - Self.precision))
        let rest = hash << UInt64(Self.precision) | 1 << UInt64(Self.precision - 1)
        registers[index] = max(registers[index], UInt8(truncatingIfNeeded: rest.leadingZeroBitCount + 1))
    }

    mutating func merge(_ other: HyperLogLog) {
        for index in registers.indices { registers[index] = max(registers[index], other.registers[index]) }
    }

    var encoded: [UInt8] {
        var bytes = Self.head
        for (index, value) in registers.enumerated() where value > 0 {
            bytes += [UInt8(truncatingIfNeeded: index >> 8), UInt8(truncatingIfNeeded: index), value]
        }
        return bytes
    }

    /// Small counts by the registers still 0, others by the harmonic mean.
    var estimate: Int {
        let count = Double(Self.registerCount)
        var sum = 0.0
        var zeros = 0
        for register in registers {
            sum += exp2(-Double(register))
            if register == 0 { zeros += 1 }
        }
        let raw = 0.7213 / (1 + 1.079 / count) * count * count / sum
        let value = raw <= 2.5 * count && zeros > 0 ? count * log(count / Double(zeros)) : raw
        return Int(value.rounded())
    }

    // MARK: As OBJECT

    /// HLL_EXPORT's object: version, precision, and the registers that are not 0.
    func write(to builder: VariantBuilder) throws {
        let used = registers.indices.filter { registers[$0] > 0 }
        try builder.beginObject()
        builder.key("precision")
        builder.integer(Int128(Self.precision))
        builder.key("sparse")
        try builder.beginObject()
        builder.key("indices")
        try builder.beginArray()
        for index in used { builder.integer(Int128(index)) }
        try builder.endArray()
        builder.key("maxLzCounts")
        try builder.beginArray()
        for index in used { builder.integer(Int128(registers[index])) }
        try builder.endArray()
        try builder.endObject()
        builder.key("version")
        builder.integer(4)
        try builder.endObject()
    }

    /// HLL_IMPORT of such an object.
    init(object: VariantView) throws {
        guard let precision = object.find("precision"), precision.kind == .integer,
              precision.unscaled == Int128(Self.precision), let sparse = object.find("sparse"),
              let indices = sparse.find("indices"), let counts = sparse.find("maxLzCounts"), indices.kind == .array,
              counts.kind == .array, indices.elementCount == counts.elementCount else { throw Self.invalid() }
        for place in 0..<indices.elementCount {
            let index = indices[place], value = counts[place]
            guard index.kind == .integer, value.kind == .integer, let number = Int(exactly: index.unscaled), number >= 0,
                  let register = UInt8(exactly: value.unscaled) else { throw Self.invalid() }
            try set(number, register)
        }
    }
}
